//! Checking and using up a code.

use bytes::Bytes;
use minsu_domain::{Mobile, fold_typed};
use minsu_ports::CacheKey;

use super::{Keys, Purpose, asked_key, budget, tries_of};
use crate::{App, AppError, CaptchaError, ClientAddress, SmsCodeError};

/// A code as typed.
#[derive(Clone, Copy)]
pub(crate) struct TypedCode<'a> {
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// The mobile that got it.
    pub(crate) mobile: &'a Mobile,
    /// The code.
    pub(crate) typed: &'a str,
    /// Who typed it.
    pub(crate) client: ClientAddress,
}

/// Compares a code, folded as typed digits are, without using it up. Every call counts as a try before anything
/// is compared, so that guesses in parallel gain nothing. An address that asked for a code has its own tries,
/// and learns whether the code expired; all others have as many together, and learn only that it is wrong, also
/// where there is none. `captcha_text`, where a page repeats it, must be the one that the code was asked with.
///
/// # Errors
/// [`SmsCodeError::Expired`], [`SmsCodeError::Wrong`], [`CaptchaError::Wrong`],
/// [`AppError::CacheUnavailable`].
pub(crate) async fn check(app: &App, code: &TypedCode<'_>, captcha_text: Option<&str>) -> Result<(), AppError> {
    let asked = app.cache.get(&asked_key(code.purpose, code.mobile, code.client)).await?.is_some();
    match compare(app, code, asked, captcha_text).await {
        Err(AppError::SmsCode(SmsCodeError::Expired) | AppError::Captcha(_)) if !asked => {
            Err(SmsCodeError::Wrong.into())
        }
        compared => compared,
    }
}

async fn compare(app: &App, code: &TypedCode<'_>, asked: bool, captcha_text: Option<&str>) -> Result<(), AppError> {
    let keys = Keys::of(code.purpose, code.mobile);
    let sent = app.cache.get(&keys.code).await?;
    let tries = match &sent {
        Some(sent) => tries_of(code.purpose, code.mobile, sent, asked.then_some(code.client)),
        // The same work, so that the time tells nothing either.
        None => CacheKey::single("sms-tries-without-code"),
    };
    let tries = app.cache.increment(&tries, app.policy.sms_code_lifetime).await?;
    let sent: Bytes = sent.ok_or(SmsCodeError::Expired)?;
    // The counter outlives the code, so the code is burnt without being removed; removing it could
    // take it from a caller whose right try was counted in time and is about to use it up.
    if tries.value > app.policy.sms_code_tries {
        return Err(SmsCodeError::Expired.into());
    }
    if let Some(text) = captcha_text {
        let asked_with = app.cache.get(&keys.captcha).await?;
        if asked_with.is_none_or(|asked| !asked.eq_ignore_ascii_case(fold_typed(text).as_bytes())) {
            return Err(CaptchaError::Wrong.into());
        }
    }
    if sent.as_ref() == fold_typed(code.typed).as_bytes() { Ok(()) } else { Err(SmsCodeError::Wrong.into()) }
}

