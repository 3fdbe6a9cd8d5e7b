//! Threads of low priority, for long computations.

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

/// The niceness of the threads relative to the process; 19 is the end (see nice(2)). At 10 a thread gets a
/// tenth of the processor time of one at 0 where both want a core all the time: many page requests do not
/// stop logins, and logins do not stop pages. A thread at 0 that wakes up takes the core over at once; an
/// idle core is used fully.
const NICENESS: i32 = 10;

/// A few threads of low priority, for computations of milliseconds on the cores that also answer requests in
/// microseconds.
#[derive(Debug)]
pub(crate) struct BackgroundThreads {
    /// Runs only its blocking threads. `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl BackgroundThreads {
    /// At most so many threads; they start when they are needed.
    pub(crate) fn new(name: &'static str, most: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .thread_name(name)
            .max_blocking_threads(most)
            .on_thread_start(step_back)
            .build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    /// Runs work on one of the threads.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        match &self.runtime {
            Some(runtime) => runtime.spawn_blocking(work),
            None => tokio::task::spawn_blocking(work),
        }
    }
}

impl Drop for BackgroundThreads {
    /// A runtime that is dropped waits for its threads, which must not happen on an async thread.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lowers the priority of this thread: on Linux it is a property of threads, not of processes.
fn step_back() {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "a background thread keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_runs_on_threads_that_step_back_and_no_others_do() {
        let before = niceness();
        let threads = BackgroundThreads::new("background", 2).unwrap();
        let (name, nice) =
            threads.run(|| (std::thread::current().name().map(str::to_owned), niceness())).await.unwrap();
        // The tests themselves may run at a lower priority.
        assert_eq!((name.as_deref(), nice), (Some("background"), (before + NICENESS).min(19)));
        assert_eq!(niceness(), before);
        drop(threads);
    }

    fn niceness() -> i32 {
        rustix::process::nice(0).unwrap()
    }
}
