//! How many orders are in which state: a figure of the database, and not of this process.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use minsu_domain::OrderStatus;
use minsu_metrics::{Kind, Reading, Refresh, Source};
use minsu_store::SqlStore;
use tokio::time::{Instant, timeout};

/// A figure as young as this is not counted anew.
const YOUNG: Duration = Duration::from_secs(30);
/// Counting reads every order, so it pauses so many times as long as it took: it never costs more than
/// a hundredth of a connection, however many orders there are.
const PAUSES: u32 = 100;
/// The longest that a reader of the metrics waits. The count goes on without him, and the next one
/// gets it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The last count.
#[derive(Default)]
struct Kept {
    states: Option<Vec<(&'static str, u64)>>,
    /// When it is too old; nothing before the first.
    due: Option<Instant>,
    counting: bool,
}

/// Counts when somebody reads the metrics and the last count is too old.
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

    /// For [`minsu_metrics::Metrics::refreshed_by`].
    pub(super) fn refresh(&self) -> Refresh {
        let states = self.clone();
        Box::new(move || {
            let states = states.clone();
            Box::pin(async move {
                if states.begins() {
                    // Dropping the handle drops nothing: the task goes on.
                    let _ = timeout(PATIENCE, tokio::spawn(states.count())).await;
                }
            })
        })
    }

    /// Whether it is time to count, and nobody does yet.
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
        // An old figure would look like a new one: none is shown while it cannot be counted.
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

    /// The figures of the last count.
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
    OrderStatus::ALL.into_iter().map(|state| (state.name(), number(state))).collect()
}
