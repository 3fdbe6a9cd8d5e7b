//! The implementation of the picture port.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use minsu_executor::{BoundedExecutor, Bounds, BoundsError, ExecutorError};
use minsu_ports::{CaptchaError, CaptchaPainter, PaintedCaptcha, Randomness};

use crate::{glyphs::FontError, renderer::Renderer};

/// The painter cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptchaSetupError {
    /// With these bounds no picture would ever be drawn.
    #[error(transparent)]
    Bounds(#[from] BoundsError),
    /// An embedded font is unusable.
    #[error("the captcha cannot draw")]
    Font(#[from] FontError),
}

/// Draws captchas as gray JPEG pictures on tokio's threads for blocking work.
pub struct JpegCaptchaPainter {
    randomness: Arc<dyn Randomness>,
    executor: BoundedExecutor,
    /// Idle renderers with their buffers, one for each permit at most.
    renderers: Arc<Mutex<Vec<Renderer>>>,
}

impl JpegCaptchaPainter {
    /// Reads the fonts and makes the buffers. Every picture is seeded from `randomness`.
    ///
    /// # Errors
    /// [`CaptchaSetupError`].
    pub fn new(bounds: Bounds, randomness: Arc<dyn Randomness>) -> Result<Self, CaptchaSetupError> {
        let renderers = Arc::new(Mutex::new(vec![Renderer::new()?]));
        Ok(Self { randomness, executor: BoundedExecutor::new(bounds)?, renderers })
    }
}

#[async_trait]
impl CaptchaPainter for JpegCaptchaPainter {
    #[tracing::instrument(level = "trace", name = "captcha", skip_all)]
    async fn paint(&self) -> Result<PaintedCaptcha, CaptchaError> {
        let (randomness, renderers) = (self.randomness.clone(), self.renderers.clone());
        let drawn = self.executor.run(move || {
            let idle = renderers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut renderer = idle.map_or_else(Renderer::new, Ok).map_err(|_| CaptchaError::Encoding)?;
            let mut seed = [0; 32];
            randomness.fill(&mut seed);
            let picture = renderer.draw(seed).map_err(|_| CaptchaError::Encoding);
            renderers.lock().unwrap_or_else(PoisonError::into_inner).push(renderer);
            picture
        });
        let picture = drawn.await.map_err(|error| match error {
            ExecutorError::Overloaded => CaptchaError::Busy,
            ExecutorError::Panicked => CaptchaError::Encoding,
        })??;
        Ok(PaintedCaptcha { answer: picture.answer, jpeg: picture.jpeg.into() })
    }
}
