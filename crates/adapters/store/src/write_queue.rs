//! The queue for the right to write: SQLite has one writer, of this process or of another one.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, TransactionOptions};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{StoreOptions, errors::is_busy, executor::Watch};

/// How long SQLite itself waits for the lock of another process before the queue tries again. SQLite waits longer after
/// each try, up to 100 ms, while the other process holds the lock for one: with its own waits two processes leave a
/// file idle for most of the time.
pub(crate) const RETRY: Duration = Duration::from_millis(1);

/// Callers that wait for the write lock of one file, in the order in which they came.
#[derive(Debug)]
pub(crate) struct WriteQueue {
    first: Mutex<()>,
    /// The longest wait for a turn.
    turn: Duration,
    /// The longest wait for a lock that another process holds.
    lock: Duration,
}

impl WriteQueue {
    pub(crate) fn new(options: &StoreOptions) -> Arc<Self> {
        Arc::new(Self { first: Mutex::new(()), turn: options.acquire_timeout, lock: options.statement_timeout })
    }

    /// Begins a transaction that holds the write lock.
    ///
    /// # Errors
    /// `Unavailable` where the turn does not come in time, or another process does not release the
    /// lock in time: to begin again would only wait again.
    pub(crate) async fn begin(
        &self,
        watch: &Watch,
        pool: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let turn = timeout(self.turn, self.first.lock()).await;
        let _turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let mut refused = None;
        loop {
            match watch.begin(pool, options).await {
                Err(error) if is_busy(&error) => {
                    if refused.get_or_insert_with(Instant::now).elapsed() >= self.lock {
                        return Err(held());
                    }
                }
                result => return result,
            }
        }
    }
}

fn held() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("another process holds the write lock".to_owned()))
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use minsu_ports::{Store as _, StoreError, UnitOfWork as _};
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

    use super::*;
    use crate::{SqlStore, migrate_up};

    async fn two_processes(statement: Duration) -> (SqlStore, SqlStore, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/site.sqlite3", folder.path().display());
        migrate_up(&url).await.unwrap();
        let options = StoreOptions { statement_timeout: statement, ..StoreOptions::new(url) };
        (SqlStore::connect(&options).await.unwrap(), SqlStore::connect(&options).await.unwrap(), folder)
    }

    async fn add(store: &SqlStore, count: usize) {
        for _ in 0..count {
            let session = store.transaction().await.unwrap();
            let sql = "UPDATE areas SET name = CAST(CAST(name AS INTEGER) + 1 AS TEXT) WHERE id = 1";
            session.db.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
            Box::new(session).commit().await.unwrap();
        }
    }

    /// No try is lost, and none takes the lock of another.
    #[tokio::test]
    async fn writers_of_two_processes_wait_for_each_other() {
        let (one, other, _folder) = two_processes(Duration::from_secs(20)).await;
        let reset = one.transaction().await.unwrap();
        let sql = "UPDATE areas SET name = '0' WHERE id = 1";
        reset.db.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        Box::new(reset).commit().await.unwrap();
        join_all((0..8).map(|index| add(if index % 2 == 0 { &one } else { &other }, 25))).await;
        let select = Statement::from_string(DbBackend::Sqlite, "SELECT name FROM areas WHERE id = 1");
        let row = one.reading().db.query_one_raw(select).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "200");
    }

    #[tokio::test]
    async fn a_lock_that_another_process_keeps_ends_the_wait() {
        let (one, other, _folder) = two_processes(Duration::from_millis(50)).await;
        let held = one.transaction().await.unwrap();
        assert!(matches!(other.begin().await.err(), Some(StoreError::Unavailable(_))));
        assert!(matches!(other.check_writes().await, Err(StoreError::Unavailable(_))));
        drop(held);
        other.check_writes().await.unwrap();
    }
}
