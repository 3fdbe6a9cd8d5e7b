//! Randomness.

/// Unpredictable bytes.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait Randomness: Send + Sync {
    /// Fills the buffer with bytes that an attacker cannot predict.
    fn fill(&self, buffer: &mut [u8]);
}
