//! A copy of the database to read from, and when not to.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use sea_orm::{DatabaseConnection, DbErr};

use crate::errors::{Kind, kind};

/// How long a replica that failed is left alone before one statement tries it again.
const PAUSE: Duration = Duration::from_secs(5);

/// A replica with a memory of its failures.
pub(crate) struct Replica {
    pool: DatabaseConnection,
    born: Instant,
    /// In milliseconds since `born`; 0 while it answers.
    paused_until: AtomicU64,
    fallbacks: AtomicU64,
}

/// What became of a statement on the replica.
pub(crate) enum Judged<T> {
    /// The answer, or an error that the primary would give too.
    Final(Result<T, DbErr>),
    /// No answer.
    AskPrimary,
}

impl Replica {
    pub(crate) fn new(pool: DatabaseConnection) -> Self {
        Self { pool, born: Instant::now(), paused_until: AtomicU64::new(0), fallbacks: AtomicU64::new(0) }
    }

    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// How many statements the primary answered in its place.
    pub(crate) fn fallbacks(&self) -> u64 {
        self.fallbacks.load(Ordering::Relaxed)
    }

    /// Whether the next statement goes there. After a pause one statement is let through, and all
    /// others wait for what becomes of it.
    pub(crate) fn is_tried(&self) -> bool {
        let until = self.paused_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let now = self.now();
        let first = now >= until
            && self
                .paused_until
                .compare_exchange(until, now + PAUSE.as_secs() * 1000, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !first {
            self.fallbacks.fetch_add(1, Ordering::Relaxed);
        }
        first
    }

    /// Learns from what became of a statement.
    pub(crate) fn judge<T>(&self, result: Result<T, DbErr>) -> Judged<T> {
        let unfit = match &result {
            Ok(_) => false,
            Err(error) => match kind(error) {
                Kind::Unavailable => {
                    self.paused_until.store(self.now() + PAUSE.as_secs() * 1000, Ordering::Relaxed);
                    tracing::warn!(%error, "the replica does not answer, reading from the primary");
                    true
                }
                // Replaying the primary's changes had to break the statement off.
                Kind::Conflict => true,
                Kind::Duplicate(_) | Kind::Backend => false,
            },
        };
        if unfit {
            self.fallbacks.fetch_add(1, Ordering::Relaxed);
            return Judged::AskPrimary;
        }
        if self.paused_until.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!("the replica answers again");
        }
        Judged::Final(result)
    }

    fn now(&self) -> u64 {
        // Never 0, which means something else.
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }
}
