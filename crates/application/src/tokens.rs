//! Personal tokens: what a person's programs log in with. A token acts for its owner within its scopes; it
//! is shown once and kept as a hash. It ends when it is revoked or expires, when the password is reset and
//! when the account is deleted; choosing another password, which takes the old one, does not end it.

mod create;
mod list;
mod resolve;
mod revoke;
mod secret;

pub use create::{CreateToken, CreatedToken, create};
pub use list::list;
use minsu_domain::{Principal, Scope};
pub use resolve::resolve;
pub use revoke::revoke;
pub use secret::TokenSecret;

use crate::{AppError, TokenError};

/// Lets through who may do what needs this scope.
///
/// # Errors
/// [`TokenError::ScopeMissing`].
pub fn demand(viewer: Principal, scope: Scope) -> Result<(), AppError> {
    if viewer.permits(scope) { Ok(()) } else { Err(TokenError::ScopeMissing.into()) }
}