/// Uses a checked code up: of simultaneous calls with one code exactly one succeeds.
///
/// # Errors
/// [`SmsCodeError::Expired`] for all the others, [`AppError::CacheUnavailable`].
pub(crate) async fn use_up(app: &App, code: &TypedCode<'_>) -> Result<(), AppError> {
    let keys = Keys::of(code.purpose, code.mobile);
    if !app.cache.compare_and_delete(&keys.code, fold_typed(code.typed).as_bytes()).await? {
        return Err(SmsCodeError::Expired.into());
    }
    budget::used(app, code.purpose, code.mobile).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, mobile};
    use bytes::Bytes;
    use minsu_ports::{Count, testkit::MockCache};
    use std::time::Duration;

    fn code(typed: &str) -> TypedCode<'_> {
        TypedCode { purpose: Purpose::Registration, mobile: mobile_ref(), typed, client: client() }
    }

    fn mobile_ref() -> &'static Mobile {
        static MOBILE: std::sync::LazyLock<Mobile> = std::sync::LazyLock::new(mobile);
        &MOBILE
    }

    async fn checked_by(
        asked: bool,
        tries: u64,
        sent: Option<&'static str>,
        typed: &str,
        captcha: Option<&str>,
    ) -> Result<(), AppError> {
        let mut cache = MockCache::new();
        cache.expect_increment().times(1).returning(move |key, _| {
            let counts_code = key.as_str().starts_with("sms-register-tries");
            assert_eq!(counts_code, sent.is_some());
            Ok(Count { value: tries, resets_in: Duration::from_secs(1) })
        });
        cache.expect_get().returning(move |key| {
            Ok(match key.as_str().split(':').next().unwrap() {
                "sms-register-captcha" => Some(Bytes::from("ACE3")),
                "sms-register-asked" => asked.then(|| Bytes::from("1")),
                _ => sent.map(Bytes::from),
            })
        });
        cache.expect_delete().never();
        check(&TestApp::default().cache(cache).build(), &code(typed), captcha).await
    }

    async fn checked(
        tries: u64,
        sent: Option<&'static str>,
        typed: &str,
        captcha: Option<&str>,
    ) -> Result<(), AppError> {
        checked_by(true, tries, sent, typed, captcha).await
    }

    #[tokio::test]
    async fn who_did_not_ask_learns_nothing() {
        let wrong = |checked: Result<(), AppError>| matches!(checked, Err(AppError::SmsCode(SmsCodeError::Wrong)));
        assert!(wrong(checked_by(false, 1, None, "123456", None).await));
        assert!(wrong(checked_by(false, 1, Some("123456"), "654321", None).await));
        assert!(wrong(checked_by(false, 6, Some("123456"), "123456", None).await));
        assert!(wrong(checked_by(false, 1, Some("123456"), "123456", Some("ZZZZ")).await));
        // A telephone on another network than the page that asked.
        assert!(checked_by(false, 5, Some("123456"), "123456", None).await.is_ok());
    }

    #[test]
    fn every_asker_has_tries_of_their_own_and_all_others_have_theirs_together() {
        let of = |asker: Option<[u8; 4]>| {
            let asker = asker.map(|address| ClientAddress::new(address.into()));
            tries_of(Purpose::Registration, mobile_ref(), b"123456", asker)
        };
        assert_ne!(of(None), of(Some([192, 0, 2, 7])));
        assert_ne!(of(Some([192, 0, 2, 7])), of(Some([192, 0, 2, 8])));
    }

    #[tokio::test]
    async fn five_tries_and_then_the_code_is_burnt() {
        for typed in ["123456", " 123456\n", "１２３４５６", "\u{feff}123456"] {
            assert!(checked(5, Some("123456"), typed, None).await.is_ok(), "{typed:?}");
        }
        assert!(matches!(
            checked(5, Some("123456"), "654321", None).await,
            Err(AppError::SmsCode(SmsCodeError::Wrong))
        ));
        assert!(matches!(
            checked(6, Some("123456"), "123456", None).await,
            Err(AppError::SmsCode(SmsCodeError::Expired))
        ));
        assert!(matches!(checked(1, None, "123456", None).await, Err(AppError::SmsCode(SmsCodeError::Expired))));
    }

    #[tokio::test]
    async fn a_repeated_captcha_text_must_be_the_one_that_was_answered() {
        assert!(checked(1, Some("123456"), "123456", Some(" ａｃｅ３")).await.is_ok());
        assert!(matches!(
            checked(1, Some("123456"), "123456", Some("ACE4")).await,
            Err(AppError::Captcha(CaptchaError::Wrong))
        ));
    }

    #[tokio::test]
    async fn no_code_is_universal() {
        for guess in ["", "000000", "111111", "123456", "666666", "888888"] {
            assert!(
                matches!(checked(1, Some("407319"), guess, None).await, Err(AppError::SmsCode(SmsCodeError::Wrong))),
                "{guess}"
            );
        }
    }

    #[tokio::test]
    async fn a_code_is_used_up_as_it_was_compared() {
        let mut cache = MockCache::new();
        cache.expect_compare_and_delete().times(1).withf(|_, code| code == b"123456").returning(|_, _| Ok(true));
        // The address and the network that asked, and the site, have one unused code less.
        cache.expect_take().times(1).returning(|_| Ok(Some(Bytes::from_static(b"192.0.2.7"))));
        cache.expect_decrement().times(3).returning(|_| Ok(()));
        let app = TestApp::default().cache(cache).build();
        assert!(use_up(&app, &code("１２３４５６ ")).await.is_ok());
    }

    #[tokio::test]
    async fn the_loser_of_two_uses_learns_that_it_is_gone() {
        let mut cache = MockCache::new();
        cache.expect_compare_and_delete().returning(|_, _| Ok(false));
        let app = TestApp::default().cache(cache).build();
        assert!(matches!(use_up(&app, &code("123456")).await, Err(AppError::SmsCode(SmsCodeError::Expired))));
    }
}
