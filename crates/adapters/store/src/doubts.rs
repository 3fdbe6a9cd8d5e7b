//! Connections that go back to their pool after something was broken off.
//!
//! The pool asks every connection that comes back whether it still answers, and waits for that without
//! an end (sqlx issue #4349). Two kinds never answer: one to a server that vanished without a word, and
//! on MySQL and MariaDB one whose caller went away while its first statement of a kind was being
//! prepared, because the driver then takes one answer for another and waits for more. Each of them would
//! be lost to the pool until the process ends, and some of them are all there are. And a transaction
//! whose beginning was broken off is one that nobody ends.
//!
//! What cannot be helped here: a connection that is just being asked when its server vanishes comes back
//! when the kernel gives up on it.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    SqlxError,
    sqlx::{Connection as _, Executor as _, MySqlConnection, PgConnection, Row as _},
};
use tokio::time::{Instant, timeout};

/// How long a connection may take to show that it is fit for others.
const PATIENCE: Duration = Duration::from_secs(1);
/// For so long after a call was broken off every connection that comes back is looked at: the one of
/// that call is among them.
const LINGER: Duration = Duration::from_secs(10);

/// When a call to the database last ended without its answer, because its caller went away or its time
/// was over.
#[derive(Debug, Clone)]
pub(crate) struct Doubts {
    born: Instant,
    /// In milliseconds since `born`; 0 before the first one.
    until: Arc<AtomicU64>,
}

impl Doubts {
    pub(crate) fn none() -> Self {
        Self { born: Instant::now(), until: Arc::default() }
    }

    /// Whether there was one lately.
    fn linger(&self) -> bool {
        self.now() < self.until.load(Ordering::Acquire)
    }

    fn arise(&self) {
        self.until.fetch_max(self.now() + to_millis(LINGER), Ordering::AcqRel);
    }

    fn now(&self) -> u64 {
        to_millis(self.born.elapsed())
    }

    /// What the work comes to within `limit`, `None` when it takes longer. There are doubts from before
    /// it is broken off, so that they are there when its connection comes back.
    pub(crate) async fn unless_answered<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(timeout(limit, work));
        // Behind the work, because what is declared last goes first.
        let doubt = Doubt(Some(self));
        let answer = work.as_mut().await.ok();
        if answer.is_some() {
            doubt.settle();
        }
        answer
    }

    /// Whether a connection to PostgreSQL may be used by others.
    ///
    /// # Errors
    /// It did not answer in time, or not as it should: it is to be closed without a farewell.
    pub(crate) async fn is_fit_postgres(&self, connection: &mut PgConnection) -> Result<bool, SqlxError> {
        if !self.linger() {
            return Ok(true);
        }
        // The two differ in a transaction that somebody began. To roll back where there is none would
        // fill the log of the server with warnings.
        let is_outside = "SELECT transaction_timestamp() = statement_timestamp()";
        in_time(async { connection.fetch_one(is_outside).await?.try_get(0) }).await
    }

    /// The same for MySQL and MariaDB.
    ///
    /// # Errors
    /// As for PostgreSQL.
    pub(crate) async fn is_fit_mysql(&self, connection: &mut MySqlConnection) -> Result<bool, SqlxError> {
        if !self.linger() {
            return Ok(true);
        }
        let ended = async {
            connection.execute("ROLLBACK").await?;
            // A left-over answer would have been taken for that of the rollback.
            connection.ping().await.map(|()| true)
        };
        in_time(ended).await
    }
}

/// Arises unless it is settled.
struct Doubt<'a>(Option<&'a Doubts>);

impl Doubt<'_> {
    fn settle(mut self) {
        self.0 = None;
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if let Some(doubts) = self.0 {
            doubts.arise();
        }
    }
}

async fn in_time(work: impl Future<Output = Result<bool, SqlxError>>) -> Result<bool, SqlxError> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(SqlxError::Io(std::io::ErrorKind::TimedOut.into())))
}

fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    const LIMIT: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn an_answer_leaves_no_doubt() {
        let doubts = Doubts::none();
        assert_eq!(doubts.unless_answered(LIMIT, async { 5 }).await, Some(5));
        assert!(!doubts.linger());
    }

    #[tokio::test]
    async fn what_takes_too_long_is_doubtful() {
        let doubts = Doubts::none();
        assert_eq!(doubts.unless_answered(LIMIT, pending::<()>()).await, None);
        assert!(doubts.linger());
    }

    /// The connection goes back while the work is dropped.
    #[tokio::test]
    async fn there_are_doubts_before_the_work_is_dropped() {
        struct GoesBack(Doubts);
        impl Drop for GoesBack {
            fn drop(&mut self) {
                assert!(self.0.linger());
            }
        }
        let doubts = Doubts::none();
        let connection = GoesBack(doubts.clone());
        let work = async move {
            let _connection = connection;
            pending::<()>().await;
        };
        let call = doubts.unless_answered(Duration::from_secs(60), work);
        assert!(timeout(LIMIT, call).await.is_err());
        assert!(doubts.linger());
    }
}
