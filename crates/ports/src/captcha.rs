//! The picture captcha.

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// A picture and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaintedCaptcha {
    /// Four symbols, upper case.
    pub answer: String,
    /// A JPEG that shows them.
    pub jpeg: Bytes,
}

/// No picture could be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CaptchaError {
    /// Too many are being drawn already.
    #[error("too many captchas are being drawn")]
    Busy,
    /// The encoder failed: a defect.
    #[error("the captcha could not be encoded")]
    Encoding,
}

/// Draws captchas.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait CaptchaPainter: Send + Sync {
    /// A new picture with a random answer, drawn off the async threads.
    ///
    /// # Errors
    /// [`CaptchaError`].
    async fn paint(&self) -> Result<PaintedCaptcha, CaptchaError>;
}
