//! The store: its pools, and the sessions on them.

use std::sync::Arc;

use async_trait::async_trait;
use minsu_ports::{Session, Store, StoreError, UnitOfWork};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions};

use crate::{
    ConnectError, Pooler, StoreOptions,
    connection_quarantine::ConnectionQuarantine,
    deadlines::{GRACE, REPLICA_PAUSE},
    engine::{Engine, Purpose},
    errors::failed,
    executor::{Executor, Watch},
    replica::Replica,
    search_side::{SearchSide, connections},
    session::SqlSession,
    write_queue::WriteQueue,
};

/// A write of no row: refused where writes are, with nothing to flush or to replicate.
const NO_WRITE: &str = "UPDATE users SET name = name WHERE id = 0";

/// The pools of the engines are of different types with the same methods.
macro_rules! count {
    ($pool:expr) => {{
        let pool = $pool;
        let open = u64::from(pool.size());
        // The two numbers are read one after the other.
        let idle = u64::try_from(pool.num_idle()).unwrap_or(open).min(open);
        Connections { open, idle }
    }};
}

/// Counters since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreCounts {
    /// Statements sent, without those that begin and end transactions.
    pub statements: u64,
    /// Statements that got no answer and no connection in time, or were broken off by a database
    /// that went away.
    pub without_answer: u64,
    /// Statements that the primary answered because the replica did not.
    pub replica_fallbacks: u64,
}

/// A database of one of the three engines.
pub struct SqlStore {
    engine: Engine,
    options: StoreOptions,
    pub(crate) readers: DatabaseConnection,
    pub(crate) writers: DatabaseConnection,
    replica: Option<Arc<Replica>>,
    search: SearchSide,
    pub(crate) watch: Arc<Watch>,
    /// SQLite alone has one.
    write_queue: Option<Arc<WriteQueue>>,
}

impl SqlStore {
    /// Opens the database and checks that it answers; a replica need not answer yet. SQLite: the
    /// file is created if it is missing, its folder is not. The schema is looked at by [`crate::schema_status`].
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(options: &StoreOptions) -> Result<Self, ConnectError> {
        let engine = Engine::of(&options.url)?;
        let quarantine = ConnectionQuarantine::off();
        let replica = match &options.replica_url {
            None => None,
            Some(url) if engine != Engine::Sqlite && Engine::of(url)? == engine => {
                Some(Arc::new(Replica::new(engine.connect_replica(url, options, &quarantine).await?, REPLICA_PAUSE)))
            }
            Some(_) => return Err(ConnectError::ReplicaEngine),
        };
        let search = SearchSide::new(engine, options).await?;
        let others = StoreOptions { max_connections: connections(options.max_connections).0, ..options.clone() };
        let writers = engine.connect(&options.url, &others, Purpose::Write, &quarantine).await?;
        let readers = match engine {
            Engine::Sqlite => engine.connect(&options.url, &others, Purpose::Read, &quarantine).await?,
            Engine::Postgres | Engine::MySql => writers.clone(),
        };
        // On a pool a statement first waits for its connection.
        let deadline = options.acquire_timeout + options.statement_timeout + GRACE;
        let pooler = if engine == Engine::Postgres { options.pooler } else { Pooler::None };
        let watch = Arc::new(Watch::new(deadline, quarantine, pooler.prelude(options.statement_timeout)));
        let write_queue = (engine == Engine::Sqlite).then(|| WriteQueue::new(options));
        Ok(Self { engine, options: options.clone(), readers, writers, replica, search, watch, write_queue })
    }

