//! Choosing another password.

use minsu_domain::{Event, Password, Principal};
use minsu_ports::{Party, PasswordHash, Work};

use super::password_check;
use crate::{
    AccountError, App, AppError,
    sessions::{self, SessionToken},
    transaction::in_transaction,
    turns,
};

/// Passwords as typed.
#[derive(Clone)]
pub struct ChangePassword {
    /// The current password.
    pub old: String,
    /// The new password.
    pub new: String,
}

/// Replaces the password and ends all other sessions of the person. Personal tokens stay: who changes a
/// password knew the old one.
///
/// # Errors
/// [`AppError::Invalid`], [`AccountError::WrongPassword`], [`AppError::TooOften`], [`AppError::Busy`].
pub async fn change_password(
    app: &App,
    viewer: Principal,
    current: &SessionToken,
    command: ChangePassword,
) -> Result<(), AppError> {
    let mobile = super::profile(app, viewer).await?.mobile;
    let new = Password::of_account(command.new, &mobile, app.policy.passwords)?;
    let proved = password_check::demand(app, viewer, &command.old).await?;
    replace(app, viewer, current, &proved, &new).await
}

/// As [`change_password`], for a session that was confirmed by the old password.
///
/// # Errors
/// [`AppError::Invalid`], [`crate::SessionError::ConfirmationNeeded`], [`AccountError::WrongPassword`] where the
/// password was changed meanwhile, [`AppError::Busy`].
pub async fn change_confirmed_password(
    app: &App,
    viewer: Principal,
    current: &SessionToken,
    new: String,
) -> Result<(), AppError> {
    sessions::demand_confirmed(viewer)?;
    let mobile = super::profile(app, viewer).await?.mobile;
    let new = Password::of_account(new, &mobile, app.policy.passwords)?;
    let credentials = app.store.read_own().await?.users().credentials_of(viewer.user).await?;
    let standing = credentials.ok_or(AccountError::NotFound)?.password_hash;
    replace(app, viewer, current, &standing, &new).await
}

async fn replace(
    app: &App,
    viewer: Principal,
    current: &SessionToken,
    proved: &PasswordHash,
    new: &Password,
) -> Result<(), AppError> {
    let turn = turns::turn(app, Work::Hashing, &Party::of_account(viewer.user)).await?;
    let hash = app.passwords.hash(new).await?;
    drop(turn);
    // Before and after: a cache that fails in between leaves no session that was opened with the old password.
    sessions::end_others(app, viewer.user, Some(current)).await?;
    in_transaction(app, async |transaction| {
        if !transaction.users().replace_password_hash(viewer.user, proved, &hash).await? {
            // Another request changed it meanwhile.
            return Err(AccountError::WrongPassword.into());
        }
        transaction.record(Event::AccountPasswordChanged { user: viewer.user });
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, "password changed");
    sessions::end_others(app, viewer.user, Some(current)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, counting, principal, sample_user, user};
    use minsu_ports::{
        CacheError, Credentials, Verdict,
        testkit::{MockPasswordHasher, MockStore, MockUnitOfWork},
    };

    #[tokio::test]
    async fn without_the_old_password_a_change_needs_a_confirmed_session() {
        let app = TestApp::default().build();
        let (token, new) = (SessionToken::from_random([3; 32]), "an untold secret".to_owned());
        let refused = change_confirmed_password(&app, principal(5), &token, new).await;
        let needed = crate::SessionError::ConfirmationNeeded;
        assert!(matches!(refused, Err(AppError::Session(refused)) if refused.to_string() == needed.to_string()));
    }

    #[tokio::test]
    async fn a_password_stays_where_the_sessions_of_the_old_one_cannot_be_ended() {
        let mut reading = MockUnitOfWork::default();
        let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
        reading.users.expect_credentials_of().return_once(move |_| Ok(Some(credentials)));
        reading.users.expect_find().returning(|_| Ok(Some(sample_user(5))));
        let mut readings = vec![reading];
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut profile = MockUnitOfWork::default();
            profile.users.expect_find().returning(|_| Ok(Some(sample_user(5))));
            profile
                .users
                .expect_credentials_of()
                .returning(|user| Ok(Some(Credentials { user, password_hash: PasswordHash("old".into()) })));
            Ok(Box::new(readings.pop().unwrap_or(profile)))
        });
        store.expect_begin().never();
        let mut cache = counting(1);
        cache.expect_delete().returning(|_| Ok(true));
        cache.expect_get().times(1..).returning(|_| Err(CacheError::Unavailable("away".into())));
        let mut passwords = MockPasswordHasher::new();
        passwords.expect_verify().returning(|_, _| Ok(Verdict::Right));
        passwords.expect_hash().returning(|_| Ok(PasswordHash("new".into())));
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).build();
        let command = ChangePassword { old: "an old secret".into(), new: "an untold secret".into() };
        let changed = change_password(&app, principal(5), &SessionToken::from_random([3; 32]), command).await;
        assert!(matches!(changed, Err(AppError::CacheUnavailable(_))), "{changed:?}");
    }
}
