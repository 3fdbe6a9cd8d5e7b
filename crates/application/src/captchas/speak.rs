//! A captcha for people who do not see pictures.

use bytes::Bytes;

use super::CaptchaId;
use crate::{
    App, AppError, CaptchaError, ClientAddress,
    limits::{self, Counted},
};

/// Asks to hear a captcha.
#[derive(Debug, Clone)]
pub struct SpeakCaptcha {
    /// The one that was issued under this id.
    pub id: CaptchaId,
    /// The address of the client.
    pub client: ClientAddress,
}

/// How often one answer is spoken. Each recording sounds different, and a program that could fetch any number of
/// them would let a recogniser vote on all of them.
const TIMES: u64 = 3;

/// Speaks the answer of a captcha that was issued, as a WAV file. Hearing it neither uses the
/// captcha up nor makes it live longer; it counts for the address as a captcha does, unless there is nothing to
/// hear: a neighbour who asks for what never was takes no captcha from the others. An answer is spoken
/// three times at most.
///
/// # Errors
/// [`CaptchaError::Expired`] for one that is too old, was answered already or was never issued;
/// [`CaptchaError::NotSpoken`] where the site does not speak; [`CaptchaError::Spoken`] for one that was spoken so
/// often; [`AppError::TooOften`], [`AppError::Busy`], [`AppError::CacheUnavailable`].
pub async fn speak(app: &App, command: &SpeakCaptcha) -> Result<Bytes, AppError> {
    if !app.policy.captcha_audio {
        return Err(CaptchaError::NotSpoken.into());
    }
    let address = command.client.counted().to_string();
    let Some(answer) = app.cache.get(&command.id.key()).await? else {
        return Err(CaptchaError::Expired.into());
    };
    limits::count(app, Counted::CaptchasOfAddress, &address).await?;
    limits::count(app, Counted::SpokenOfAddress, &address).await?;
    let spoken = app.cache.increment(&command.id.spoken_key(&answer), app.policy.captcha_lifetime).await?;
    if spoken.value > TIMES {
        return Err(CaptchaError::Spoken.into());
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
        // Only read and counted: a mock without other expectations refuses to take, delete or write.
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
        let mut app = TestApp::default().cache(cache).speaker(speaker).build();
        app.policy.captcha_audio = true;
        speak(&app, &SpeakCaptcha { id, client: client() }).await
    }

    #[tokio::test]
    async fn the_stored_answer_is_spoken_and_stays_stored() {
        assert_eq!(spoken(Some(b"ACE3"), Ok(Bytes::from_static(b"wav"))).await.unwrap().as_ref(), b"wav");
    }

    #[tokio::test]
    async fn an_answer_is_not_spoken_a_fourth_time() {
        let mut cache = MockCache::new();
        cache.expect_get().returning(|_| Ok(Some(Bytes::from_static(b"ACE3"))));
        cache.expect_increment().returning(|key, window| {
            let value = if key.as_str().starts_with("captcha-spoken") { TIMES + 1 } else { 1 };
            Ok(Count { value, resets_in: window })
        });
        let mut speaker = MockCaptchaSpeaker::new();
        speaker.expect_speak().never();
        let mut app = TestApp::default().cache(cache).speaker(speaker).build();
        app.policy.captcha_audio = true;
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        assert!(matches!(speak(&app, &command).await, Err(AppError::Captcha(CaptchaError::Spoken))));
    }

    #[tokio::test]
    async fn what_was_answered_or_never_shown_is_not_spoken() {
        assert!(matches!(spoken(None, Ok(Bytes::new())).await, Err(AppError::Captcha(CaptchaError::Expired))));
    }

    #[tokio::test]
    async fn a_site_that_does_not_speak_counts_nothing() {
        let app = TestApp::default().build();
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        assert!(matches!(speak(&app, &command).await, Err(AppError::Captcha(CaptchaError::NotSpoken))));
    }

    #[tokio::test]
    async fn an_address_hears_so_many_a_day() {
        let mut cache = counting(11);
        cache.expect_get().returning(|_| Ok(Some(Bytes::from_static(b"ACE3"))));
        cache.expect_decrement().returning(|_| Ok(()));
        let mut app = TestApp::default().cache(cache).build();
        app.policy.captcha_audio = true;
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        assert!(matches!(speak(&app, &command).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn too_many_for_one_address_are_not_spoken_and_what_never_was_is_not_counted() {
        let command = SpeakCaptcha { id: CaptchaId::new("123").unwrap(), client: client() };
        let mut cache = counting(61);
        cache.expect_decrement().returning(|_| Ok(()));
        cache.expect_get().returning(|_| Ok(Some(Bytes::from_static(b"ACE3"))));
        let mut app = TestApp::default().cache(cache).build();
        app.policy.captcha_audio = true;
        assert!(matches!(speak(&app, &command).await, Err(AppError::TooOften(_))));
        let mut cache = MockCache::new();
        cache.expect_get().returning(|_| Ok(None));
        cache.expect_increment().never();
        let mut app = TestApp::default().cache(cache).build();
        app.policy.captcha_audio = true;
        assert!(matches!(speak(&app, &command).await, Err(AppError::Captcha(CaptchaError::Expired))));
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_and_anything_else_a_defect() {
        assert!(matches!(spoken(Some(b"ACE3"), Err(SpeechError::Busy)).await, Err(AppError::Busy(_))));
        assert!(matches!(spoken(Some(b"ACE3"), Err(SpeechError::Unspeakable)).await, Err(AppError::Internal(_))));
        assert!(matches!(spoken(Some(b"\xff"), Ok(Bytes::new())).await, Err(AppError::Internal(_))));
    }
}
