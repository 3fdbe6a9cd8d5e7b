//! The work that the clock does: due jobs, each by one process at a time.
//!
//! A run leases a job, works on bounded batches, and makes the job due again. What it does to a subject is
//! one transaction that changes nothing the second time, so a process that dies leaves only a lease that ends. A
//! subject that fails is tried again later and later, and becomes a dead letter in the end.

mod each;
mod failures;
mod run;
mod schedule;

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::OrderId;
use minsu_ports::{FaultPoint, Job, Signal, WorkerId};

pub use failures::{DEAD_LETTERS, JobsState, retry, state};
pub use run::JobsRun;
pub use schedule::{interval, loops};

use run::{BATCH, RUN};

use crate::{App, AppError, events, feeds, maintenance, orders, payments, transaction::in_transaction, webhooks};

/// Orders of one transaction: few, so that its locks delay no request.
const TOGETHER: usize = 5;
/// The time that an order of a backlog takes at least, the pause after its transaction included, so that requests have
/// most of the database. Ten thousand orders then take 45 seconds.
const PACE: TimeDelta = TimeDelta::microseconds(4_500);
/// The subject of a job that has none.
const WHOLE: i64 = 0;

/// Runs a job, if it is due and no other process runs it.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; what was done until then is done, and the lease ends by itself.
pub async fn run_job(app: &App, job: Job) -> Result<JobsRun, AppError> {
    let (worker, begun) = (WorkerId(u64::from_le_bytes(app.random())), app.clock.now());
    let (first, lasts) = (begun + schedule::first(job), schedule::lease(job));
    let leased =
        in_transaction(app, async |transaction| Ok(transaction.jobs().lease(job, worker, begun, first, lasts).await?));
    let leased = leased.await?;
    app.telemetry.count(Signal::JobsRan);
    if !leased {
        return Ok(JobsRun::default());
    }
    reach(app, job, FaultPoint::LeaseTaken).await;
    if job == Job::DeliverWebhooks {
        return deliver_webhooks(app, worker, begun).await;
    }
    let (run, rest) = match job {
        Job::ExpireOrders => expire_orders(app, begun).await?,
        Job::ExpireUnpaid | Job::SettlePayments | Job::SendRefunds | Job::EndStays | Job::SendMessages => {
            each::run(app, job, begun).await?
        }
        Job::PollFeeds => poll_feeds(app, begun).await?,
        Job::CompareBills
        | Job::OrderEvents
        | Job::EraseOccupants
        | Job::PruneRows
        | Job::PruneObjects
        | Job::DeliverWebhooks => whole(app, job).await?,
    };
    let next = app.clock.now() + rest;
    in_transaction(app, async |transaction| Ok(transaction.jobs().finish(job, worker, next).await?)).await?;
    reach(app, job, FaultPoint::LeaseGivenBack).await;
    Ok(run)
}

/// Delivers to webhooks. The lease is given back before the last attempts end: a receiver that hangs does not keep the
/// next run from the others.
async fn deliver_webhooks(app: &App, worker: WorkerId, begun: DateTime<Utc>) -> Result<JobsRun, AppError> {
    let job = Job::DeliverWebhooks;
    let attempts = webhooks::deliver(app, begun, async || {
        let next = app.clock.now() + schedule::rest(job);
        in_transaction(app, async |transaction| Ok(transaction.jobs().finish(job, worker, next).await?)).await?;
        Ok(())
    })
    .await?;
    for _ in 0..attempts.done {
        app.telemetry.count(Signal::JobDone(job));
    }
    Ok(JobsRun { done: attempts.done, failed: attempts.failed })
}

/// The fault points are those of one job, so that a test knows where a process stops.
async fn reach(app: &App, job: Job, point: FaultPoint) {
    if job == Job::ExpireOrders {
        app.fault_points.reach(point).await;
    }
}

