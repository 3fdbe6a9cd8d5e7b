//! The picture port's implementation.

use std::sync::Arc;

use async_trait::async_trait;
use minsu_ports::{CaptchaError, CaptchaPainter, PaintedCaptcha, Randomness};

use crate::{
    easel::Easel,
    gate::{CaptchaOptions, Gate, OptionsError, Turned},
    glyphs::FontError,
};

/// The painter cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptchaSetupError {
    /// With these options no picture would ever be drawn.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// An embedded font is unusable.
    #[error("the captcha cannot draw")]
    Font(#[from] FontError),
}

/// Draws captchas as gray JPEG pictures on tokio's threads for blocking work.
pub struct JpegCaptchaPainter {
    randomness: Arc<dyn Randomness>,
    gate: Gate<Easel>,
}

impl JpegCaptchaPainter {
    /// Reads the fonts and makes the buffers. Every picture is seeded from `randomness`.
    ///
    /// # Errors
    /// [`CaptchaSetupError`].
    pub fn new(options: CaptchaOptions, randomness: Arc<dyn Randomness>) -> Result<Self, CaptchaSetupError> {
        Ok(Self { randomness, gate: Gate::new(options, Easel::new()?)? })
    }
}

#[async_trait]
impl CaptchaPainter for JpegCaptchaPainter {
    #[tracing::instrument(level = "trace", name = "captcha", skip_all)]
    async fn paint(&self) -> Result<PaintedCaptcha, CaptchaError> {
        let randomness = self.randomness.clone();
        let drawn = self.gate.run(move |easel| {
            let Some(mut easel) = easel.or_else(|| Easel::new().ok()) else {
                return (None, Err(CaptchaError::Encoding));
            };
            let mut seed = [0; 32];
            randomness.fill(&mut seed);
            let picture = easel.draw(seed).map_err(|_| CaptchaError::Encoding);
            (Some(easel), picture)
        });
        let picture = drawn.await.map_err(|turned| match turned {
            Turned::Away => CaptchaError::Busy,
            Turned::Over => CaptchaError::Encoding,
        })??;
        Ok(PaintedCaptcha { answer: picture.answer, jpeg: picture.jpeg.into() })
    }
}
