//! Connection quarantine: a check of connections that return to their pool after a cancelled call.
//!
//! The pool pings every connection that comes back, and waits for the answer without a time limit
//! (sqlx issue #4349). Two kinds never answer: one to a server that vanished without closing it, and
//! on MySQL and MariaDB one whose caller was cancelled while its first statement of a kind was being
//! prepared, because the driver then takes one answer for another and waits for more. Each of them would
//! be lost to the pool until the process ends, until none is left. And a transaction whose `BEGIN` was
//! cancelled is one that no code ends.
//!
//! One case remains: a connection that is being pinged when its server vanishes comes back when the kernel
//! gives up on it.

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
    sqlx::{Connection as _, Executor as _, MySqlConnection, PgConnection, Row as _, SqliteConnection},
};
use tokio::time::{Instant, timeout};

/// How long a connection may take to answer the check.
const PATIENCE: Duration = Duration::from_secs(1);
/// For so long after a cancelled call every returning connection is checked: the connection of that call is
/// among them.
const LINGER: Duration = Duration::from_secs(10);

/// Until when returning connections are checked: [`LINGER`] after the last call to the database that was
/// cancelled or timed out.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionQuarantine {
    created: Instant,
    /// In milliseconds since `created`; 0 before the first one.
    until: Arc<AtomicU64>,
}

impl ConnectionQuarantine {
    pub(crate) fn off() -> Self {
        Self { created: Instant::now(), until: Arc::default() }
    }

    /// Whether connections are being checked.
    fn is_on(&self) -> bool {
        self.now() < self.until.load(Ordering::Acquire)
    }

    fn start(&self) {
        self.until.fetch_max(self.now() + to_millis(LINGER), Ordering::AcqRel);
    }

    fn now(&self) -> u64 {
        to_millis(self.created.elapsed())
    }

    /// The result of the work, `None` when it takes longer than `limit`. The quarantine starts before the work
    /// is dropped, so that it is on when the connection returns to its pool.
    pub(crate) async fn unless_answered<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(timeout(limit, work));
        // After the work: variables are dropped in reverse order of declaration.
        let guard = QuarantineGuard(Some(self));
        let answer = work.as_mut().await.ok();
        if answer.is_some() {
            guard.disarm();
        }
        answer
    }

    /// Whether a connection to PostgreSQL may be used by others.
    ///
    /// # Errors
    /// It did not answer in time, or with an error: it is to be closed without a message to the server.
    pub(crate) async fn is_fit_postgres(&self, connection: &mut PgConnection) -> Result<bool, SqlxError> {
        if !self.is_on() {
            return Ok(true);
        }
        // The two differ inside an open transaction. A rollback where there is none would
        // fill the log of the server with warnings.
        let is_outside = "SELECT transaction_timestamp() = statement_timestamp()";
        in_time(async { connection.fetch_one(is_outside).await?.try_get(0) }).await
    }

    /// The same for MySQL and MariaDB.
    ///
    /// # Errors
    /// As for PostgreSQL.
    pub(crate) async fn is_fit_mysql(&self, connection: &mut MySqlConnection) -> Result<bool, SqlxError> {
        if !self.is_on() {
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

/// Whether a connection to SQLite may be used by others: whether it is outside of any transaction. Where the disk is
/// full, SQLite rolls back by itself, and the driver's own rollback fails; the driver counts the transaction as open
/// from then on, so that each later one becomes a savepoint that no commit makes last.
///
/// # Errors
/// The connection is closed.
pub(crate) async fn is_fit_sqlite(connection: &mut SqliteConnection) -> Result<bool, SqlxError> {
    if connection.is_in_transaction() {
        // The rollback of a transaction that was dropped may still be queued; this comes behind it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Starts the quarantine when dropped, unless it was disarmed.
struct QuarantineGuard<'a>(Option<&'a ConnectionQuarantine>);

impl QuarantineGuard<'_> {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for QuarantineGuard<'_> {
    fn drop(&mut self) {
        if let Some(quarantine) = self.0 {
            quarantine.start();
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
    use std::future::pending;

    use minsu_ports::UnitOfWork as _;
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

    use super::*;
    use crate::{SqlStore, StoreOptions, migrate_up};

    const LIMIT: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn an_answer_starts_no_quarantine() {
        let quarantine = ConnectionQuarantine::off();
        assert_eq!(quarantine.unless_answered(LIMIT, async { 5 }).await, Some(5));
        assert!(!quarantine.is_on());
    }

    /// SQLite ends a transaction by itself, as it does where the disk is full; what is committed afterwards is there
    /// for other connections, and no lock is left.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_holds_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/site.sqlite3", folder.path().display());
        migrate_up(&url).await.unwrap();
        let store = SqlStore::connect(&StoreOptions::new(url.clone())).await.unwrap();
        let run = async |sql: &str| {
            let session = store.transaction().await.unwrap();
            let done = session.db.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await;
            if done.is_ok() {
                Box::new(session).commit().await.unwrap();
            }
            done.is_ok()
        };
        for _ in 0..3 {
            assert!(!run("INSERT OR ROLLBACK INTO areas (id, name) VALUES (1, 'x')").await);
        }
        assert!(run("UPDATE areas SET name = '新区' WHERE id = 1").await);
        let other = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
        let select = Statement::from_string(DbBackend::Sqlite, "SELECT name FROM areas WHERE id = 1");
        let row = other.reading().db.query_one_raw(select).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "新区");
        other.transaction().await.map(drop).unwrap();
    }

    #[tokio::test]
    async fn a_timeout_starts_the_quarantine() {
        let quarantine = ConnectionQuarantine::off();
        assert_eq!(quarantine.unless_answered(LIMIT, pending::<()>()).await, None);
        assert!(quarantine.is_on());
    }

    /// The connection goes back while the work is dropped.
    #[tokio::test]
    async fn the_quarantine_is_on_before_the_work_is_dropped() {
        struct GoesBack(ConnectionQuarantine);
        impl Drop for GoesBack {
            fn drop(&mut self) {
                assert!(self.0.is_on());
            }
        }
        let quarantine = ConnectionQuarantine::off();
        let connection = GoesBack(quarantine.clone());
        let work = async move {
            let _connection = connection;
            pending::<()>().await;
        };
        let call = quarantine.unless_answered(Duration::from_secs(60), work);
        assert!(timeout(LIMIT, call).await.is_err());
        assert!(quarantine.is_on());
    }
}
