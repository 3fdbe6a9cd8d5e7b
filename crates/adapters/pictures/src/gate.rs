//! Work that would block the async threads: so much at once, so much waiting, no more.

use std::sync::Arc;

use minsu_ports::PictureError;
use tokio::{sync::Semaphore, task::spawn_blocking};

#[derive(Debug)]
pub(crate) struct Gate {
    /// Everything inside: running and waiting.
    places: Arc<Semaphore>,
    /// What runs.
    running: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn new(permits: usize, queue: usize) -> Self {
        let permits = permits.clamp(1, Semaphore::MAX_PERMITS);
        let places = permits.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(places)), running: Arc::new(Semaphore::new(permits)) }
    }

    /// Runs the work on a thread for blocking work. The permits stay with the work: a caller that
    /// goes away does not make room for another before the work is done.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PictureError> + Send + 'static,
    ) -> Result<T, PictureError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PictureError::Busy)?;
        // The semaphore is never closed; were it, nothing could run any more.
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PictureError::Busy)?;
        let job = spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        // A panic in a decoder is a defect, but not one that the caller goes down with.
        job.await.unwrap_or(Err(PictureError::Encoding))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn takes_so_many_and_refuses_the_next_at_once() {
        let gate = Arc::new(Gate::new(1, 1));
        let (release, released) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.run(move || released.recv().map_err(|_| PictureError::Encoding)).await }
        });
        while gate.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.run(|| Ok(2)).await }
        });
        while gate.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.run(|| Ok(3)).await, Err(PictureError::Busy));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(()));
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(gate.run(|| Ok(4)).await, Ok(4));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_its_place_to_the_work() {
        let gate = Arc::new(Gate::new(1, 0));
        let (release, released) = mpsc::channel::<()>();
        let caller = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.run(move || released.recv().map_err(|_| PictureError::Encoding)).await }
        });
        while gate.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(gate.run(|| Ok(())).await, Err(PictureError::Busy));
        release.send(()).unwrap();
        while gate.places.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.run(|| Ok(())).await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_the_place() {
        let gate = Gate::new(1, 0);
        let broken = gate.run(|| if true { panic!("a defect in a decoder") } else { Ok(()) }).await;
        assert_eq!(broken, Err(PictureError::Encoding));
        assert_eq!(gate.run(|| Ok(1)).await, Ok(1));
    }
}
