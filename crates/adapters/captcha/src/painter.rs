//! The port's implementation: drawing off the async threads, with a bound on how much.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use minsu_ports::{CaptchaError, CaptchaPainter, PaintedCaptcha, Randomness};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::{easel::Easel, glyphs::FontError};

/// How much may be drawn at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptchaOptions {
    /// Pictures drawn at the same time, at least 1: as many as processors may be spent on it.
    pub permits: usize,
    /// Calls that wait for their turn beyond those; more are refused at once.
    pub queue: usize,
}

/// The painter cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptchaSetupError {
    /// With no permit no picture would ever be drawn.
    #[error("captcha permits must be at least 1 and permits and queue together below 2^60")]
    Options,
    /// An embedded font is unusable.
    #[error("the captcha cannot draw")]
    Font(#[from] FontError),
}

/// Draws captchas as gray JPEG pictures on tokio's threads for blocking work.
pub struct JpegCaptchaPainter {
    randomness: Arc<dyn Randomness>,
    /// One for each call that is being drawn or waits.
    admission: Arc<Semaphore>,
    /// One for each call that is being drawn.
    drawing: Arc<Semaphore>,
    /// Easels that nobody uses, one for each permit at most.
    easels: Arc<Mutex<Vec<Easel>>>,
}

impl JpegCaptchaPainter {
    /// Reads the fonts and makes the buffers. Every picture is seeded from `randomness`.
    ///
    /// # Errors
    /// [`CaptchaSetupError`].
    pub fn new(options: CaptchaOptions, randomness: Arc<dyn Randomness>) -> Result<Self, CaptchaSetupError> {
        let places = options.permits.checked_add(options.queue).ok_or(CaptchaSetupError::Options)?;
        if options.permits == 0 || places > Semaphore::MAX_PERMITS {
            return Err(CaptchaSetupError::Options);
        }
        Ok(Self {
            randomness,
            admission: Arc::new(Semaphore::new(places)),
            drawing: Arc::new(Semaphore::new(options.permits)),
            easels: Arc::new(Mutex::new(vec![Easel::new()?])),
        })
    }
}

#[async_trait]
impl CaptchaPainter for JpegCaptchaPainter {
    async fn paint(&self) -> Result<PaintedCaptcha, CaptchaError> {
        let admitted = match self.admission.clone().try_acquire_owned() {
            Ok(admitted) => admitted,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return Err(CaptchaError::Busy),
        };
        let turn = self.drawing.clone().acquire_owned().await.map_err(|_| CaptchaError::Busy)?;
        let mut seed = [0; 32];
        self.randomness.fill(&mut seed);
        let easels = self.easels.clone();
        let drawn = tokio::task::spawn_blocking(move || {
            // Held until the picture is finished, also when the caller has gone.
            let _held = (admitted, turn);
            let idle = easels.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut easel = match idle {
                Some(easel) => easel,
                None => Easel::new().map_err(|_| CaptchaError::Encoding)?,
            };
            let picture = easel.draw(seed).map_err(|_| CaptchaError::Encoding);
            easels.lock().unwrap_or_else(PoisonError::into_inner).push(easel);
            picture
        });
        let picture = drawn.await.map_err(|_| CaptchaError::Encoding)??;
        Ok(PaintedCaptcha { answer: picture.answer, jpeg: picture.jpeg.into() })
    }
}
