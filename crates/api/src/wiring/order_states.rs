//! The number of orders by state: a metric of the database, and not of this process.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use minsu_domain::OrderStatus;
use minsu_metrics::{Kind, Reading, Source, state_label};
use minsu_store::SqlStore;
use tokio::time::{Instant, timeout};

/// A count that is younger than this is reused.
const YOUNG: Duration = Duration::from_secs(30);
/// Counting reads every order, so it pauses so many times as long as it took: it never costs more than
/// a hundredth of a connection, however many orders there are.
const PAUSES: u32 = 100;
/// The longest that a scrape waits for what it reads. A count of orders continues, and the next scrape reports it.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The last count.
#[derive(Default)]
struct Kept {
    states: Option<Vec<(&'static str, u64)>>,
    /// When it has to be renewed; `None` before the first.
    due: Option<Instant>,
    counting: bool,
}

/// Counts orders at a scrape of the metrics when the last count is too old.
#[derive(Clone)]
pub(super) struct OrderStates {
    store: Arc<SqlStore>,
    kept: Arc<Mutex<Kept>>,
}

impl OrderStates {
    pub(super) fn new(store: Arc<SqlStore>) -> Self {
        Self { store, kept: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts anew if the last count is too old.
    pub(super) async fn refresh(&self) {
        if self.begins() {
            // Dropping the handle drops nothing: the task goes on.
            let _ = timeout(PATIENCE, tokio::spawn(self.clone().count())).await;
        }
    }

    /// Whether the count is due and no other task is counting; the caller then has to count.
    fn begins(&self) -> bool {
        let mut kept = self.kept();
        let begins = !kept.counting && kept.due.is_none_or(|due| due <= Instant::now());
        kept.counting |= begins;
        begins
    }

    async fn count(self) {
        let began = Instant::now();
        let counted = self.store.order_states().await;
        let mut kept = self.kept();
        // An old count would look like a new one: none is reported while counting fails.
        kept.states = match counted {
            Ok(counted) => Some(of_each(&counted)),
            Err(error) => {
                tracing::info!(%error, "the orders cannot be counted for the metrics");
                None
            }
        };
        kept.due = Some(Instant::now() + YOUNG.max(began.elapsed() * PAUSES));
        kept.counting = false;
    }

    /// The last count as a metric.
    pub(super) fn source(&self) -> Source {
        let states = self.clone();
        Box::new(move || {
            let values = states.kept().states.clone();
            let reading = |values| Reading {
                name: "orders_held",
                says: "orders in the database by state",
                kind: Kind::Gauge,
                label: "state",
                values,
            };
            values.map(reading).into_iter().collect()
        })
    }
}

fn of_each(counted: &[(OrderStatus, u64)]) -> Vec<(&'static str, u64)> {
    let number = |state| counted.iter().find(|(of, _)| *of == state).map_or(0, |(_, number)| *number);
    OrderStatus::ALL.into_iter().map(|state| (state_label(state), number(state))).collect()
}
