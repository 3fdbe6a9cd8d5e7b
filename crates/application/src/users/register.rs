//! Signing up with a mobile, an SMS code and a password.

use minsu_domain::{Event, Mobile, Password, UserId, UserName};
use minsu_ports::{NewUser, StoreError, UniqueKey, User, Work};

use crate::{
    AccountError, App, AppError, ClientAddress, remembered_addresses,
    sessions::VerifiedLogin,
    sms_codes::{self, Purpose, TypedCode},
    transaction::in_transaction,
    turns,
};

/// Asks for an account.
#[derive(Debug, Clone)]
pub struct Register {
    /// The mobile that got the code.
    pub mobile: Mobile,
    /// The code as typed.
    pub sms_code: String,
    /// The password as typed.
    pub password: String,
    /// The captcha text, where a page repeats it.
    pub captcha_text: Option<String>,
    /// The address of the client.
    pub client: ClientAddress,
}

/// Creates an account with a nickname as its name: never the number, because other users see the name.
/// The code is used up after the slow hashing and before the account is written: of simultaneous
/// registrations with one code exactly one succeeds.
///
/// # Errors
/// [`AppError::Invalid`] for the password, [`AppError::SmsCode`],
/// [`AppError::SmsCode`], [`AppError::Captcha`], [`AccountError::MobileRegistered`],
/// [`AppError::Busy`].
pub async fn register(app: &App, command: Register) -> Result<(User, VerifiedLogin), AppError> {
    if let Some(earlier) = app.earlier()? {
        return registered(app, earlier).await;
    }
    let password = Password::of_account(command.password, &command.mobile, app.policy.passwords)?;
    let purpose = Purpose::Registration;
    let code = TypedCode { purpose, mobile: &command.mobile, typed: &command.sms_code, client: command.client };
    sms_codes::check(app, &code, command.captcha_text.as_deref()).await?;
    let turn = turns::turn(app, Work::Hashing, &command.client.party()).await?;
    let password_hash = app.passwords.hash(&password).await?;
    drop(turn);
    sms_codes::use_up(app, &code).await?;

    let mut user = NewUser {
        name: UserName::nickname(app.random()),
        mobile: command.mobile,
        password_hash,
        created_at: app.clock.now(),
    };
    let id = match insert(app, &user).await {
        // The nickname, one of 10^12, is taken: draw another one.
        Err(AppError::Account(AccountError::NameTaken)) => {
            user.name = UserName::nickname(app.random());
            insert(app, &user).await?
        }
        result => result?,
    };
    remembered_addresses::remember(app, &user.mobile, command.client).await?;
    let verified_login = VerifiedLogin { user: id, password_hash: user.password_hash };
    let made = User { id, name: user.name, mobile: user.mobile, avatar: None, created_at: user.created_at };
    Ok((made, verified_login))
}

/// An account that an earlier request under the same idempotency key has made.
async fn registered(app: &App, id: UserId) -> Result<(User, VerifiedLogin), AppError> {
    let mut store = app.store.read_own().await?;
    let user = store.users().find(id).await?.ok_or(AccountError::NotFound)?;
    let credentials = store.users().credentials_of(id).await?.ok_or(AccountError::NotFound)?;
    Ok((user, VerifiedLogin { user: id, password_hash: credentials.password_hash }))
}

async fn insert(app: &App, user: &NewUser) -> Result<UserId, AppError> {
    in_transaction(app, async |transaction| {
        let id = transaction.users().insert(user).await.map_err(|error| match error {
            StoreError::Duplicate(UniqueKey::Mobile) => AppError::Account(AccountError::MobileRegistered),
            StoreError::Duplicate(UniqueKey::UserName) => AppError::Account(AccountError::NameTaken),
            error => error.into(),
        })?;
        transaction.record(Event::AccountRegistered { user: id });
        Ok(id)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SmsCodeError;
    use crate::test_app::{TestApp, client, mobile, user};
    use bytes::Bytes;
    use minsu_ports::{
        Count, PasswordHash,
        testkit::{EventLog, MockCache, MockPasswordHasher, MockStore, MockUnitOfWork},
    };
    use std::time::Duration;

    fn command(password: &str) -> Register {
        Register {
            mobile: mobile(),
            sms_code: "407319".into(),
            password: password.into(),
            captcha_text: None,
            client: client(),
        }
    }

    fn cache(usable: bool) -> MockCache {
        let mut cache = MockCache::new();
        cache.expect_increment().returning(|_, _| Ok(Count { value: 1, resets_in: Duration::from_secs(9) }));
        cache.expect_get().returning(|_| Ok(Some(Bytes::from("407319"))));
        cache.expect_compare_and_delete().returning(move |_, _| Ok(usable));
        cache.expect_take().returning(|_| Ok(None));
        cache.expect_set().returning(|_, _, _| Ok(()));
        cache
    }

    fn hasher() -> MockPasswordHasher {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_hash().returning(|_| Ok(PasswordHash("$argon2id$".into())));
        hasher
    }

    #[tokio::test]
    async fn the_name_is_no_part_of_the_number() {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_insert().times(1).returning(|_| Ok(user(5)));
        let (log, store) = (EventLog::default(), unit.begun_once());
        let app =
            TestApp::default().cache(cache(true)).passwords(hasher()).store(store).subscriber(log.clone()).build();
        let (made, _) = register(&app, command("123456789")).await.unwrap();
        assert_eq!(made.id, user(5));
        assert_eq!(log.committed(), [Event::AccountRegistered { user: user(5) }]);
        assert!(made.name.as_str().starts_with("用户") && !made.name.as_str().contains("5678"));
    }

    #[tokio::test]
    async fn a_weak_password_costs_no_try_of_the_code() {
        let mut cache = MockCache::new();
        cache.expect_increment().never();
        let app = TestApp::default().cache(cache).build();
        assert!(matches!(register(&app, command("1234567")).await, Err(AppError::Invalid(_))));
    }

    #[tokio::test]
    async fn a_code_that_another_request_just_used_makes_no_account() {
        let mut store = MockStore::new();
        store.expect_begin().never();
        let app = TestApp::default().cache(cache(false)).passwords(hasher()).store(store).build();
        assert!(matches!(register(&app, command("123456789")).await, Err(AppError::SmsCode(SmsCodeError::Expired))));
    }

    #[tokio::test]
    async fn a_taken_nickname_is_drawn_again_and_a_taken_mobile_is_told() {
        let mut first = MockUnitOfWork::default();
        first.users.expect_insert().returning(|_| Err(StoreError::Duplicate(UniqueKey::UserName)));
        let mut second = MockUnitOfWork::default();
        second.users.expect_insert().returning(|_| Err(StoreError::Duplicate(UniqueKey::Mobile)));
        let mut units = vec![second, first];
        let mut store = MockStore::new();
        store.expect_begin().times(2).returning(move || Ok(Box::new(units.pop().unwrap())));
        let app = TestApp::default().cache(cache(true)).passwords(hasher()).store(store).build();
        assert!(matches!(
            register(&app, command("123456789")).await,
            Err(AppError::Account(AccountError::MobileRegistered))
        ));
    }
}
