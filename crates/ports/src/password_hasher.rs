//! Password hashes.

use async_trait::async_trait;
use minsu_domain::Password;
use thiserror::Error;

/// A password hash in PHC string format, salt and parameters included.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// The result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password.
    Wrong,
    /// The password.
    Right,
    /// The password, under parameters that are no longer the configured ones: hash it again.
    RightButOutdated,
}

/// No hash could be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HashError {
    /// Too many are being computed already.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The hash at rest cannot be read, or the algorithm failed: a defect.
    #[error("the password hash is unusable")]
    Unusable,
}

/// Hashes passwords with a slow, memory-hard function, off the async threads.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password with a new salt.
    ///
    /// # Errors
    /// [`HashError`].
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Whether a call now would be [`HashError::Busy`]. A caller can skip the work before a call; only the
    /// answer of the call itself is reliable.
    fn is_busy(&self) -> bool;

    /// Compares a typed text with a hash. Without a hash (no user has that number) it
    /// spends the same time and returns [`Verdict::Wrong`]. Texts that no password can be, by
    /// [`Password::MAX_BYTES`], are wrong without any work.
    ///
    /// # Errors
    /// [`HashError`].
    async fn verify<'a>(&self, typed: &str, hash: Option<&'a PasswordHash>) -> Result<Verdict, HashError>;
}
