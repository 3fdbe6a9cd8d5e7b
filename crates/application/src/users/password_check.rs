//! Asking a logged-in person for the password again.

use minsu_domain::UserId;
use minsu_ports::{PasswordHash, Verdict};

use crate::{App, AppError, limits::Guesses};

/// Demands the password of the person behind a session, and says against which hash it was right.
/// Whoever found an open session cannot guess it here more freely than at the login.
///
/// # Errors
/// [`AppError::PasswordWrong`], [`AppError::TooOften`], [`AppError::UserNotFound`],
/// [`AppError::Busy`].
pub(super) async fn demand(app: &App, viewer: UserId, typed: &str) -> Result<PasswordHash, AppError> {
    let guesses = Guesses::against(app, format_args!("password {viewer}"), app.policy.limits.login_failures);
    guesses.begin(app).await?;
    let credentials = app.store.read_own().await?.users().credentials_of(viewer).await?;
    let hash = credentials.ok_or(AppError::UserNotFound)?.password_hash;
    match app.passwords.verify(typed, Some(&hash)).await? {
        Verdict::Right | Verdict::RightButOutdated => {
            guesses.forget(app).await?;
            Ok(hash)
        }
        Verdict::Wrong => Err(AppError::PasswordWrong),
    }
}
