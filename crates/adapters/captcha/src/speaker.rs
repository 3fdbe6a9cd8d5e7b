//! The speech port's implementation.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use minsu_ports::{CaptchaSpeaker, Randomness, SpeechError, SpokenLanguage};

use crate::{
    gate::{CaptchaOptions, Gate, OptionsError, Turned},
    recital::Voices,
    voices::VoiceError,
};

/// The speaker cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpeakerSetupError {
    /// With these options nothing would ever be spoken.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// An embedded recording is unusable.
    #[error("the captcha cannot speak")]
    Voice(#[from] VoiceError),
}

/// Speaks captchas as WAV files on tokio's threads for blocking work.
pub struct WavCaptchaSpeaker {
    randomness: Arc<dyn Randomness>,
    voices: Arc<Voices>,
    gate: Gate<()>,
}

impl WavCaptchaSpeaker {
    /// Unpacks the recordings. Every recital is seeded from `randomness`.
    ///
    /// # Errors
    /// [`SpeakerSetupError`].
    pub fn new(options: CaptchaOptions, randomness: Arc<dyn Randomness>) -> Result<Self, SpeakerSetupError> {
        Ok(Self { randomness, voices: Arc::new(Voices::new()?), gate: Gate::new(options, ())? })
    }
}

#[async_trait]
impl CaptchaSpeaker for WavCaptchaSpeaker {
    #[tracing::instrument(level = "trace", name = "captcha", skip_all)]
    async fn speak(&self, answer: &str, language: SpokenLanguage) -> Result<Bytes, SpeechError> {
        let (randomness, voices, answer) = (self.randomness.clone(), self.voices.clone(), answer.to_owned());
        let spoken = self.gate.run(move |_| {
            let mut seed = [0; 32];
            randomness.fill(&mut seed);
            (None, voices.speak(&answer, language, seed))
        });
        let wav = spoken.await.map_err(|turned| match turned {
            Turned::Away => SpeechError::Busy,
            Turned::Over => SpeechError::Unspeakable,
        })?;
        wav.map(Bytes::from).map_err(|_| SpeechError::Unspeakable)
    }
}
