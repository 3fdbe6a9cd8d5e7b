//! The captcha for people who do not see pictures.

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// The language that symbols are spoken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpokenLanguage {
    /// 普通话. Letters keep their English names, as in everyday Chinese.
    Mandarin,
    /// English.
    English,
}

/// No recording could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SpeechError {
    /// Too many are being made already.
    #[error("too many captchas are being spoken")]
    Busy,
    /// The answer holds a symbol that no picture shows, or the recording failed: a defect.
    #[error("the captcha cannot be spoken")]
    Unspeakable,
}

/// Speaks the answer of a captcha.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait CaptchaSpeaker: Send + Sync {
    /// A WAV file in which the symbols of an answer are spoken one after the other, made off the
    /// async threads. Pauses, pace and noise are different at every call.
    ///
    /// # Errors
    /// [`SpeechError`].
    async fn speak(&self, answer: &str, language: SpokenLanguage) -> Result<Bytes, SpeechError>;
}
