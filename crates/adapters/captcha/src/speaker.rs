//! The speech port's implementation.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use minsu_executor::{BoundedExecutor, Bounds, BoundsError, ExecutorError};
use minsu_ports::{CaptchaSpeaker, Randomness, SpeechError, SpokenLanguage};

use crate::{speech::Voices, voices::VoiceError};

/// The speaker cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpeakerSetupError {
    /// With these bounds nothing would ever be spoken.
    #[error(transparent)]
    Bounds(#[from] BoundsError),
    /// An embedded recording is unusable.
    #[error("the captcha cannot speak")]
    Voice(#[from] VoiceError),
}

/// Speaks captchas as WAV files on tokio's threads for blocking work.
pub struct WavCaptchaSpeaker {
    randomness: Arc<dyn Randomness>,
    voices: Arc<Voices>,
    executor: BoundedExecutor,
}

impl WavCaptchaSpeaker {
    /// Unpacks the recordings. Every recording is seeded from `randomness`.
    ///
    /// # Errors
    /// [`SpeakerSetupError`].
    pub fn new(bounds: Bounds, randomness: Arc<dyn Randomness>) -> Result<Self, SpeakerSetupError> {
        Ok(Self { randomness, voices: Arc::new(Voices::new()?), executor: BoundedExecutor::new(bounds)? })
    }
}

#[async_trait]
impl CaptchaSpeaker for WavCaptchaSpeaker {
    #[tracing::instrument(level = "trace", name = "captcha", skip_all)]
    async fn speak(&self, answer: &str, language: SpokenLanguage) -> Result<Bytes, SpeechError> {
        let (randomness, voices, answer) = (self.randomness.clone(), self.voices.clone(), answer.to_owned());
        let spoken = self.executor.run(move || {
            let mut seed = [0; 32];
            randomness.fill(&mut seed);
            voices.speak(&answer, language, seed)
        });
        let wav = spoken.await.map_err(|error| match error {
            ExecutorError::Overloaded => SpeechError::Busy,
            ExecutorError::Panicked => SpeechError::Unspeakable,
        })?;
        wav.map(Bytes::from).map_err(|_| SpeechError::Unspeakable)
    }
}
