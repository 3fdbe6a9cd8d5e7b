//! Answering a captcha.

use minsu_ports::Event;

use super::CaptchaId;
use crate::{App, AppError};

/// Uses a captcha up and compares the answer, upper and lower case the same. A wrong answer uses
/// it up too: there is no second guess, and of simultaneous answers one at most is compared.
///
/// # Errors
/// [`AppError::CaptchaExpired`], [`AppError::CaptchaWrong`], [`AppError::CacheUnavailable`].
pub(crate) async fn redeem(app: &App, id: &CaptchaId, typed: &str) -> Result<(), AppError> {
    let (event, result) = match app.cache.take(&id.key()).await? {
        None => (Event::CaptchaExpired, Err(AppError::CaptchaExpired)),
        Some(answer) if answer.eq_ignore_ascii_case(typed.trim().as_bytes()) => (Event::CaptchaSolved, Ok(())),
        Some(_) => (Event::CaptchaMissed, Err(AppError::CaptchaWrong)),
    };
    app.events.happened(event);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use bytes::Bytes;
    use minsu_ports::testkit::{MockCache, MockEvents};

    async fn answer(stored: Option<&'static str>, typed: &str) -> Result<(), AppError> {
        let mut cache = MockCache::new();
        cache.expect_take().times(1).returning(move |_| Ok(stored.map(Bytes::from)));
        let expected = match stored {
            None => Event::CaptchaExpired,
            Some(text) if text.eq_ignore_ascii_case(typed) => Event::CaptchaSolved,
            Some(_) => Event::CaptchaMissed,
        };
        let mut events = MockEvents::new();
        events.expect_happened().times(1).withf(move |event| *event == expected).returning(|_| ());
        let app = TestApp::default().cache(cache).events(events).build();
        redeem(&app, &CaptchaId::new("1").unwrap(), typed).await
    }

    #[tokio::test]
    async fn case_does_not_matter_and_every_answer_takes_it() {
        assert!(answer(Some("ACE3"), "ace3").await.is_ok());
        assert!(matches!(answer(Some("ACE3"), "ACE").await, Err(AppError::CaptchaWrong)));
        assert!(matches!(answer(Some("ACE3"), "").await, Err(AppError::CaptchaWrong)));
        assert!(matches!(answer(None, "ACE3").await, Err(AppError::CaptchaExpired)));
    }
}
