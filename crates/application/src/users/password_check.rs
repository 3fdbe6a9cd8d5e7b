//! Asks a logged-in user for the password again.

use minsu_domain::Principal;
use minsu_ports::{Party, PasswordHash, Verdict, Work};

use crate::{AccountError, App, AppError, limits::Guesses, turns};

/// Checks the password of the session's user, and returns the hash that it was verified against.
/// An attacker with a stolen session cannot guess it here more freely than at the login.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AppError::TooOften`], [`AccountError::NotFound`],
/// [`AppError::Busy`].
pub(super) async fn demand(app: &App, viewer: Principal, typed: &str) -> Result<PasswordHash, AppError> {
    let _turn = turns::turn(app, Work::Hashing, &Party::of_account(viewer.user)).await?;
    let guesses = Guesses::against(app, format_args!("password {}", viewer.user), app.policy.limits.login_failures);
    guesses.begin(app).await?;
    let credentials = app.store.read_own().await?.users().credentials_of(viewer.user).await?;
    let hash = credentials.ok_or(AccountError::NotFound)?.password_hash;
    match app.passwords.verify(typed, Some(&hash)).await? {
        Verdict::Right | Verdict::RightButOutdated => {
            guesses.forget(app).await?;
            Ok(hash)
        }
        Verdict::Wrong => Err(AppError::Account(AccountError::WrongPassword)),
    }
}
