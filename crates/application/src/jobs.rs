//! The work that the clock does: due jobs, each by one process at a time.
//!
//! A run leases a job, works on bounded batches, and makes the job due again. What it does to a subject is
//! one transaction that changes nothing the second time, so a process that dies leaves only a lease that ends. A
//! subject that fails is tried again later and later, and becomes a dead letter in the end.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{OrderId, TransitionRefused};
use minsu_ports::{Job, JobFailure, Signal, WorkerId};

use crate::{App, AppError, OrderError, orders, transaction::in_transaction};

/// How long a lease lasts. A process that dies holds its jobs up for so long.
const LEASE: Duration = Duration::from_secs(60);
/// A run begins no further batch after so long, well before its lease ends.
const RUN: TimeDelta = TimeDelta::seconds(30);
/// Subjects of one batch.
const BATCH: u32 = 200;
/// How long a job rests when nothing is due any more.
const REST: TimeDelta = TimeDelta::seconds(10);
/// The pauses before a subject is tried again; behind the last one it is a dead letter.
const PAUSES: [TimeDelta; 5] =
    [TimeDelta::seconds(30), TimeDelta::minutes(5), TimeDelta::minutes(30), TimeDelta::hours(2), TimeDelta::hours(12)];

/// What a run of jobs did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobsRun {
    /// Subjects that were worked on with an effect.
    pub done: u64,
    /// Subjects that failed.
    pub failed: u64,
}

/// Runs every job that is due and that no other process runs.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; what was done until then is done.
pub async fn run_due_jobs(app: &App) -> Result<JobsRun, AppError> {
    let mut total = JobsRun::default();
    for job in Job::ALL {
        let run = run(app, job).await?;
        total = JobsRun { done: total.done + run.done, failed: total.failed + run.failed };
    }
    app.telemetry.count(Signal::JobsRan);
    Ok(total)
}

async fn run(app: &App, job: Job) -> Result<JobsRun, AppError> {
    let (worker, begun) = (WorkerId(u64::from_le_bytes(app.random())), app.clock.now());
    let leased =
        in_transaction(app, async |transaction| Ok(transaction.jobs().lease(job, worker, begun, LEASE).await?));
    if !leased.await? {
        return Ok(JobsRun::default());
    }
    let mut total = JobsRun::default();
    let rest = loop {
        let now = app.clock.now();
        if now - begun > RUN {
            break TimeDelta::zero();
        }
        let subjects = due_subjects(app, job).await?;
        let mut settled = Vec::new();
        for subject in &subjects {
            match attempt(app, job, *subject).await {
                Ok(effect) => {
                    settled.push(*subject);
                    total.done += u64::from(effect);
                    if effect {
                        app.telemetry.count(Signal::JobDone(job));
                    }
                }
                Err(error) => {
                    total.failed += 1;
                    note_failure(app, job, *subject, &error).await?;
                }
            }
        }
        if !settled.is_empty() {
            in_transaction(app, async |transaction| Ok(transaction.jobs().succeeded(job, &settled).await?)).await?;
        }
        if subjects.len() < BATCH as usize {
            break REST;
        }
    };
    let next = app.clock.now() + rest;
    in_transaction(app, async |transaction| Ok(transaction.jobs().finish(job, worker, next).await?)).await?;
    Ok(total)
}

/// When each job is due, and the subjects that are not tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsState {
    /// When each job is looked for next; a job that never ran is absent.
    pub due: Vec<(Job, DateTime<Utc>)>,
    /// Dead letters, at most [`DEAD_LETTERS`].
    pub dead: Vec<JobFailure>,
}

/// The most dead letters that are told at once.
pub const DEAD_LETTERS: u32 = 1_000;

/// The state of the jobs.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn state(app: &App) -> Result<JobsState, AppError> {
    let mut session = app.store.read_own().await?;
    let (due, dead) = (session.jobs().due().await?, session.jobs().dead_letters(DEAD_LETTERS).await?);
    Ok(JobsState { due, dead })
}

/// Makes dead letters due again, and returns how many there were; at most [`DEAD_LETTERS`].
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn retry(app: &App) -> Result<u64, AppError> {
    let now = app.clock.now();
    in_transaction(app, async |transaction| {
        let mut retried = 0;
        for JobFailure { job, subject, .. } in transaction.jobs().dead_letters(DEAD_LETTERS).await? {
            retried += u64::from(transaction.jobs().retry(job, subject, now).await?);
        }
        Ok(retried)
    })
    .await
}