/// Cancels the orders that were not answered in time, and returns how long the job rests.
async fn expire_orders(app: &App, begun: DateTime<Utc>) -> Result<(JobsRun, TimeDelta), AppError> {
    let job = Job::ExpireOrders;
    let mut total = JobsRun::default();
    loop {
        let now = app.clock.now();
        if now - begun > RUN {
            return Ok((total, TimeDelta::zero()));
        }
        let due = app.store.read_own().await?.orders().expired(now, BATCH).await?;
        app.fault_points.reach(FaultPoint::BatchRead).await;
        let is_backlog = due.len() == BATCH as usize;
        let mut settled = Vec::new();
        // Counted from the begin of the batch, so that a transaction that waited is made up for.
        let mut next = now;
        for few in due.chunks(TOGETHER) {
            next += few.iter().map(|_| PACE).sum::<TimeDelta>();
            let run = expire_few(app, few, &mut settled).await?;
            total = JobsRun { done: total.done + run.done, failed: total.failed + run.failed };
            for _ in 0..run.done {
                app.telemetry.count(Signal::JobDone(job));
            }
            if is_backlog {
                let pause = next - app.clock.now();
                app.clock.sleep(pause.to_std().unwrap_or_default()).await;
            }
        }
        if !settled.is_empty() {
            in_transaction(app, async |transaction| Ok(transaction.jobs().succeeded(job, &settled).await?)).await?;
            app.fault_points.reach(FaultPoint::SuccessNoted).await;
        }
        if !is_backlog {
            return Ok((total, schedule::rest(job)));
        }
    }
}

/// Cancels a few orders in one transaction; where that fails each in its own, so that the one that cannot be canceled
/// keeps no other from it.
async fn expire_few(app: &App, few: &[OrderId], settled: &mut Vec<i64>) -> Result<JobsRun, AppError> {
    let mut run = JobsRun::default();
    if let Ok(done) = orders::expire(app, few).await {
        app.fault_points.reach(FaultPoint::SubjectCommitted).await;
        settled.extend(few.iter().map(|order| order.get()));
        return Ok(JobsRun { done, ..run });
    }
    for order in few {
        match orders::expire(app, &[*order]).await {
            Ok(done) => {
                settled.push(order.get());
                run.done += done;
            }
            Err(error) => {
                run.failed += 1;
                failures::note(app, Job::ExpireOrders, order.get(), &error).await?;
            }
        }
    }
    Ok(run)
}

/// Polls the calendars of other sites that are due. One that fails is tried again when its own lease ends: there are no
/// dead letters among them.
async fn poll_feeds(app: &App, begun: DateTime<Utc>) -> Result<(JobsRun, TimeDelta), AppError> {
    let (done, failed, has_more) = feeds::poll_due(app, begun).await?;
    let rest = if has_more { TimeDelta::zero() } else { schedule::rest(Job::PollFeeds) };
    Ok((JobsRun { done, failed }, rest))
}

/// Does a job that has no subjects, and returns how long it rests: until its time, or after a failure until its pause is
/// over.
async fn whole(app: &App, job: Job) -> Result<(JobsRun, TimeDelta), AppError> {
    match work(app, job).await {
        Ok(rows) => {
            in_transaction(app, async |transaction| Ok(transaction.jobs().succeeded(job, &[WHOLE]).await?)).await?;
            app.telemetry.count(Signal::JobDone(job));
            if rows > 0 {
                tracing::info!(job = job.name(), rows, "did the work of a job");
            }
            Ok((JobsRun { done: rows, failed: 0 }, schedule::rest(job)))
        }
        Err(error) => {
            let pause = failures::note(app, job, WHOLE, &error).await?;
            Ok((JobsRun { done: 0, failed: 1 }, pause.unwrap_or(schedule::rest(job))))
        }
    }
}

