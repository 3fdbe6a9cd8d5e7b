//! Randomness.

/// Unpredictable bytes.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait Randomness: Send + Sync {
    /// Fills the buffer with bytes that nobody can guess.
    fn fill(&self, buffer: &mut [u8]);
}
