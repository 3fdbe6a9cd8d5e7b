//! Processor work off the async threads, with a bound on how much.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

/// How much may be worked on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptchaOptions {
    /// Captchas made at the same time, at least 1: as many as processors may be spent on it.
    pub permits: usize,
    /// Calls that wait for their turn beyond those; more are refused at once.
    pub queue: usize,
}

/// The options cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("captcha permits must be at least 1 and permits and queue together below 2^60")]
pub struct OptionsError;

/// Why work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turned {
    /// Too much waits already.
    Away,
    /// The work panicked, or the runtime is shutting down.
    Over,
}

/// Lets so many pieces of work run, so many wait, and none beyond. Each runs with a tool (the
/// buffers it needs) that is kept for the next one.
pub(crate) struct Gate<T> {
    /// One for each piece that runs or waits.
    places: Arc<Semaphore>,
    /// One for each piece that runs.
    turns: Arc<Semaphore>,
    /// Tools that nobody uses, one for each permit at most.
    tools: Arc<Mutex<Vec<T>>>,
}

impl<T: Send + 'static> Gate<T> {
    /// A gate with a first tool.
    pub(crate) fn new(options: CaptchaOptions, tool: T) -> Result<Self, OptionsError> {
        let places = options.permits.checked_add(options.queue).ok_or(OptionsError)?;
        if options.permits == 0 || places > Semaphore::MAX_PERMITS {
            return Err(OptionsError);
        }
        Ok(Self {
            places: Arc::new(Semaphore::new(places)),
            turns: Arc::new(Semaphore::new(options.permits)),
            tools: Arc::new(Mutex::new(vec![tool])),
        })
    }

    /// Runs a piece of work on a thread for blocking work, with an idle tool if there is one; the
    /// work hands back the tool for those after it.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(Option<T>) -> (Option<T>, R) + Send + 'static,
    ) -> Result<R, Turned> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Turned::Away)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Turned::Over)?;
        let tools = self.tools.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is finished, also when the caller has gone.
            let _held = (place, turn);
            let idle = tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let (tool, result) = work(idle);
            tools.lock().unwrap_or_else(PoisonError::into_inner).extend(tool);
            result
        });
        done.await.map_err(|_| Turned::Over)
    }
}
