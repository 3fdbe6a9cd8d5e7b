//! Resets a forgotten password by an SMS code.

use minsu_domain::{Event, IdentityNumber, Mobile, Password, UserId};
use minsu_ports::Work;

use super::identity;
use crate::{
    AccountError, App, AppError, ClientAddress,
    limits::Guesses,
    remembered_addresses, sessions,
    sms_codes::{self, Purpose, TypedCode},
    transaction::in_transaction,
    turns,
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
    /// The last four characters of the identity number, as typed.
    pub id_last4: Option<String>,
    /// The address of the client.
    pub client: ClientAddress,
}

/// Sets the password and ends every session of the user; no new session is opened.
/// The client's address counts as one that logged in.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::SmsCode`], [`AppError::SmsCode`],
/// [`AccountError::NotFound`] (only a client with the code of that mobile sees it), [`AppError::Busy`].
pub async fn reset_password(app: &App, command: ResetPassword) -> Result<(), AppError> {
    if let Some(earlier) = app.earlier()? {
        return Ok(earlier);
    }
    let password = Password::of_account(command.password, &command.mobile, app.policy.passwords)?;
    let purpose = Purpose::PasswordReset;
    let code = TypedCode { purpose, mobile: &command.mobile, typed: &command.sms_code, client: command.client };
    sms_codes::check(app, &code, None).await?;
    let turn = turns::turn(app, Work::Hashing, &command.client.party()).await?;
    let hash = app.passwords.hash(&password).await?;
    drop(turn);
    let found = app.store.read_own().await?.users().credentials(&command.mobile).await?;
    let user = found.ok_or(AccountError::NotFound)?.user;
    if !remembered_addresses::is_remembered(app, &command.mobile, command.client).await? {
        demand_identity(app, user, command.id_last4.as_deref()).await?;
    }
    // Before and after: a cache that fails in between leaves no session that was opened with the old password.
    sessions::end_others(app, user, None).await?;
    sms_codes::use_up(app, &code).await?;
    in_transaction(app, async |transaction| {
        if !transaction.users().set_password_hash(user, &hash).await? {
            return Err(AccountError::NotFound.into());
        }
        // Who reads the person's messages, or did, may have made tokens too.
        transaction.tokens().delete_all_of(user).await?;
        transaction.record(Event::AccountPasswordChanged { user });
        Ok(())
    })
    .await?;
    tracing::info!(%user, address = %command.client, "password reset");
    sessions::end_others(app, user, None).await?;
    remembered_addresses::remember(app, &command.mobile, command.client).await
}

/// Mobile numbers are given out again: from an address that the account does not know, a code alone does not open a
/// verified account.
async fn demand_identity(app: &App, user: UserId, typed: Option<&str>) -> Result<(), AppError> {
    let Some(stored) = identity::unsealed(app, user).await? else { return Ok(()) };
    let typed = typed.ok_or(AccountError::IdentityProofNeeded)?;
    let limits = &app.policy.limits;
    let guesses = Guesses::against(app, format_args!("identity {user}"), limits.login_failures)
        .at_most(limits.login_failures_per_mobile_day);
    guesses.begin(app).await?;
    if !IdentityNumber::ends_with(&stored.id_card, typed) {
        return Err(AccountError::IdentityProofWrong.into());
    }
    guesses.forget(app).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting, mobile, user};
    use bytes::Bytes;
    use minsu_ports::{
        CacheError, Credentials, Identity, PasswordHash, SealedIdentity,
        testkit::{MockIdentitySealer, MockPasswordHasher, MockStore, MockUnitOfWork},
    };

    #[tokio::test]
    async fn password_and_code_stay_where_the_sessions_of_the_old_one_cannot_be_ended() {
        let mut reading = MockUnitOfWork::default();
        let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
        reading.users.expect_credentials().return_once(move |_| Ok(Some(credentials)));
        let mut store = reading.read_own_once();
        store.expect_begin().never();
        let mut cache = counting(1);
        cache.expect_get().returning(|key| match key.kind() {
            kind if kind.starts_with("sms-reset") => Ok(Some(Bytes::from("123456"))),
            "login-address" => Ok(Some(Bytes::from("1"))),
            _ => Err(CacheError::Unavailable("away".into())),
        });
        cache.expect_compare_and_delete().never();
        let mut passwords = MockPasswordHasher::new();
        passwords.expect_hash().returning(|_| Ok(PasswordHash("new".into())));
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).build();
        let (sms_code, password) = ("123456".into(), "an untold secret".into());
        let command = ResetPassword { mobile: mobile(), sms_code, password, id_last4: None, client: client() };
        let reset = reset_password(&app, command).await;
        assert!(matches!(reset, Err(AppError::CacheUnavailable(_))), "{reset:?}");
    }

    /// A reset of a verified account, from a known address or not.
    async fn reset_of_verified(is_known: bool, id_last4: Option<&str>) -> Result<(), AppError> {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
            session.users.expect_credentials().return_once(move |_| Ok(Some(credentials)));
            let sealed = SealedIdentity { key_id: "k".into(), sealed: vec![1] };
            session.users.expect_identity().return_once(move |_| Ok(Some(sealed)));
            Ok(Box::new(session))
        });
        store.expect_begin().returning(|| {
            let mut unit = MockUnitOfWork::default();
            unit.users.expect_set_password_hash().returning(|_, _| Ok(true));
            unit.tokens.expect_delete_all_of().returning(|_| Ok(0));
            Ok(Box::new(unit))
        });
        let mut cache = counting(1);
        cache.expect_take().returning(|_| Ok(None));
        cache.expect_decrement().returning(|_| Ok(()));
        cache.expect_get().returning(move |key| match key.as_str().split(':').next() {
            Some("sms-reset") => Ok(Some(Bytes::from("123456"))),
            Some("login-address") => Ok(is_known.then(|| Bytes::from("1"))),
            _ => Ok(None),
        });
        cache.expect_compare_and_delete().returning(|_, _| Ok(true));
        cache.expect_delete().returning(|_| Ok(true));
        cache.expect_set().returning(|_, _, _| Ok(()));
        let mut passwords = MockPasswordHasher::new();
        passwords.expect_hash().returning(|_| Ok(PasswordHash("new".into())));
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_open()
            .returning(|_, _| Ok(Identity { real_name: "李雷".into(), id_card: "11010519491231002X".into() }));
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).sealer(sealer).build();
        let (sms_code, password) = ("123456".into(), "an untold secret".into());
        let id_last4 = id_last4.map(String::from);
        reset_password(&app, ResetPassword { mobile: mobile(), sms_code, password, id_last4, client: client() }).await
    }

    #[tokio::test]
    async fn the_next_owner_of_a_mobile_needs_the_end_of_the_identity_number() {
        assert!(reset_of_verified(true, None).await.is_ok());
        assert!(reset_of_verified(false, Some("002x")).await.is_ok());
        let without = reset_of_verified(false, None).await;
        assert!(matches!(without, Err(AppError::Account(AccountError::IdentityProofNeeded))), "{without:?}");
        let wrong = reset_of_verified(false, Some("0021")).await;
        assert!(matches!(wrong, Err(AppError::Account(AccountError::IdentityProofWrong))), "{wrong:?}");
    }
}
