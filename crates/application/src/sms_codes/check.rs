//! Checking and using up a code.

use minsu_domain::Mobile;

use super::{Keys, Purpose, tries_of};
use crate::{App, AppError};

/// Compares a code without using it up. Every call counts as a try before anything is compared, so that
/// guesses in parallel gain nothing; after the last one the code is burnt. `captcha_text`, where a page
/// repeats it, must be the one that the code was asked with.
///
/// # Errors
/// [`AppError::SmsCodeExpired`], [`AppError::SmsCodeWrong`], [`AppError::CaptchaWrong`],
/// [`AppError::CacheUnavailable`].
pub(crate) async fn check(
    app: &App,
    purpose: Purpose,
    mobile: &Mobile,
    typed: &str,
    captcha_text: Option<&str>,
) -> Result<(), AppError> {
    let keys = Keys::of(purpose, mobile);
    let code = app.cache.get(&keys.code).await?.ok_or(AppError::SmsCodeExpired)?;
    let tries = app.cache.increment(&tries_of(purpose, mobile, &code), app.policy.sms_code_lifetime).await?;
    // The counter outlives the code, so the code is burnt without being removed; removing it could
    // take it from a caller whose right try was counted in time and is about to use it up.
    if tries.value > app.policy.sms_code_tries {
        return Err(AppError::SmsCodeExpired);
    }
    if let Some(text) = captcha_text {
        let asked_with = app.cache.get(&keys.captcha).await?;
        if asked_with.is_none_or(|asked| !asked.eq_ignore_ascii_case(text.trim().as_bytes())) {
            return Err(AppError::CaptchaWrong);
        }
    }
    if code.as_ref() == typed.as_bytes() { Ok(()) } else { Err(AppError::SmsCodeWrong) }
}

/// Uses a checked code up: of simultaneous calls with one code exactly one succeeds.
///
/// # Errors
/// [`AppError::SmsCodeExpired`] for all the others, [`AppError::CacheUnavailable`].
pub(crate) async fn use_up(app: &App, purpose: Purpose, mobile: &Mobile, code: &str) -> Result<(), AppError> {
    let keys = Keys::of(purpose, mobile);
    if app.cache.compare_and_delete(&keys.code, code.as_bytes()).await? {
        Ok(())
    } else {
        Err(AppError::SmsCodeExpired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, mobile};
    use bytes::Bytes;
    use minsu_ports::{Count, testkit::MockCache};
    use std::time::Duration;

    async fn checked(
        tries: u64,
        code: Option<&'static str>,
        typed: &str,
        captcha: Option<&str>,
    ) -> Result<(), AppError> {
        let mut cache = MockCache::new();
        cache
            .expect_increment()
            .times(usize::from(code.is_some()))
            .returning(move |_, _| Ok(Count { value: tries, resets_in: Duration::from_secs(1) }));
        cache.expect_get().returning(move |key| {
            let captcha = key.as_str().starts_with("sms-register-captcha");
            Ok(if captcha { Some(Bytes::from("ACE3")) } else { code.map(Bytes::from) })
        });
        cache.expect_delete().never();
        check(&TestApp::default().cache(cache).build(), Purpose::Registration, &mobile(), typed, captcha).await
    }

    #[tokio::test]
    async fn five_tries_and_then_the_code_is_burnt() {
        assert!(checked(5, Some("123456"), "123456", None).await.is_ok());
        assert!(matches!(checked(5, Some("123456"), "654321", None).await, Err(AppError::SmsCodeWrong)));
        assert!(matches!(checked(6, Some("123456"), "123456", None).await, Err(AppError::SmsCodeExpired)));
        assert!(matches!(checked(1, None, "123456", None).await, Err(AppError::SmsCodeExpired)));
    }

    #[tokio::test]
    async fn a_repeated_captcha_text_must_be_the_one_that_was_answered() {
        assert!(checked(1, Some("123456"), "123456", Some("ace3")).await.is_ok());
        assert!(matches!(checked(1, Some("123456"), "123456", Some("ACE4")).await, Err(AppError::CaptchaWrong)));
    }

    #[tokio::test]
    async fn no_code_is_universal() {
        for guess in ["", "000000", "111111", "123456", "666666", "888888"] {
            assert!(matches!(checked(1, Some("407319"), guess, None).await, Err(AppError::SmsCodeWrong)), "{guess}");
        }
    }

    #[tokio::test]
    async fn the_loser_of_two_uses_learns_that_it_is_gone() {
        let mut cache = MockCache::new();
        cache.expect_compare_and_delete().returning(|_, _| Ok(false));
        let app = TestApp::default().cache(cache).build();
        assert!(matches!(
            use_up(&app, Purpose::Registration, &mobile(), "123456").await,
            Err(AppError::SmsCodeExpired)
        ));
    }
}
