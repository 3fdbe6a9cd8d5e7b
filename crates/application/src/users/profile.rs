//! A person's own profile.

use minsu_domain::UserId;
use minsu_ports::User;

use crate::{App, AppError};

/// The person behind a session.
///
/// # Errors
/// [`AppError::UserNotFound`] when the account is gone but the session is not.
pub async fn profile(app: &App, viewer: UserId) -> Result<User, AppError> {
    app.store.read().await?.users().find(viewer).await?.ok_or(AppError::UserNotFound)
}
