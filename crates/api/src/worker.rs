//! The loop that does due work until it is stopped.

use std::time::Duration;

use minsu_application::{App, jobs};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

/// A running loop. Dropping it ends the loop behind the job that it works on.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Looks for due work at once, and then at this interval.
    pub fn start(app: App, interval: Duration) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = actix_web::rt::spawn(async move {
            while !*stopped.borrow() {
                look(&app).await;
                tokio::select! {
                    () = sleep(interval) => {}
                    _ = stopped.changed() => break,
                }
            }
        });
        Self { stop, task }
    }

    /// Begins no further work, and waits so long for what runs. Work that is broken off then is done by the next run.
    pub async fn stop(self, patience: Duration) {
        self.stop.send_replace(true);
        if tokio::time::timeout(patience, self.task).await.is_err() {
            tracing::warn!("the work of the clock was broken off");
        }
    }
}

async fn look(app: &App) {
    match jobs::run_due_jobs(app).await {
        Ok(run) if run.done + run.failed > 0 => tracing::info!(done = run.done, failed = run.failed, "did due work"),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot do due work"),
    }
}
