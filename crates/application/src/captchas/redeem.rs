//! Answering a captcha.

use minsu_domain::fold_typed;
use minsu_ports::Signal;

use super::CaptchaId;
use crate::{App, AppError, CaptchaError};

/// Uses a captcha up and compares the answer; upper and lower case, full and half width are the same. A wrong answer uses
/// it up too: there is no second guess, and of simultaneous answers one at most is compared.
///
/// # Errors
/// [`CaptchaError::Expired`], [`CaptchaError::Wrong`], [`AppError::CacheUnavailable`].
pub(crate) async fn redeem(app: &App, id: &CaptchaId, typed: &str) -> Result<(), AppError> {
    let (signal, result) = match app.cache.take(&id.key()).await? {
        None => (Signal::CaptchaExpired, Err(AppError::Captcha(CaptchaError::Expired))),
        Some(answer) if answer.eq_ignore_ascii_case(fold_typed(typed).as_bytes()) => (Signal::CaptchaSolved, Ok(())),
        Some(_) => (Signal::CaptchaMissed, Err(AppError::Captcha(CaptchaError::Wrong))),
    };
    app.telemetry.count(signal);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use bytes::Bytes;
    use minsu_ports::testkit::{MockCache, MockTelemetry};

    async fn answer(stored: Option<&'static str>, typed: &str) -> Result<(), AppError> {
        let mut cache = MockCache::new();
        cache.expect_take().times(1).returning(move |_| Ok(stored.map(Bytes::from)));
        let expected = match stored {
            None => Signal::CaptchaExpired,
            Some(text) if text.eq_ignore_ascii_case(&fold_typed(typed)) => Signal::CaptchaSolved,
            Some(_) => Signal::CaptchaMissed,
        };
        let mut telemetry = MockTelemetry::new();
        telemetry.expect_count().times(1).withf(move |signal| *signal == expected).returning(|_| ());
        let app = TestApp::default().cache(cache).telemetry(telemetry).build();
        redeem(&app, &CaptchaId::new("1").unwrap(), typed).await
    }

    #[tokio::test]
    async fn case_does_not_matter_and_every_answer_takes_it() {
        for typed in ["ace3", " ACE3\t", "ＡＣＥ３"] {
            assert!(answer(Some("ACE3"), typed).await.is_ok(), "{typed:?}");
        }
        assert!(matches!(answer(Some("ACE3"), "ACE").await, Err(AppError::Captcha(CaptchaError::Wrong))));
        assert!(matches!(answer(Some("ACE3"), "").await, Err(AppError::Captcha(CaptchaError::Wrong))));
        assert!(matches!(answer(None, "ACE3").await, Err(AppError::Captcha(CaptchaError::Expired))));
    }
}
