//! A captcha for people who do not see pictures.

use bytes::Bytes;

use super::CaptchaId;
use crate::{
    App, AppError, ClientAddress,
    limits::{self, Counted},
};

/// Asks to hear a captcha.
#[derive(Debug, Clone)]
pub struct SpeakCaptcha {
    /// The one that was issued under this id.
    pub id: CaptchaId,
    /// Who asks.
    pub client: ClientAddress,
}

/// How often one answer is spoken. Each time it sounds different, and who could hear it any number of
/// times would let a machine vote on what it heard.
const TIMES: u64 = 3;

/// Speaks the answer of a captcha that was issued, as a WAV file. Hearing it neither uses the
/// captcha up nor makes it live longer; it counts for the address as a captcha does. An answer is spoken
/// three times at most.
///
/// # Errors
/// [`AppError::CaptchaExpired`] for one that is too old, was answered already or never was;
/// [`AppError::TooOften`], [`AppError::Busy`], [`AppError::CacheUnavailable`].
pub async fn speak(app: &App, command: &SpeakCaptcha) -> Result<Bytes, AppError> {
    limits::count(app, Counted::CaptchasOfAddress, &command.client.counted().to_string()).await?;
    let Some(answer) = app.cache.get(&command.id.key()).await? else {
        return Err(AppError::CaptchaExpired);
    };
    let spoken = app.cache.increment(&command.id.spoken_key(&answer), app.policy.captcha_lifetime).await?;
    if spoken.value > TIMES {
        return Err(AppError::TooOften(spoken.resets_in));
    }
    let answer = str::from_utf8(&answer).map_err(|error| AppError::Internal(error.into()))?;
    Ok(app.speaker.speak(answer, app.policy.captcha_language).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting};
    use minsu_ports::{
        Count, SpeechError, SpokenLanguage,
        testkit::{MockCache, MockCaptchaSpeaker},
    };

    async fn spoken(stored: Option<&'static [u8]>, says: Result<Bytes, SpeechError>) -> Result<Bytes, AppError> {
        let id = CaptchaId::new("123").unwrap();
        let asked = id.key();
        let mut cache = counting(1);
        // Only read and counted: a mock that was told nothing else refuses to take, delete or write.
        cache
            .expect_get()
            .times(1)
            .withf(move |key| *key == asked)
            .returning(move |_| Ok(stored.map(Bytes::from_static)));
        let mut speaker = MockCaptchaSpeaker::new();
        speaker
            .expect_speak()
            .withf(|answer, language| answer == "ACE3" && *language == SpokenLanguage::Mandarin)
            .returning(move |_, _| says.clone());
        let app = TestApp::default().cache(cache).speaker(speaker).build();
        speak(&app, &SpeakCaptcha { id, client: client() }).await
    }

    #[tokio::test]
    async fn the_stored_answer_is_spoken_and_stays_stored() {
        assert_eq!(spoken(Some(b"ACE3"), Ok(Bytes::from_static(b"wav"))).await.unwrap().as_ref(), b"wav");
    }

    #[tokio::test]
    async fn nobody_hears_an_answer_a_fourth_time() {
        let mut cache = MockCache::new();
        cache.expect_get().returning(|_| Ok(Some(Bytes::from_static(b"ACE3"))));
        cache.expect_increment().returning(|key, window| {
            let value = if key.as_str().starts_with("captcha-spoken") { TIMES + 1 } else { 1 };
            Ok(Count { value, resets_in: window })
        });
        let mut speaker = MockCaptchaSpeaker::new();
        speaker.expect_speak().never();
        let app = TestApp::default().cache(cache).speaker(speaker).build();
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        assert!(matches!(speak(&app, &command).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn what_was_answered_or_never_shown_is_not_spoken() {
        assert!(matches!(spoken(None, Ok(Bytes::new())).await, Err(AppError::CaptchaExpired)));
    }

    #[tokio::test]
    async fn too_many_for_one_address_are_not_even_looked_up() {
        let app = TestApp::default().cache(counting(61)).build();
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        assert!(matches!(speak(&app, &command).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_and_anything_else_a_defect() {
        assert!(matches!(spoken(Some(b"ACE3"), Err(SpeechError::Busy)).await, Err(AppError::Busy(_))));
        assert!(matches!(spoken(Some(b"ACE3"), Err(SpeechError::Unspeakable)).await, Err(AppError::Internal(_))));
        assert!(matches!(spoken(Some(b"\xff"), Ok(Bytes::new())).await, Err(AppError::Internal(_))));
    }
}
