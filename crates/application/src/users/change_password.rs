//! Choosing another password.

use minsu_domain::{Password, UserId};

use super::password_check;
use crate::{
    App, AppError,
    sessions::{self, SessionToken},
    unit::in_unit,
};

/// Passwords as typed.
#[derive(Clone)]
pub struct ChangePassword {
    /// The one that holds.
    pub old: String,
    /// The one that shall hold.
    pub new: String,
}

/// Replaces the password and ends all other sessions of the person.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::PasswordWrong`], [`AppError::TooOften`], [`AppError::Busy`].
pub async fn change_password(
    app: &App,
    viewer: UserId,
    current: &SessionToken,
    command: ChangePassword,
) -> Result<(), AppError> {
    let new = Password::new(command.new, app.policy.passwords)?;
    let proved = password_check::demand(app, viewer, &command.old).await?;
    let hash = app.passwords.hash(&new).await?;
    // Before and after: a cache that fails in between leaves no session of somebody who knew the old one.
    sessions::end_others(app, viewer, Some(current)).await?;
    in_unit(app, async |unit| match unit.users().replace_password_hash(viewer, &proved, &hash).await? {
        true => Ok(()),
        // Somebody else changed it meanwhile.
        false => Err(AppError::PasswordWrong),
    })
    .await?;
    tracing::info!(user = %viewer, "password changed");
    sessions::end_others(app, viewer, Some(current)).await
}
