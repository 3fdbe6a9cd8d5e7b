//! The replica: a copy of the database to read from while it answers.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use sea_orm::{DatabaseConnection, DbErr};

use crate::errors::{Kind, kind};

/// A replica that is paused after a failure.
pub(crate) struct Replica {
    pool: DatabaseConnection,
    /// How long it gets no statements after a failure, before one statement tries it again.
    pause: Duration,
    born: Instant,
    /// In milliseconds since `born`; 0 while it answers.
    paused_until: AtomicU64,
    fallbacks: AtomicU64,
    /// In milliseconds since `born`; 0 before the first one.
    warned_at: AtomicU64,
}

/// The least time between two warnings about a replica that stays unreachable.
const WARNINGS_APART: Duration = Duration::from_secs(60);

/// The outcome of a statement on the replica.
pub(crate) enum Judged<T> {
    /// The answer, or an error that the primary would give too.
    Final(Result<T, DbErr>),
    /// No answer.
    AskPrimary,
}

impl Replica {
    pub(crate) fn new(pool: DatabaseConnection, pause: Duration) -> Self {
        Self {
            pool,
            pause,
            born: Instant::now(),
            paused_until: AtomicU64::new(0),
            fallbacks: AtomicU64::new(0),
            warned_at: AtomicU64::new(0),
        }
    }

    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// How many statements the primary answered in its place.
    pub(crate) fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    /// Whether the next statement goes to the replica. After a pause one statement is let through, and all
    /// others go to the primary until its result is known.
    pub(crate) fn is_tried(&self) -> bool {
        let until = self.paused_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let now = self.now();
        let first = now >= until
            && self
                .paused_until
                .compare_exchange(until, now + self.pause_ms(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !first {
            self.fallbacks.fetch_add(1, Ordering::Relaxed);
        }
        first
    }

    /// Pauses or resumes the replica according to the result of a statement.
    pub(crate) fn judge<T>(&self, result: Result<T, DbErr>) -> Judged<T> {
        let unfit = match &result {
            Ok(_) => false,
            Err(error) => match kind(error) {
                Kind::Unavailable => {
                    self.paused_until.store(self.now() + self.pause_ms(), Ordering::Relaxed);
                    if self.warns_now() {
                        tracing::warn!(%error, "the replica does not answer, reading from the primary");
                    }
                    true
                }
                // The replica cancelled the statement because it stood in the way of replication.
                Kind::Conflict => true,
                Kind::Duplicate(_) | Kind::Backend => false,
            },
        };
        if unfit {
            self.fallbacks.fetch_add(1, Ordering::Relaxed);
            return Judged::AskPrimary;
        }
        if self.paused_until.load(Ordering::Relaxed) != 0 && self.paused_until.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!("the replica answers again");
        }
        Judged::Final(result)
    }

    /// Every running statement fails at once when a replica stops, and one more after each pause: one
    /// warning covers them all.
    fn warns_now(&self) -> bool {
        let (now, last) = (self.now(), self.warned_at.load(Ordering::Relaxed));
        let due = last == 0 || now - last.min(now) >= WARNINGS_APART.as_millis() as u64;
        due && self.warned_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn now(&self) -> u64 {
        // Never 0, which stands for "answers" and for "no warning yet".
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    fn pause_ms(&self) -> u64 {
        u64::try_from(self.pause.as_millis()).unwrap_or(u64::MAX / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::no_answer;

    fn replica(pause: Duration) -> Replica {
        Replica::new(DatabaseConnection::default(), pause)
    }

    #[test]
    fn a_failure_pauses_it_and_every_detour_counts() {
        let replica = replica(Duration::from_secs(60));
        assert!(replica.is_tried());
        assert!(matches!(replica.judge::<()>(Err(no_answer())), Judged::AskPrimary));
        assert!(!replica.is_tried() && !replica.is_tried());
        assert_eq!(replica.fallbacks(), 3);
    }

    #[test]
    fn one_warning_stands_for_many_failures() {
        let replica = replica(Duration::ZERO);
        assert!(replica.warns_now());
        assert!((0..100).all(|_| !replica.warns_now()));
        replica.warned_at.store(replica.now(), Ordering::Relaxed);
        let earlier = Replica { born: replica.born - 2 * WARNINGS_APART, ..replica };
        assert!(earlier.warns_now());
    }

    #[test]
    fn after_the_pause_one_statement_tries_and_an_answer_ends_it() {
        let replica = replica(Duration::from_millis(50));
        assert!(matches!(replica.judge::<()>(Err(no_answer())), Judged::AskPrimary));
        std::thread::sleep(Duration::from_millis(60));
        assert!(replica.is_tried() && !replica.is_tried());
        assert!(matches!(replica.judge(Ok(1)), Judged::Final(Ok(1))));
        assert!(replica.is_tried() && replica.is_tried());
    }

    #[test]
    fn an_error_that_the_primary_would_give_too_is_no_failure() {
        let replica = replica(Duration::from_secs(60));
        let error = DbErr::Custom("no such table".to_owned());
        assert!(matches!(replica.judge::<()>(Err(error)), Judged::Final(Err(_))));
        assert!(replica.is_tried());
        assert_eq!(replica.fallbacks(), 0);
    }
}
