//! Transactions: tried again after a conflict, with the events that use cases record in them.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use futures_util::future::join_all;
use minsu_domain::Event;
use minsu_ports::{EventSubscriber, Outcome, Store, StoreError, UnitOfWork};

use crate::{App, AppError, idempotency::Kept};

/// How often a transaction is begun before its conflict is returned as unavailable.
const ATTEMPTS: u32 = 6;
/// A transaction is not begun again after this time: one that waited for a lock as long as the
/// database allows would wait as long each time, and the request for all of them.
const PATIENCE: TimeDelta = TimeDelta::seconds(1);

/// The repositories of one transaction, and the events recorded in it, which become durable with it.
pub(crate) struct Transaction {
    unit: Box<dyn UnitOfWork>,
    recorded: Vec<Event>,
}

impl Transaction {
    /// Records what this transaction changes. Subscribers are notified after the commit; without a commit
    /// the record is dropped with the change.
    pub(crate) fn record(&mut self, event: Event) {
        self.recorded.push(event);
    }
}

impl Deref for Transaction {
    type Target = dyn UnitOfWork;

    fn deref(&self) -> &Self::Target {
        self.unit.as_ref()
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.unit.as_mut()
    }
}

/// Runs `work` in a transaction, writes the recorded events into the outbox, commits, and notifies the subscribers. When the
/// database reports a conflict (deadlock, serialisation failure, busy), everything is rolled back and,
/// after a short random pause, done again for about a second: `work` must therefore have no effect
/// outside its transaction.
///
/// Under an idempotency key ([`App::claim`]) a transaction that records an event also writes into the
/// row of the key what it came to. Where an earlier request did so, nothing is begun, and the result is
/// the one of that time.
///
/// # Errors
/// The error of `work` (the transaction is then rolled back), or [`AppError::StoreUnavailable`].
pub(crate) async fn in_transaction<T: Kept>(
    app: &App,
    mut work: impl AsyncFnMut(&mut Transaction) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let begin = async |store: &dyn Store| Ok((store.begin().await?, ()));
    in_locked_transaction(app, begin, async |transaction, ()| work(transaction).await).await
}

