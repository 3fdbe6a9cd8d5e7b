//! What failed: tried again later and later, and a dead letter in the end.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::{Job, JobFailure, Signal};

use crate::{App, AppError, transaction::in_transaction};

/// The pauses before a subject is tried again; behind the last one it is a dead letter.
pub(super) const PAUSES: [TimeDelta; 5] =
    [TimeDelta::seconds(30), TimeDelta::minutes(5), TimeDelta::minutes(30), TimeDelta::hours(2), TimeDelta::hours(12)];

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

/// Notes that a job failed for a subject; returns after which pause it is tried again, none for a dead letter.
pub(super) async fn note(app: &App, job: Job, subject: i64, error: &AppError) -> Result<Option<TimeDelta>, AppError> {
    let now = app.clock.now();
    let cause = error.to_string();
    let attempts = in_transaction(app, async |transaction| {
        let attempts = transaction.jobs().attempts(job, subject).await? + 1;
        let next_at = pause_behind(attempts).map(|pause| now + pause);
        let failure = JobFailure { job, subject, attempts, next_at, error: cause.clone() };
        transaction.jobs().failed(&failure).await?;
        Ok(u64::from(attempts))
    })
    .await?;
    let pause = u32::try_from(attempts).ok().and_then(pause_behind);
    if pause.is_none() {
        app.telemetry.count(Signal::JobDead(job));
        tracing::error!(job = job.name(), subject, cause, "a job failed for good");
    } else {
        app.telemetry.count(Signal::JobFailed(job));
        tracing::warn!(job = job.name(), subject, cause, attempts, "a job failed and is tried again");
    }
    Ok(pause)
}

fn pause_behind(attempts: u32) -> Option<TimeDelta> {
    PAUSES.get(attempts as usize - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now};
    use minsu_ports::testkit::MockUnitOfWork;

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
    async fn the_pauses_grow_and_end() {
        for (before, pause) in [(0, Some(PAUSES[0])), (4, Some(PAUSES[4])), (5, None), (9, None)] {
            let mut unit = MockUnitOfWork::default();
            unit.jobs.expect_attempts().returning(move |_, _| Ok(before));
            unit.jobs
                .expect_failed()
                .withf(move |failure| {
                    (failure.attempts, failure.next_at) == (before + 1, pause.map(|pause| now() + pause))
                })
                .returning(|_| Ok(()));
            let app = TestApp::default().store(unit.begun_once()).build();
            let error = AppError::Busy("testing");
            assert_eq!(note(&app, Job::PruneRows, 0, &error).await.unwrap(), pause);
        }
    }
}
