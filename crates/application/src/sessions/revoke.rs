//! Ending sessions from another one.

use minsu_domain::{Principal, UserId};

use super::{SessionToken, session_index};
use crate::{App, AppError, SessionError};

/// Ends a session of the user by its name. The name of another user's session is not found.
///
/// # Errors
/// [`SessionError::NotFound`], [`AppError::CacheUnavailable`].
pub async fn revoke(app: &App, viewer: Principal, id: &str) -> Result<(), AppError> {
    match session_index::end(app, viewer.user, |entry| entry.id() == id).await? {
        0 => Err(AppError::Session(SessionError::NotFound)),
        _ => {
            tracing::info!(user = %viewer.user, "session ended from another one");
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
    session_index::end(app, user, |entry| Some(&entry.digest) != keep.as_ref()).await?;
    Ok(())
}
