//! A verified login: the right to open a session.

use minsu_domain::UserId;
use minsu_ports::PasswordHash;

/// A user whose password was verified, and the hash that it was verified against: a session is void when the
/// password was changed while it was being opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLogin {
    /// The user.
    pub user: UserId,
    pub(crate) password_hash: PasswordHash,
}