/// The work of a job without subjects; returns how much was deleted.
async fn work(app: &App, job: Job) -> Result<u64, AppError> {
    match job {
        // They have subjects, or a way of their own.
        Job::ExpireOrders
        | Job::ExpireUnpaid
        | Job::SettlePayments
        | Job::SendRefunds
        | Job::EndStays
        | Job::PollFeeds
        | Job::SendMessages
        | Job::DeliverWebhooks => Ok(0),
        Job::CompareBills => payments::compare_last_bill(app).await,
        Job::OrderEvents => events::order_events(app).await,
        Job::EraseOccupants => maintenance::erase_past_occupants(app).await,
        Job::PruneRows => Ok(maintenance::prune(app, app.policy.retention.dead_orders).await?.total()),
        Job::PruneObjects => {
            let pruned = maintenance::prune_objects(app).await?;
            Ok(pruned.noted + pruned.walked.unreferenced)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now, order};
    use minsu_domain::{Order, OrderStatus};
    use minsu_ports::{
        StoreError,
        testkit::{MockStore, MockUnitOfWork},
    };

    /// A store in which the job is leased or not, and these orders are due.
    fn store(
        leased: bool,
        due: &'static [i64],
        settled: &'static [i64],
        find: impl Fn(i64) -> Result<Option<Order>, StoreError> + Clone + Send + Sync + 'static,
    ) -> MockStore {
        let mut store = MockStore::new();
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let find = find.clone();
            unit.jobs
                .expect_lease()
                .withf(|job, _, at, first, _| (*job, *at, *first) == (Job::ExpireOrders, now(), now()))
                .returning(move |_, _, _, _, _| Ok(leased));
            unit.jobs.expect_succeeded().withf(move |_, subjects| subjects == settled).returning(|_, _| Ok(1));
            let rest = schedule::rest(Job::ExpireOrders);
            unit.jobs.expect_finish().withf(move |_, _, next| *next == now() + rest).returning(|_, _, _| Ok(true));
            unit.jobs.expect_attempts().returning(|_, _| Ok(1));
            unit.jobs
                .expect_failed()
                .withf(|failure| failure.attempts == 2 && failure.next_at == Some(now() + failures::PAUSES[1]))
                .returning(|_| Ok(()));
            unit.orders.expect_find().returning(move |id| find(id.get()));
            unit.orders.expect_advance().returning(|_, _, _, _| Ok(true));
            unit.occupancy.expect_release().returning(|_| Ok(1));
            unit.occupants.expect_erase().returning(|_| Ok(false));
            Ok(Box::new(unit))
        });
        store.expect_read_own().times(usize::from(leased)).returning(move || {
            let mut session = MockUnitOfWork::default();
            let due: Vec<_> = due.iter().map(|id| OrderId::new(*id).unwrap()).collect();
            session.orders.expect_expired().returning(move |_, _| Ok(due.clone()));
            Ok(Box::new(session))
        });
        store
    }

    async fn ran(store: MockStore) -> JobsRun {
        run_job(&TestApp::default().store(store).build(), Job::ExpireOrders).await.unwrap()
    }

    fn due() -> Order {
        Order { expires_at: Some(now()), ..order(OrderStatus::WaitAccept) }
    }

    #[tokio::test]
    async fn a_leased_job_does_what_is_due_and_another_one_does_not() {
        for (leased, done) in [(true, 2), (false, 0)] {
            let run = ran(store(leased, &[3, 4], &[3, 4], |_| Ok(Some(due())))).await;
            assert_eq!(run, JobsRun { done, failed: 0 });
        }
    }

    #[tokio::test]
    async fn what_fails_is_put_off_and_keeps_no_other_back() {
        let broken = |id| if id == 4 { Err(StoreError::Backend("broken".into())) } else { Ok(Some(due())) };
        assert_eq!(ran(store(true, &[3, 4, 5], &[3, 5], broken)).await, JobsRun { done: 2, failed: 1 });
    }

    #[tokio::test]
    async fn what_was_answered_is_left_alone() {
        let answered = |_| Ok(Some(order(OrderStatus::WaitComment)));
        assert_eq!(ran(store(true, &[3], &[3], answered)).await, JobsRun::default());
    }

    /// The run of a job without subjects whose work comes to this, and after how long it is due again.
    async fn erased(
        result: impl Fn() -> Result<u64, StoreError> + Clone + Send + Sync + 'static,
    ) -> (JobsRun, TimeDelta) {
        let next = std::sync::Arc::new(std::sync::Mutex::new(now()));
        let (mut store, noted) = (MockStore::new(), next.clone());
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let (result, noted) = (result.clone(), noted.clone());
            unit.jobs.expect_lease().returning(|_, _, _, _, _| Ok(true));
            unit.occupants.expect_erase_past().returning(move |_, _| result());
            unit.jobs.expect_succeeded().withf(|_, subjects| subjects == [WHOLE]).returning(|_, _| Ok(0));
            unit.jobs.expect_attempts().returning(|_, _| Ok(0));
            unit.jobs.expect_failed().withf(|failure| failure.subject == WHOLE).returning(|_| Ok(()));
            unit.jobs.expect_finish().returning(move |_, _, next| {
                *noted.lock().unwrap() = next;
                Ok(true)
            });
            Ok(Box::new(unit))
        });
        let run = run_job(&TestApp::default().store(store).build(), Job::EraseOccupants).await.unwrap();
        let rest = *next.lock().unwrap() - now();
        (run, rest)
    }

    #[tokio::test]
    async fn a_job_without_subjects_rests_and_comes_back_sooner_after_a_failure() {
        assert_eq!(erased(|| Ok(7)).await, (JobsRun { done: 7, failed: 0 }, TimeDelta::hours(1)));
        let failed = erased(|| Err(StoreError::Backend("broken".into()))).await;
        assert_eq!(failed, (JobsRun { done: 0, failed: 1 }, failures::PAUSES[0]));
    }
}
