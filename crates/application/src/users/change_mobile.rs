//! Changing the mobile of an account.

use minsu_domain::{Event, Mobile, Principal};
use minsu_ports::{StoreError, UniqueKey};

use super::password_check;
use crate::{
    AccountError, App, AppError, ClientAddress, remembered_addresses,
    sessions::{self, SessionToken},
    sms_codes::{self, Purpose, TypedCode},
    transaction::in_transaction,
};

/// What proves that the user of a session may change the mobile.
#[derive(Clone)]
pub enum MobileProof {
    /// The password, as typed.
    Password(String),
    /// The code that was sent to the old mobile for this purpose, as typed.
    OldMobileCode(String),
}

/// Asks for another mobile.
#[derive(Clone)]
pub struct ChangeMobile {
    /// The new mobile.
    pub mobile: Mobile,
    /// The code that was sent to the new mobile for this purpose, as typed.
    pub sms_code: String,
    /// The proof.
    pub proof: MobileProof,
    /// The address of the client.
    pub client: ClientAddress,
}

/// Replaces the mobile of the account, by which its user logs in from then on, and ends all other sessions. The
/// code of the new mobile is compared first: without it nothing is told of the password.
///
/// # Errors
/// [`AppError::SmsCode`], [`AccountError::SameMobile`], [`AccountError::WrongPassword`],
/// [`AccountError::MobileRegistered`] (told only to the holder of that mobile's code), [`AppError::TooOften`],
/// [`AppError::Busy`].
pub async fn change_mobile(
    app: &App,
    viewer: Principal,
    current: &SessionToken,
    command: ChangeMobile,
) -> Result<(), AppError> {
    if let Some(earlier) = app.earlier()? {
        return Ok(earlier);
    }
    let purpose = Purpose::MobileChange;
    let old = super::profile(app, viewer).await?.mobile;
    if old == command.mobile {
        return Err(AccountError::SameMobile.into());
    }
    let client = command.client;
    let code = TypedCode { purpose, mobile: &command.mobile, typed: &command.sms_code, client };
    sms_codes::check(app, &code, None).await?;
    match &command.proof {
        MobileProof::Password(typed) => {
            password_check::demand(app, viewer, typed).await?;
        }
        MobileProof::OldMobileCode(typed) => {
            let of_old = TypedCode { purpose, mobile: &old, typed, client };
            sms_codes::check(app, &of_old, None).await?;
            sms_codes::use_up(app, &of_old).await?;
        }
    }
    sms_codes::use_up(app, &code).await?;
    in_transaction(app, async |transaction| {
        match transaction.users().replace_mobile(viewer.user, &old, &command.mobile).await {
            Ok(true) => transaction.record(Event::AccountMobileChanged { user: viewer.user }),
            // Changed or deleted meanwhile.
            Ok(false) => return Err(AppError::Account(AccountError::NotFound)),
            Err(StoreError::Duplicate(UniqueKey::Mobile)) => return Err(AccountError::MobileRegistered.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, address = %command.client, "mobile changed");
    sessions::end_others(app, viewer.user, Some(current)).await?;
    remembered_addresses::remember(app, &command.mobile, client).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SmsCodeError;
    use crate::test_app::{TestApp, client, counting, mobile, principal, sample_user};
    use bytes::Bytes;
    use minsu_ports::{
        Credentials, PasswordHash, Verdict,
        testkit::{EventLog, MockPasswordHasher, MockStore, MockUnitOfWork},
    };

    /// The result and the recorded events, where the new mobile got 123456 and the old one 654321.
    async fn changed(
        sms_code: &str,
        proof: MobileProof,
        stored: Result<bool, StoreError>,
    ) -> (Result<(), AppError>, Vec<Event>) {
        let mut writing = MockUnitOfWork::default();
        writing.users.expect_replace_mobile().return_once(move |_, _, _| stored);
        let mut writings = vec![writing];
        let mut store = MockStore::new();
        store.expect_begin().returning(move || Ok(Box::new(writings.pop().unwrap())));
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.users.expect_find().returning(|_| Ok(Some(sample_user(1))));
            session
                .users
                .expect_credentials_of()
                .returning(|user| Ok(Some(Credentials { user, password_hash: PasswordHash("stored".into()) })));
            Ok(Box::new(session))
        });
        let old = sms_codes::Keys::of(Purpose::MobileChange, &sample_user(1).mobile).code;
        let mut cache = counting(1);
        cache.expect_take().returning(|_| Ok(None));
        cache.expect_decrement().returning(|_| Ok(()));
        cache.expect_get().returning(move |key| {
            let code = if *key == old { "654321" } else { "123456" };
            Ok(key.as_str().starts_with("sms-mobile").then(|| Bytes::from(code)))
        });
        cache.expect_compare_and_delete().returning(|_, _| Ok(true));
        cache.expect_delete().returning(|_| Ok(true));
        cache.expect_set().returning(|_, _, _| Ok(()));
        let mut passwords = MockPasswordHasher::new();
        passwords
            .expect_verify()
            .returning(|typed, _| Ok(if typed == "right" { Verdict::Right } else { Verdict::Wrong }));
        let log = EventLog::default();
        let app = TestApp::default().cache(cache).store(store).passwords(passwords).subscriber(log.clone()).build();
        let new = Mobile::new("13900000009").unwrap();
        assert_ne!(new, mobile());
        let command = ChangeMobile { mobile: new, sms_code: sms_code.into(), proof, client: client() };
        let result = change_mobile(&app, principal(1), &SessionToken::from_random([3; 32]), command).await;
        (result, log.committed())
    }

    #[tokio::test]
    async fn it_takes_the_code_of_the_new_mobile_and_a_proof() {
        use MobileProof::{OldMobileCode, Password};
        for proof in [Password("right".into()), OldMobileCode("654321".into())] {
            let (done, events) = changed("123456", proof, Ok(true)).await;
            assert!(done.is_ok(), "{done:?}");
            assert_eq!(events, [Event::AccountMobileChanged { user: principal(1).user }]);
        }
        let (wrong, events) = changed("654321", Password("right".into()), Ok(true)).await;
        assert!(matches!(wrong, Err(AppError::SmsCode(SmsCodeError::Wrong))) && events.is_empty(), "{wrong:?}");
        let (wrong, _) = changed("123456", Password("wrong".into()), Ok(true)).await;
        assert!(matches!(wrong, Err(AppError::Account(AccountError::WrongPassword))), "{wrong:?}");
        let (wrong, _) = changed("123456", OldMobileCode("123456".into()), Ok(true)).await;
        assert!(matches!(wrong, Err(AppError::SmsCode(SmsCodeError::Wrong))), "{wrong:?}");
        let taken = Err(StoreError::Duplicate(UniqueKey::Mobile));
        let (taken, events) = changed("123456", Password("right".into()), taken).await;
        assert!(matches!(taken, Err(AppError::Account(AccountError::MobileRegistered))) && events.is_empty());
    }
}
