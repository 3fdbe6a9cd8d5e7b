//! A new password for somebody who forgot theirs, by an SMS code.

use minsu_domain::{Mobile, Password};

use super::login_guard;
use crate::{
    App, AppError, ClientAddress, sessions,
    sms_codes::{self, Purpose},
    unit::in_unit,
};

/// Asks for a new password.
#[derive(Clone)]
pub struct ResetPassword {
    /// The mobile that got the code.
    pub mobile: Mobile,
    /// The code as typed, sent for this purpose.
    pub sms_code: String,
    /// The password as typed.
    pub password: String,
    /// Who asks.
    pub client: ClientAddress,
}

/// Sets the password and ends every session of the person; the new one is not logged in by it.
/// The address of who had the code counts as one that logged in.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::SmsCodeExpired`], [`AppError::SmsCodeWrong`],
/// [`AppError::UserNotFound`] (told only to who has the code of that mobile), [`AppError::Busy`].
pub async fn reset_password(app: &App, command: ResetPassword) -> Result<(), AppError> {
    let password = Password::new(command.password, app.policy.passwords)?;
    let purpose = Purpose::PasswordReset;
    sms_codes::check(app, purpose, &command.mobile, &command.sms_code, None).await?;
    let hash = app.passwords.hash(&password).await?;
    let found = app.store.read_own().await?.users().credentials(&command.mobile).await?;
    let user = found.ok_or(AppError::UserNotFound)?.user;
    // Before and after: a cache that fails in between leaves no session of somebody who knew the old one.
    sessions::end_others(app, user, None).await?;
    sms_codes::use_up(app, purpose, &command.mobile, &command.sms_code).await?;
    in_unit(app, async |unit| match unit.users().set_password_hash(user, &hash).await? {
        true => Ok(()),
        false => Err(AppError::UserNotFound),
    })
    .await?;
    tracing::info!(%user, address = %command.client, "password reset");
    sessions::end_others(app, user, None).await?;
    login_guard::remember(app, &command.mobile, command.client).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting, mobile, user};
    use bytes::Bytes;
    use minsu_ports::{
        CacheError, Credentials, PasswordHash,
        testkit::{MockPasswordHasher, MockUnitOfWork},
    };

    #[tokio::test]
    async fn password_and_code_stay_where_the_sessions_of_the_old_one_cannot_be_ended() {
        let mut reading = MockUnitOfWork::default();
        let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
        reading.users.expect_credentials().return_once(move |_| Ok(Some(credentials)));
        let mut store = reading.read_own_once();
        store.expect_begin().never();
        let mut cache = counting(1);
        cache.expect_get().returning(|key| match key.as_str().starts_with("sms-reset:") {
            true => Ok(Some(Bytes::from("123456"))),
            false => Err(CacheError::Unavailable("away".into())),
        });
        cache.expect_compare_and_delete().never();
        let mut passwords = MockPasswordHasher::new();
        passwords.expect_hash().returning(|_| Ok(PasswordHash("new".into())));
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).build();
        let (sms_code, password) = ("123456".into(), "an untold secret".into());
        let reset =
            reset_password(&app, ResetPassword { mobile: mobile(), sms_code, password, client: client() }).await;
        assert!(matches!(reset, Err(AppError::CacheUnavailable(_))), "{reset:?}");
    }
}
