//! The tokens of a person.

use minsu_domain::Principal;
use minsu_ports::PersonalToken;

use crate::{App, AppError, TokenError};

/// The tokens of the person behind a session, the newest first, those that have expired included.
///
/// # Errors
/// [`TokenError::SessionNeeded`], [`AppError::StoreUnavailable`].
pub async fn list(app: &App, viewer: Principal) -> Result<Vec<PersonalToken>, AppError> {
    if viewer.is_token() {
        return Err(TokenError::SessionNeeded.into());
    }
    Ok(app.store.read_own().await?.tokens().of_user(viewer.user).await?)
}
