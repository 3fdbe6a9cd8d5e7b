//! What is open at the payment provider: metrics of the database, and not of this process.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use minsu_metrics::{Kind, Reading, Source};
use minsu_ports::{Clock, Store, StoreError};
use tokio::time::timeout;

use super::order_states::PATIENCE;

/// Differences of older days are not reported any more: the alarm was seen then, and the site corrects nothing by itself.
const REPORTED: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy)]
struct Backlog {
    /// Entries of the provider's bills of the last seven days that differ.
    differences: u64,
    /// Seconds since the oldest refund was made that is neither done nor failed; 0 without one.
    oldest_refund: u64,
}

/// Reads at a scrape of the metrics what waits for the payment provider.
#[derive(Clone)]
pub(super) struct PaymentBacklog {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    last: Arc<Mutex<Option<Backlog>>>,
}

impl PaymentBacklog {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, last: Arc::default() }
    }

    /// Reads it anew; nothing is reported while the database does not tell it.
    pub(super) async fn refresh(&self) {
        let read = match timeout(PATIENCE, self.read()).await {
            Ok(Ok(backlog)) => Some(backlog),
            Ok(Err(error)) => {
                tracing::info!(%error, "the backlog of payments cannot be read for the metrics");
                None
            }
            Err(_) => None,
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = read;
    }

    async fn read(&self) -> Result<Backlog, StoreError> {
        let now = self.clock.now();
        let mut session = self.store.read_own().await?;
        let differences = session.payments().count_differences((now - REPORTED).date_naive()).await?;
        let backlogs = session.payments().backlog().await?;
        let oldest = backlogs.iter().filter_map(|backlog| backlog.oldest_refund).min().unwrap_or(now);
        Ok(Backlog { differences, oldest_refund: u64::try_from((now - oldest).num_seconds()).unwrap_or(0) })
    }

    /// The last reading as metrics.
    pub(super) fn source(&self) -> Source {
        let backlog = self.clone();
        Box::new(move || -> Vec<Reading> {
            let Some(last) = *backlog.last.lock().unwrap_or_else(PoisonError::into_inner) else { return Vec::new() };
            let days =
                "entries of the payment provider's bills of the last seven days that differ from the payments here";
            let age = "seconds since the oldest refund was made that is neither done nor failed";
            vec![
                Reading::single("payment_differences", days, Kind::Gauge, last.differences),
                Reading::single("refund_oldest_seconds", age, Kind::Gauge, last.oldest_refund),
            ]
        })
    }
}
