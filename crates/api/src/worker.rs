//! The loops that do due work until they are stopped: at least one for each job, so that a long one keeps no other
//! waiting.

use std::time::Duration;

use minsu_application::{App, jobs};
use minsu_ports::Job;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

/// Running loops. Dropping it ends each behind the run that it works on.
pub struct Worker {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Looks for due work at once, and then at this interval; for work of every hour or day less often.
    pub fn start(app: &App, interval: Duration) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = |job| {
            let (app, stopped) = (app.clone(), stopped.clone());
            actix_web::rt::spawn(async move { look_again(&app, job, jobs::interval(job, interval), stopped).await })
        };
        let loops = Job::ALL.into_iter().flat_map(|job| std::iter::repeat_n(job, jobs::loops(job)));
        Self { tasks: loops.map(task).collect(), stop }
    }

    /// Begins no further work, and waits so long for what runs. Work that is broken off then is done by the next run.
    pub async fn stop(self, patience: Duration) {
        self.stop.send_replace(true);
        let all = async {
            for task in self.tasks {
                // A task that panicked has ended, too.
                let _ = task.await;
            }
        };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("the work of the clock was broken off");
        }
    }
}

async fn look_again(app: &App, job: Job, interval: Duration, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        // What is left of a backlog is not waited for.
        if look(app, job).await {
            continue;
        }
        tokio::select! {
            () = sleep(interval) => {}
            _ = stopped.changed() => break,
        }
    }
}

/// Runs a job, and tells whether it had something to do.
async fn look(app: &App, job: Job) -> bool {
    match jobs::run_job(app, job).await {
        Ok(run) if run.done + run.failed > 0 => {
            tracing::info!(job = job.name(), done = run.done, failed = run.failed, "did due work");
            true
        }
        Ok(_) => false,
        Err(error) => {
            tracing::warn!(%error, job = job.name(), "cannot do due work");
            false
        }
    }
}
