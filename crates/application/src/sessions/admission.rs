//! The right to open a session.

use minsu_domain::UserId;
use minsu_ports::PasswordHash;

/// Somebody who proved to be a user, and the password hash that it was proved against: a session
/// is worth nothing when the password was changed while it was being opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Who.
    pub user: UserId,
    pub(crate) password_hash: PasswordHash,
}