/// As [`in_transaction`], in a transaction that `begin` opens with its first lock (see
/// [`minsu_ports::LockedGuest`] and the others).
///
/// # Errors
/// As [`in_transaction`], and the error of `begin`.
pub(crate) async fn in_locked_transaction<L, T: Kept>(
    app: &App,
    begin: impl AsyncFn(&dyn Store) -> Result<(Box<dyn UnitOfWork>, L), AppError>,
    mut work: impl AsyncFnMut(&mut Transaction, &L) -> Result<T, AppError>,
) -> Result<T, AppError> {
    if let Some(earlier) = app.earlier()? {
        return Ok(earlier);
    }
    let (begun, mut attempt) = (app.clock.now(), 1);
    loop {
        match once(app, &begin, &mut work).await {
            Err(AppError::StoreUnavailable(StoreError::Conflict(cause)))
                if attempt < ATTEMPTS && app.clock.now() - begun < PATIENCE =>
            {
                tracing::debug!(attempt, %cause, "transaction conflict, trying again");
                app.clock.sleep(pause(attempt, app.random())).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn once<L, T: Kept>(
    app: &App,
    begin: &impl AsyncFn(&dyn Store) -> Result<(Box<dyn UnitOfWork>, L), AppError>,
    work: &mut impl AsyncFnMut(&mut Transaction, &L) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let (unit, lock) = begin(app.store.as_ref()).await?;
    let mut transaction = Transaction { unit, recorded: Vec::new() };
    let result = work(&mut transaction, &lock).await?;
    let Transaction { mut unit, recorded } = transaction;
    if !recorded.is_empty() {
        unit.outbox().append(&recorded, app.clock.now()).await?;
    }
    if let Some(claim) = app.claim.as_ref().filter(|_| !recorded.is_empty()) {
        claim.record_effect(&mut *unit, result.keep()).await?;
    }
    let pending = Pending { subscribers: &app.subscribers, recorded };
    let committed = unit.commit().await;
    match &committed {
        Ok(()) => pending.tell(Outcome::Committed).await,
        // The database rolled back.
        Err(StoreError::Conflict(_) | StoreError::Duplicate(_) | StoreError::DaysTaken(_)) => pending.discard(),
        Err(StoreError::Unavailable(_) | StoreError::Backend(_)) => pending.tell(Outcome::Unknown).await,
    }
    committed?;
    Ok(result)
}

/// Events whose commit is in progress. When it is dropped before the result is known, because the request was
/// cancelled, subscribers are notified with an unknown outcome.
struct Pending<'a> {
    subscribers: &'a [Arc<dyn EventSubscriber>],
    recorded: Vec<Event>,
}

impl Pending<'_> {
    async fn tell(mut self, outcome: Outcome) {
        let recorded = std::mem::take(&mut self.recorded);
        if recorded.is_empty() {
            return;
        }
        for event in &recorded {
            tracing::debug!(event = event.name(), ?outcome, "recorded");
        }
        // All subscribers are called before the first one is awaited.
        let notified: Vec<_> =
            self.subscribers.iter().map(|subscriber| subscriber.notify(&recorded, outcome)).collect();
        join_all(notified).await;
    }

    fn discard(mut self) {
        self.recorded.clear();
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.recorded.is_empty() {
            for subscriber in self.subscribers {
                drop(subscriber.notify(&self.recorded, Outcome::Unknown));
            }
        }
    }
}

/// Full jitter: up to 4 ms doubled by each attempt, so that two that met do not meet again.
fn pause(attempt: u32, random: [u8; 2]) -> Duration {
    let ceiling = 4_000u64 << attempt;
    Duration::from_micros(ceiling * u64::from(u16::from_be_bytes(random)) / u64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrderError;
    use crate::test_app::{TestApp, user};
    use chrono::DateTime;
    use futures_util::FutureExt;
    use minsu_ports::testkit::{EventLog, MockClock, MockStore, MockUnitOfWork};

    fn conflict() -> StoreError {
        StoreError::Conflict("deadlock".into())
    }

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_committed_once() {
        let unit = MockUnitOfWork::default();
        let commits = unit.commits.clone();
        let mut units = vec![Ok(unit), Err(conflict()), Err(conflict())];
        let mut store = MockStore::new();
        store.expect_begin().times(3).returning(move || Ok(Box::new(units.pop().unwrap()?)));
        let app = TestApp::default().store(store).build();
        assert_eq!(in_transaction(&app, async |_| Ok(5u64)).await.unwrap(), 5);
        assert_eq!(commits.count(), 1);
    }

    #[tokio::test]
    async fn endless_conflicts_end_as_unavailable() {
        let mut store = MockStore::new();
        store.expect_begin().times(ATTEMPTS as usize).returning(|| Err(conflict()));
        let app = TestApp::default().store(store).build();
        let result = in_transaction(&app, async |_| Ok(())).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(StoreError::Conflict(_)))));
    }

    #[tokio::test]
    async fn a_conflict_that_took_long_is_not_waited_for_again() {
        let mut store = MockStore::new();
        store.expect_begin().times(2).returning(|| Err(conflict()));
        let mut app = TestApp::default().store(store).build();
        let mut clock = MockClock::new();
        let mut times = [0, 900, 1000].map(|ms| DateTime::from_timestamp_millis(ms).unwrap()).into_iter();
        clock.expect_now().times(3).returning(move || times.next().unwrap());
        clock.expect_sleep().times(1).returning(|_| ());
        app.clock = Arc::new(clock);
        let result = in_transaction(&app, async |_| Ok(())).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(StoreError::Conflict(_)))));
    }

    #[tokio::test]
    async fn a_refusal_is_not_tried_again_and_not_committed() {
        let unit = MockUnitOfWork::default();
        let commits = unit.commits.clone();
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = in_transaction(&app, async |_| Err::<(), _>(AppError::Order(OrderError::DaysTaken(vec![])))).await;
        assert!(matches!(result, Err(AppError::Order(OrderError::DaysTaken(_)))));
        assert_eq!(commits.count(), 0);
    }

    fn renamed(id: i64) -> Event {
        Event::AccountRenamed { user: user(id) }
    }

    /// Records one event and commits with this result; returns the notifications of the subscriber.
    async fn told_after(commit: Result<(), StoreError>) -> Vec<(Event, Outcome)> {
        let unit = MockUnitOfWork::default().committing(commit);
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let done = in_transaction(&app, async |transaction| {
            transaction.record(renamed(1));
            Ok(())
        });
        drop(done.await);
        log.entries()
    }

    #[tokio::test]
    async fn events_are_told_after_the_commit_with_its_outcome() {
        assert_eq!(told_after(Ok(())).await, [(renamed(1), Outcome::Committed)]);
        let gone = StoreError::Unavailable("gone".into());
        assert_eq!(told_after(Err(gone)).await, [(renamed(1), Outcome::Unknown)]);
        let broken = StoreError::Backend("disk".into());
        assert_eq!(told_after(Err(broken)).await, [(renamed(1), Outcome::Unknown)]);
    }

    #[tokio::test]
    async fn only_the_events_of_the_attempt_that_committed_are_told() {
        let mut units = vec![
            MockUnitOfWork::default(),
            MockUnitOfWork::default().committing(Err(conflict())),
            MockUnitOfWork::default().committing(Err(conflict())),
        ];
        let mut store = MockStore::new();
        store.expect_begin().times(3).returning(move || Ok(Box::new(units.pop().unwrap())));
        let log = EventLog::default();
        let app = TestApp::default().store(store).subscriber(log.clone()).build();
        let mut attempt = 0;
        let work = async |transaction: &mut Transaction| {
            attempt += 1;
            transaction.record(renamed(attempt));
            Ok(())
        };
        in_transaction(&app, work).await.unwrap();
        assert_eq!(log.entries(), [(renamed(3), Outcome::Committed)]);
    }

    #[tokio::test]
    async fn events_of_a_refused_transaction_vanish() {
        let log = EventLog::default();
        let app = TestApp::default().store(MockUnitOfWork::default().begun_once()).subscriber(log.clone()).build();
        let work = async |transaction: &mut Transaction| {
            transaction.record(renamed(1));
            Err::<(), _>(AppError::Order(OrderError::DaysTaken(vec![])))
        };
        assert!(in_transaction(&app, work).await.is_err());
        assert_eq!(log.entries(), []);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_during_the_commit_leaves_an_unknown_outcome() {
        let mut store = MockStore::new();
        store.expect_begin().return_once(|| Ok(Box::new(MockUnitOfWork::default().never_committing())));
        let log = EventLog::default();
        let app = TestApp::default().store(store).subscriber(log.clone()).build();
        let done = in_transaction(&app, async |transaction| {
            transaction.record(renamed(1));
            Ok(())
        });
        assert!(done.now_or_never().is_none());
        assert_eq!(log.entries(), [(renamed(1), Outcome::Unknown)]);
    }

    #[test]
    fn pauses_grow_and_stay_below_a_seventh_of_a_second() {
        assert_eq!(pause(1, [0, 0]), Duration::ZERO);
        assert_eq!(pause(1, [255, 255]), Duration::from_millis(8));
        assert_eq!(pause(ATTEMPTS - 1, [255, 255]), Duration::from_millis(128));
    }
}
