//! Threads for work that takes long and may wait.

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

/// How much further than the process the threads step back; 19 is the end (see nice(2)). At 10 a thread
/// gets a tenth of the processor time of one at 0 where both want a core all the time: a flood of pages
/// does not keep everybody from logging in, and logins keep nobody from pages. Whoever wakes up there
/// takes the core over at once; where nobody else wants it the thread gets all of it.
const NICENESS: i32 = 10;

/// A few threads of low priority: who computes for long must not keep those waiting who answer in
/// microseconds, and where there is one core they share it.
pub(crate) struct BackgroundThreads {
    /// Nothing runs on it but its blocking threads. It is always there until it is dropped.
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
    /// A runtime that is dropped waits for its threads, which nobody may do on an async thread.
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
    async fn work_runs_on_threads_that_step_back_and_nobody_else_does() {
        let before = niceness();
        let threads = BackgroundThreads::new("background", 2).unwrap();
        let (name, nice) =
            threads.run(|| (std::thread::current().name().map(str::to_owned), niceness())).await.unwrap();
        // Whoever runs the tests may have stepped back themselves.
        assert_eq!((name.as_deref(), nice), (Some("background"), (before + NICENESS).min(19)));
        assert_eq!(niceness(), before);
        drop(threads);
    }

    fn niceness() -> i32 {
        rustix::process::nice(0).unwrap()
    }
}