/// The subjects that a job is due for.
async fn due_subjects(app: &App, job: Job) -> Result<Vec<i64>, AppError> {
    let now = app.clock.now();
    match job {
        Job::ExpireOrders => {
            let orders = app.store.read_own().await?.orders().expired(now, BATCH).await?;
            Ok(orders.into_iter().map(OrderId::get).collect())
        }
    }
}

/// Does a job for one subject; `false` where nothing was left to do.
async fn attempt(app: &App, job: Job, subject: i64) -> Result<bool, AppError> {
    match job {
        Job::ExpireOrders => match orders::expire(app, OrderId::new(subject)?).await {
            // An answer came at the same moment and was first.
            Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::WrongState))) => Ok(false),
            result => result,
        },
    }
}

async fn note_failure(app: &App, job: Job, subject: i64, error: &AppError) -> Result<(), AppError> {
    let now = app.clock.now();
    let cause = error.to_string();
    let noted = in_transaction(app, async |transaction| {
        let attempts = transaction.jobs().attempts(job, subject).await? + 1;
        let next_at = PAUSES.get(attempts as usize - 1).map(|pause| now + *pause);
        let failure = JobFailure { job, subject, attempts, next_at, error: cause.clone() };
        transaction.jobs().failed(&failure).await?;
        Ok(next_at.is_none())
    });
    if noted.await? {
        app.telemetry.count(Signal::JobDead(job));
        tracing::error!(job = job.name(), subject, cause, "a job failed for good");
    } else {
        app.telemetry.count(Signal::JobFailed(job));
    }
    Ok(())
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

    /// A store in which the job is leased or not, and one order is due.
    fn store(
        leased: bool,
        find: impl Fn() -> Result<Option<Order>, StoreError> + Clone + Send + Sync + 'static,
    ) -> MockStore {
        let mut store = MockStore::new();
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let find = find.clone();
            unit.jobs.expect_lease().returning(move |_, _, _, _| Ok(leased));
            unit.jobs.expect_succeeded().withf(|_, subjects| subjects == [3]).returning(|_, _| Ok(1));
            unit.jobs.expect_finish().withf(|_, _, next| *next == now() + REST).returning(|_, _, _| Ok(true));
            unit.jobs.expect_attempts().returning(|_, _| Ok(1));
            unit.jobs
                .expect_failed()
                .withf(|failure| failure.attempts == 2 && failure.next_at == Some(now() + PAUSES[1]))
                .returning(|_| Ok(()));
            unit.orders.expect_find().returning(move |_| find());
            unit.orders.expect_advance().returning(|_, _, _, _| Ok(true));
            unit.occupancy.expect_release().returning(|_| Ok(1));
            Ok(Box::new(unit))
        });
        store.expect_read_own().times(usize::from(leased)).returning(|| {
            let mut session = MockUnitOfWork::default();
            session.orders.expect_expired().returning(|_, _| Ok(vec![OrderId::new(3).unwrap()]));
            Ok(Box::new(session))
        });
        store
    }

    #[tokio::test]
    async fn a_leased_job_does_what_is_due_and_another_one_does_not() {
        let due = || Ok(Some(Order { expires_at: Some(now()), ..order(OrderStatus::WaitAccept) }));
        for (leased, done) in [(true, 1), (false, 0)] {
            let app = TestApp::default().store(store(leased, due)).build();
            assert_eq!(run_due_jobs(&app).await.unwrap(), JobsRun { done, failed: 0 });
        }
    }

    #[tokio::test]
    async fn dead_letters_become_due_again() {
        let letter = |subject| JobFailure {
            job: Job::ExpireOrders,
            subject,
            attempts: 6,
            next_at: None,
            error: "broken".to_owned(),
        };
        let mut unit = MockUnitOfWork::default();
        unit.jobs.expect_dead_letters().returning(move |_| Ok(vec![letter(3), letter(4)]));
        // Another operator was first with one of them.
        unit.jobs.expect_retry().withf(|_, _, at| *at == now()).returning(|_, subject, _| Ok(subject == 3));
        let app = TestApp::default().store(unit.begun_once()).build();
        assert_eq!(retry(&app).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_fails_is_put_off_and_what_was_answered_is_left_alone() {
        let broken = || Err(StoreError::Backend("broken".into()));
        let app = TestApp::default().store(store(true, broken)).build();
        assert_eq!(run_due_jobs(&app).await.unwrap(), JobsRun { done: 0, failed: 1 });
        let app = TestApp::default().store(store(true, || Ok(Some(order(OrderStatus::WaitComment))))).build();
        assert_eq!(run_due_jobs(&app).await.unwrap(), JobsRun::default());
    }
}
