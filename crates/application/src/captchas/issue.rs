//! A new captcha.

use bytes::Bytes;
use minsu_ports::Signal;

use super::CaptchaId;
use crate::{
    App, AppError, ClientAddress,
    limits::{self, Counted},
};

/// Asks for a captcha.
#[derive(Debug, Clone)]
pub struct IssueCaptcha {
    /// Under this id; an older captcha under it expires.
    pub id: CaptchaId,
    /// The captcha that the page showed before, if the client sends it; it is dropped.
    pub previous: Option<CaptchaId>,
    /// The address of the client.
    pub client: ClientAddress,
}

/// Draws a captcha, stores its answer, and only then returns the picture (JPEG).
///
/// # Errors
/// [`AppError::TooOften`], [`AppError::Busy`], [`AppError::CacheUnavailable`].
pub async fn issue(app: &App, command: &IssueCaptcha) -> Result<Bytes, AppError> {
    limits::count(app, Counted::CaptchasOfAddress, &command.client.counted().to_string()).await?;
    let painted = app.captchas.paint().await?;
    if let Some(previous) = &command.previous {
        app.cache.delete(&previous.key()).await?;
    }
    let answer = Bytes::from(painted.answer.clone());
    app.cache.set(&command.id.key(), answer, app.policy.captcha_lifetime).await?;
    if let Some(outbox) = &app.dev_outbox {
        outbox.captcha(command.id.as_str(), &painted.answer).await;
    }
    app.telemetry.count(Signal::CaptchaIssued);
    Ok(painted.jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting};
    use minsu_ports::{
        PaintedCaptcha,
        testkit::{MockCaptchaPainter, MockDevOutbox},
    };
    use std::time::Duration;

    fn painter() -> MockCaptchaPainter {
        let mut painter = MockCaptchaPainter::new();
        painter
            .expect_paint()
            .returning(|| Ok(PaintedCaptcha { answer: "ACE3".into(), jpeg: Bytes::from_static(b"jpeg") }));
        painter
    }

    #[tokio::test]
    async fn the_answer_is_stored_for_three_minutes_and_the_previous_one_dropped() {
        let previous = CaptchaId::new("456").unwrap();
        let dropped = previous.key();
        let mut cache = counting(1);
        cache.expect_delete().times(1).withf(move |key| *key == dropped).returning(|_| Ok(true));
        cache
            .expect_set()
            .times(1)
            .withf(|_, value, lifetime| value.as_ref() == b"ACE3" && *lifetime == Duration::from_secs(180))
            .returning(|_, _, _| Ok(()));
        let mut outbox = MockDevOutbox::new();
        outbox.expect_captcha().times(1).withf(|id, answer| id == "123" && answer == "ACE3").returning(|_, _| ());
        let app = TestApp::default().cache(cache).captchas(painter()).dev_outbox(outbox).build();
        let command = IssueCaptcha { id: CaptchaId::new("123").unwrap(), previous: Some(previous), client: client() };
        assert_eq!(issue(&app, &command).await.unwrap().as_ref(), b"jpeg");
    }

    #[tokio::test]
    async fn no_picture_leaves_without_a_stored_answer() {
        let mut cache = counting(1);
        cache.expect_set().returning(|_, _, _| Err(minsu_ports::CacheError::Unavailable("down".into())));
        let app = TestApp::default().cache(cache).captchas(painter()).build();
        let command = IssueCaptcha { id: CaptchaId::new("123").unwrap(), previous: None, client: client() };
        assert!(matches!(issue(&app, &command).await, Err(AppError::CacheUnavailable(_))));
    }

    #[tokio::test]
    async fn too_many_for_one_address_are_not_drawn() {
        let mut painter = MockCaptchaPainter::new();
        painter.expect_paint().never();
        let mut cache = counting(61);
        cache.expect_decrement().times(1).returning(|_| Ok(()));
        let app = TestApp::default().cache(cache).captchas(painter).build();
        let command = IssueCaptcha { id: CaptchaId::new("123").unwrap(), previous: None, client: client() };
        assert!(matches!(issue(&app, &command).await, Err(AppError::TooOften(_))));
    }
}
