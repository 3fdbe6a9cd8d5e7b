//! The bounded executor.

use std::sync::Arc;

use thiserror::Error;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::background_threads::BackgroundThreads;

/// How many jobs an executor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Jobs that run at the same time, at least 1.
    pub permits: usize,
    /// Jobs that wait beyond those, each with its captured data.
    pub queue: usize,
}

/// The bounds cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("permits and shares must be at least 1, and permits and queue together below 2^60")]
pub struct BoundsError;

/// No executor on threads of its own could be made.
#[derive(Debug, Error)]
pub enum BackgroundError {
    /// The bounds.
    #[error(transparent)]
    Bounds(#[from] BoundsError),
    /// The system gives no threads.
    #[error("no threads to compute on")]
    Threads(#[source] std::io::Error),
}

/// A job that was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExecutorError {
    /// As many jobs run and wait as the bounds allow.
    #[error("too many jobs are waiting")]
    Overloaded,
    /// The job panicked, or the runtime is shutting down.
    #[error("the job panicked")]
    Panicked,
}

/// Runs so many jobs at a time, lets so many wait, first come, first served, and refuses the next.
///
/// Dropping a call whose job still waits frees its place. A job that has begun is finished and
/// holds its place until then: reconnecting is no way around the bounds.
#[derive(Debug)]
pub struct BoundedExecutor {
    /// One for each job that runs or waits.
    places: Arc<Semaphore>,
    /// One for each job that runs.
    turns: Arc<Semaphore>,
    /// Threads of its own; without, those of the runtime for blocking work.
    threads: Option<BackgroundThreads>,
}

impl BoundedExecutor {
    /// An executor on the runtime's threads for blocking work.
    ///
    /// # Errors
    /// [`BoundsError`].
    pub fn new(bounds: Bounds) -> Result<Self, BoundsError> {
        let places = bounds.permits.checked_add(bounds.queue).ok_or(BoundsError)?;
        if bounds.permits == 0 || places > Semaphore::MAX_PERMITS {
            return Err(BoundsError);
        }
        Ok(Self {
            places: Arc::new(Semaphore::new(places)),
            turns: Arc::new(Semaphore::new(bounds.permits)),
            threads: None,
        })
    }

    /// An executor on threads of its own with this name and a low priority, one for each permit.
    ///
    /// # Errors
    /// [`BackgroundError`].
    pub fn in_background(name: &'static str, bounds: Bounds) -> Result<Self, BackgroundError> {
        let executor = Self::new(bounds)?;
        let threads = BackgroundThreads::new(name, bounds.permits).map_err(BackgroundError::Threads)?;
        Ok(Self { threads: Some(threads), ..executor })
    }

    /// Runs a job when it is its turn.
    ///
    /// # Errors
    /// [`ExecutorError`].
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, ExecutorError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| ExecutorError::Overloaded)?;
        // The semaphore is never closed; were it, nothing could run any more.
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| ExecutorError::Overloaded)?;
        let job = move || {
            // Until the job is done, also when the caller was dropped, and when the job panics.
            let _held = (turn, place);
            job()
        };
        let done = match &self.threads {
            Some(threads) => threads.run(job),
            None => spawn_blocking(job),
        };
        done.await.map_err(|_| ExecutorError::Panicked)
    }

    /// Whether the next job would be refused.
    pub fn is_overloaded(&self) -> bool {
        self.places.available_permits() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn executor(permits: usize, queue: usize) -> Arc<BoundedExecutor> {
        Arc::new(BoundedExecutor::new(Bounds { permits, queue }).unwrap())
    }

    /// Starts a job that runs until the sender is dropped.
    async fn occupy(executor: &Arc<BoundedExecutor>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
        let (release, released) = mpsc::channel::<()>();
        let running = Arc::clone(executor);
        let caller = tokio::spawn(async move {
            let _ = running.run(move || released.recv().is_err()).await;
        });
        while executor.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        (release, caller)
    }

    #[tokio::test]
    async fn so_many_run_so_many_wait_and_the_next_is_refused() {
        let executor = executor(1, 1);
        let (release, first) = occupy(&executor).await;
        assert!(!executor.is_overloaded());
        let second = tokio::spawn({
            let executor = Arc::clone(&executor);
            async move { executor.run(|| 2).await }
        });
        while !executor.is_overloaded() {
            tokio::task::yield_now().await;
        }
        assert_eq!(executor.run(|| 3).await, Err(ExecutorError::Overloaded));
        drop(release);
        first.await.unwrap();
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(executor.run(|| 4).await, Ok(4));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_its_place_to_a_running_job() {
        let executor = executor(1, 0);
        let (release, caller) = occupy(&executor).await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(executor.run(|| ()).await, Err(ExecutorError::Overloaded));
        drop(release);
        while executor.is_overloaded() {
            tokio::task::yield_now().await;
        }
        assert_eq!(executor.run(|| ()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_frees_the_place_of_a_waiting_job() {
        let executor = executor(1, 1);
        let (release, _running) = occupy(&executor).await;
        let waiting = executor.run(|| ());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), waiting).await.is_err());
        assert!(!executor.is_overloaded());
        drop(release);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_the_place() {
        let executor = executor(1, 0);
        let broken = executor
            .run(|| {
                if true {
                    panic!("a defect in a job")
                }
            })
            .await;
        assert_eq!(broken, Err(ExecutorError::Panicked));
        assert_eq!(executor.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn background_jobs_run_on_threads_of_their_own() {
        let executor = BoundedExecutor::in_background("jobs", Bounds { permits: 2, queue: 0 }).unwrap();
        let name = executor.run(|| std::thread::current().name().map(str::to_owned)).await.unwrap();
        assert_eq!(name.as_deref(), Some("jobs"));
    }

    #[test]
    fn bounds_that_cannot_be_kept_are_refused() {
        for bounds in [Bounds { permits: 0, queue: 9 }, Bounds { permits: 1, queue: usize::MAX }] {
            assert_eq!(BoundedExecutor::new(bounds).err(), Some(BoundsError), "{bounds:?}");
        }
    }
}
