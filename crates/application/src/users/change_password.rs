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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, counting, user};
    use minsu_ports::{
        CacheError, Credentials, PasswordHash, Verdict,
        testkit::{MockPasswordHasher, MockUnitOfWork},
    };

    #[tokio::test]
    async fn a_password_stays_where_the_sessions_of_the_old_one_cannot_be_ended() {
        let mut reading = MockUnitOfWork::default();
        let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
        reading.users.expect_credentials_of().return_once(move |_| Ok(Some(credentials)));
        let mut store = reading.read_own_once();
        store.expect_begin().never();
        let mut cache = counting(1);
        cache.expect_delete().returning(|_| Ok(true));
        cache.expect_get().times(1..).returning(|_| Err(CacheError::Unavailable("away".into())));
        let mut passwords = MockPasswordHasher::new();
        passwords.expect_verify().returning(|_, _| Ok(Verdict::Right));
        passwords.expect_hash().returning(|_| Ok(PasswordHash("new".into())));
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).build();
        let command = ChangePassword { old: "an old secret".into(), new: "an untold secret".into() };
        let changed = change_password(&app, user(5), &SessionToken::from_random([3; 32]), command).await;
        assert!(matches!(changed, Err(AppError::CacheUnavailable(_))), "{changed:?}");
    }
}
