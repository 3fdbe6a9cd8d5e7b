//! Signing up with a mobile, an SMS code and a password.

use minsu_domain::{Mobile, Password, UserId, UserName};
use minsu_ports::{NewUser, StoreError, UniqueKey, User};

use super::login_guard;
use crate::{
    App, AppError, ClientAddress,
    sessions::Admission,
    sms_codes::{self, Purpose},
    unit::in_unit,
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
    /// Who asks.
    pub client: ClientAddress,
}

/// Makes an account with a nickname as its name: never the number, because others see the name.
/// The code is used up after the slow hashing and before the account is written: of simultaneous
/// registrations with one code exactly one gets through.
///
/// # Errors
/// [`AppError::Invalid`] for the password, [`AppError::SmsCodeExpired`],
/// [`AppError::SmsCodeWrong`], [`AppError::CaptchaWrong`], [`AppError::MobileRegistered`],
/// [`AppError::Busy`].
pub async fn register(app: &App, command: Register) -> Result<(User, Admission), AppError> {
    let password = Password::new(command.password, app.policy.passwords)?;
    let purpose = Purpose::Registration;
    sms_codes::check(app, purpose, &command.mobile, &command.sms_code, command.captcha_text.as_deref()).await?;
    let password_hash = app.passwords.hash(&password).await?;
    sms_codes::use_up(app, purpose, &command.mobile, &command.sms_code).await?;

    let mut user = NewUser {
        name: UserName::nickname(app.random()),
        mobile: command.mobile,
        password_hash,
        created_at: app.clock.now(),
    };
    let id = match insert(app, &user).await {
        // One of 10^12 nicknames, taken: another one.
        Err(AppError::UserNameTaken) => {
            user.name = UserName::nickname(app.random());
            insert(app, &user).await?
        }
        result => result?,
    };
    login_guard::remember(app, &user.mobile, command.client).await?;
    let admission = Admission { user: id, password_hash: user.password_hash };
    let made = User { id, name: user.name, mobile: user.mobile, avatar: None, created_at: user.created_at };
    Ok((made, admission))
}

async fn insert(app: &App, user: &NewUser) -> Result<UserId, AppError> {
    in_unit(app, async |unit| {
        unit.users().insert(user).await.map_err(|error| match error {
            StoreError::Duplicate(UniqueKey::Mobile) => AppError::MobileRegistered,
            StoreError::Duplicate(UniqueKey::UserName) => AppError::UserNameTaken,
            error => error.into(),
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, mobile, user};
    use bytes::Bytes;
    use minsu_ports::{
        Count, PasswordHash,
        testkit::{MockCache, MockPasswordHasher, MockStore, MockUnitOfWork},
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
        let commits = unit.commits.clone();
        let app = TestApp::default().cache(cache(true)).passwords(hasher()).store(unit.begun_once()).build();
        let (made, _) = register(&app, command("123456789")).await.unwrap();
        assert_eq!((made.id, commits.count()), (user(5), 1));
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
    async fn a_code_that_somebody_else_just_used_makes_no_account() {
        let mut store = MockStore::new();
        store.expect_begin().never();
        let app = TestApp::default().cache(cache(false)).passwords(hasher()).store(store).build();
        assert!(matches!(register(&app, command("123456789")).await, Err(AppError::SmsCodeExpired)));
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
        assert!(matches!(register(&app, command("123456789")).await, Err(AppError::MobileRegistered)));
    }
}