    /// One more connection, without a limit on the time of a statement.
    pub(crate) async fn unhurried(&self) -> Result<DatabaseConnection, StoreError> {
        let quarantine = ConnectionQuarantine::off();
        let connected = self.engine.connect(&self.options.url, &self.options, Purpose::Migrate, &quarantine).await;
        connected.map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    /// The counters so far.
    pub fn counts(&self) -> StoreCounts {
        StoreCounts {
            statements: self.watch.statements() + self.search.watch.statements(),
            without_answer: self.watch.without_answer() + self.search.watch.without_answer(),
            replica_fallbacks: self.replica.as_ref().map_or(0, |replica| replica.fallbacks()) + self.search.fallbacks(),
        }
    }

    /// What searches read with, for tests of its limits.
    #[cfg(test)]
    pub(crate) fn search_executor(&self) -> Executor {
        self.search.executor()
    }

    /// How many connections are open to the primary, and how many of them are idle.
    pub fn connections(&self) -> Connections {
        let of = |pool: &DatabaseConnection| match self.engine {
            Engine::Sqlite => count!(pool.get_sqlite_connection_pool()),
            Engine::Postgres => count!(pool.get_postgres_connection_pool()),
            Engine::MySql => count!(pool.get_mysql_connection_pool()),
        };
        let (readers, writers, searchers) = (of(&self.readers), of(&self.writers), of(&self.search.pool));
        let both = |one: Connections, other: Connections| Connections {
            open: one.open + other.open,
            idle: one.idle + other.idle,
        };
        match self.engine {
            // Readers and the one writer are pools of their own.
            Engine::Sqlite => both(both(readers, writers), searchers),
            Engine::Postgres | Engine::MySql => both(writers, searchers),
        }
    }

    /// A session on the primary that reads.
    pub(crate) fn reading(&self) -> SqlSession {
        SqlSession { db: Executor::reading(self.readers.clone(), Arc::clone(&self.watch)) }
    }

    /// A session in a transaction that has just begun.
    pub(crate) async fn transaction(&self) -> Result<SqlSession, StoreError> {
        let transaction = self.begin_writing().await?;
        Ok(SqlSession { db: Executor::within(transaction, Arc::clone(&self.watch)) })
    }

    /// A transaction that has just begun.
    pub(crate) async fn begin_writing(&self) -> Result<DatabaseTransaction, StoreError> {
        let (pool, queue, watch) = (self.writers.clone(), self.write_queue.clone(), Arc::clone(&self.watch));
        // SQLite: a transaction that begins by reading cannot always become a writer later.
        let sqlite_transaction_mode = queue.as_ref().map(|_| SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let begin = async move {
            match queue {
                Some(queue) => watch.in_time(queue.begin(&watch, &pool, options)).await,
                None => watch.in_time(watch.begin(&pool, options)).await,
            }
        };
        // A task of its own, because the caller may be dropped at any time: a connection that was
        // just about to begin would go back to the pool inside a transaction that is never ended.
        match tokio::spawn(begin).await {
            Ok(result) => result.map_err(failed),
            Err(panicked) => Err(StoreError::Backend(Box::new(panicked))),
        }
    }

    /// Closes every connection; waits for those in use.
    pub async fn close(&self) {
        let replica = self.replica.as_ref().map(|replica| replica.pool());
        for pool in [&self.readers, &self.writers].into_iter().chain(replica) {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a connection did not close");
            }
        }
        self.search.close().await;
    }
}

/// The numbers of connections of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Connections {
    /// Open ones.
    pub open: u64,
    /// Idle ones among them.
    pub idle: u64,
}

#[async_trait]
impl Store for SqlStore {
    async fn read(&self) -> Result<Box<dyn Session>, StoreError> {
        let (primary, watch) = (self.readers.clone(), Arc::clone(&self.watch));
        let db = match &self.replica {
            Some(replica) => Executor::reading_replica(Arc::clone(replica), primary, watch),
            None => Executor::reading(primary, watch),
        };
        Ok(Box::new(SqlSession { db }))
    }

    async fn read_for_search(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(SqlSession { db: self.search.executor() }))
    }

    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(self.reading()))
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.transaction().await?))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.watch.in_time(self.writers.ping()).await.map_err(failed)
    }

    async fn check_writes(&self) -> Result<(), StoreError> {
        let session = self.transaction().await?;
        session.db.execute_unprepared(NO_WRITE).await.map_err(failed)?;
        Box::new(session).commit().await
    }
}
