//! How long each job has been due: a metric of the database, and not of this process.

use std::sync::{Arc, Mutex, PoisonError};

use minsu_metrics::{Kind, Reading, Source};
use minsu_ports::{Clock, Job, Store, StoreError};
use tokio::time::timeout;

use super::order_states::PATIENCE;

/// Seconds by the name of the job.
type Ages = Vec<(&'static str, u64)>;

/// Reads at a scrape of the metrics when each job is due.
#[derive(Clone)]
pub(super) struct JobAges {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    seconds: Arc<Mutex<Option<Ages>>>,
}

impl JobAges {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, seconds: Arc::default() }
    }

    /// Reads the ages anew; none are reported while the database does not tell them.
    pub(super) async fn refresh(&self) {
        let ages = match timeout(PATIENCE, self.read()).await {
            Ok(Ok(ages)) => Some(ages),
            Ok(Err(error)) => {
                tracing::info!(%error, "the age of due jobs cannot be read for the metrics");
                None
            }
            Err(_) => None,
        };
        *self.seconds.lock().unwrap_or_else(PoisonError::into_inner) = ages;
    }

    /// The seconds since each job became due; 0 for one that is not due, or that no process ever looked at.
    async fn read(&self) -> Result<Ages, StoreError> {
        let due = self.store.read_own().await?.jobs().due().await?;
        let now = self.clock.now();
        let age = |job: Job| {
            let since = due.iter().find(|(of, _)| *of == job).map_or(now, |(_, at)| *at);
            u64::try_from((now - since).num_seconds()).unwrap_or(0)
        };
        Ok(Job::ALL.map(|job| (job.name(), age(job))).into())
    }

    /// The last ages as a metric.
    pub(super) fn source(&self) -> Source {
        let ages = self.clone();
        Box::new(move || {
            let values = ages.seconds.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let reading = |values| Reading {
                name: "job_overdue_seconds",
                says: "seconds since a job became due and was not finished",
                kind: Kind::Gauge,
                label: "job",
                values,
            };
            values.map(reading).into_iter().collect()
        })
    }
}
