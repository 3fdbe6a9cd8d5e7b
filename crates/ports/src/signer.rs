//! Signatures on what a client gets to keep and gives back.

/// Signs texts that the site gives away, so that it knows its own when they come back. The signature hides
/// nothing.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait Signer: Send + Sync {
    /// The signature of a text in the place of use that `purpose` names: one of another purpose does not
    /// verify.
    fn sign(&self, purpose: &'static str, text: &[u8]) -> [u8; 32];

    /// Whether a signature, or its first bytes (at least 16), is one of [`Signer::sign`] for this purpose and
    /// text, by any key that the site has. The time that it takes tells nothing of the right one.
    fn verify(&self, purpose: &'static str, text: &[u8], signature: &[u8]) -> bool;
}
