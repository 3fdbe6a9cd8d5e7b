//! Sessions whose password was given a short while ago.

use minsu_domain::Principal;

use super::{SessionToken, record::Record};
use crate::{App, AppError, SessionError, TokenError};

/// Lets through who gave the password within the last 15 minutes, by a login or by
/// [`crate::users::confirm_session`].
///
/// # Errors
/// [`SessionError::ConfirmationNeeded`]; [`TokenError::SessionNeeded`] for a personal token, which is never
/// confirmed.
pub fn demand_confirmed(viewer: Principal) -> Result<(), AppError> {
    if viewer.is_token() {
        return Err(TokenError::SessionNeeded.into());
    }
    if viewer.is_confirmed() { Ok(()) } else { Err(SessionError::ConfirmationNeeded.into()) }
}

/// Writes into a session that its password was given now. A session that was ended meanwhile stays ended.
///
/// # Errors
/// [`SessionError::NotLoggedIn`], [`AppError::CacheUnavailable`].
pub(crate) async fn mark_confirmed(app: &App, viewer: Principal, token: &SessionToken) -> Result<(), AppError> {
    let (key, now) = (token.key(), app.clock.now());
    let record = app.cache.get(&key).await?.as_deref().and_then(Record::parse);
    let record = record.filter(|record| record.user == viewer.user).ok_or(SessionError::NotLoggedIn)?;
    let confirmed = record.confirmed(now);
    match app.cache.replace(&key, confirmed.print(), confirmed.lifetime(now, &app.policy)).await? {
        true => Ok(()),
        false => Err(SessionError::NotLoggedIn.into()),
    }
}
