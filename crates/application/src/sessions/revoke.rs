//! Ending sessions from another one.

use minsu_domain::UserId;

use super::{SessionToken, slots};
use crate::{App, AppError};

/// Ends a session of the person by its name. Somebody else's cannot be named.
///
/// # Errors
/// [`AppError::SessionNotFound`], [`AppError::CacheUnavailable`].
pub async fn revoke(app: &App, viewer: UserId, id: &str) -> Result<(), AppError> {
    match slots::end(app, viewer, |entry| entry.id() == id).await? {
        0 => Err(AppError::SessionNotFound),
        _ => {
            tracing::info!(user = %viewer, "session ended from another one");
            Ok(())
        }
    }
}

/// Ends all sessions of a person but one.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn end_others(app: &App, user: UserId, keep: Option<&SessionToken>) -> Result<(), AppError> {
    let keep = keep.map(SessionToken::digest_text);
    slots::end(app, user, |entry| Some(&entry.digest) != keep.as_ref()).await?;
    Ok(())
}
