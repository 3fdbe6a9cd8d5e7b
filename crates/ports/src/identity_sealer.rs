//! Sealing of real-name data.

use minsu_domain::{IdentityNumber, RealName, UserId};
use thiserror::Error;

/// Real-name data at rest: unreadable without the key, useless under another user's id.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedIdentity {
    /// Which key sealed it, so that keys can be rotated.
    pub key_id: String,
    /// The sealed bytes, nonce included.
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for SealedIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedIdentity").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Real-name data in the clear, for its owner alone. Not checked again: the rules may have
/// changed since it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The real name.
    pub real_name: String,
    /// The identity number.
    pub id_card: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// Real-name data could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// It was sealed by a key that is not configured.
    #[error("no key with the id it was sealed by")]
    UnknownKey,
    /// It was changed, or belongs to somebody else.
    #[error("the sealed data is not authentic")]
    NotAuthentic,
}

/// Seals real-name data with authenticated encryption.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait IdentitySealer: Send + Sync {
    /// Seals the data of one person, bound to their id.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    fn seal(&self, owner: UserId, name: &RealName, number: &IdentityNumber) -> Result<SealedIdentity, SealError>;

    /// The id of the key that seals.
    fn current_key(&self) -> String;

    /// Seals by the current key what was sealed for this person by any key.
    ///
    /// # Errors
    /// [`SealError`].
    fn reseal(&self, owner: UserId, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError>;

    /// Opens what was sealed for this person.
    ///
    /// # Errors
    /// [`SealError`].
    fn open(&self, owner: UserId, sealed: &SealedIdentity) -> Result<Identity, SealError>;
}
