//! The store: its pools, and how sessions come out of them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minsu_ports::{Session, Store, StoreError, UnitOfWork};
use sea_orm::{DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::{
    ConnectError, StoreOptions,
    doubts::Doubts,
    engine::{Engine, Purpose},
    errors::failed,
    executor::{Executor, Watch},
    replica::Replica,
    session::SqlSession,
};

/// How much longer than the database itself anybody waits for its answer.
const GRACE: Duration = Duration::from_secs(1);
/// How long a replica that failed is left alone.
const REPLICA_PAUSE: Duration = Duration::from_secs(5);

/// The pools of the engines are of different types with the same names inside.
macro_rules! count {
    ($pool:expr) => {{
        let pool = $pool;
        let open = u64::from(pool.size());
        // The two figures are read one after the other.
        let idle = u64::try_from(pool.num_idle()).unwrap_or(open).min(open);
        Connections { open, idle }
    }};
}

/// What a store did since it was opened.
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
    pub(crate) watch: Arc<Watch>,
}

impl SqlStore {
    /// Opens the database and checks that it answers; a replica need not answer yet. SQLite: the
    /// file is created if it is missing, its folder is not. The schema is looked at by [`crate::schema_status`].
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(options: &StoreOptions) -> Result<Self, ConnectError> {
        let engine = Engine::of(&options.url)?;
        let doubts = Doubts::none();
        let replica = match &options.replica_url {
            None => None,
            Some(url) if engine != Engine::Sqlite && Engine::of(url)? == engine => {
                Some(Arc::new(Replica::new(engine.connect_replica(url, options, &doubts).await?, REPLICA_PAUSE)))
            }
            Some(_) => return Err(ConnectError::ReplicaEngine),
        };
        let writers = engine.connect(&options.url, options, Purpose::Write, &doubts).await?;
        let readers = match engine {
            Engine::Sqlite => engine.connect(&options.url, options, Purpose::Read, &doubts).await?,
            Engine::Postgres | Engine::MySql => writers.clone(),
        };
        // On a pool a statement first waits for its connection.
        let watch = Arc::new(Watch::new(options.acquire_timeout + options.statement_timeout + GRACE, doubts));
        Ok(Self { engine, options: options.clone(), readers, writers, replica, watch })
    }

    /// One more connection, whose statements may take their time.
    pub(crate) async fn unhurried(&self) -> Result<DatabaseConnection, StoreError> {
        let doubts = Doubts::none();
        let connected = self.engine.connect(&self.options.url, &self.options, Purpose::Migrate, &doubts).await;
        connected.map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    /// What it did so far.
    pub fn counts(&self) -> StoreCounts {
        StoreCounts {
            statements: self.watch.statements(),
            without_answer: self.watch.without_answer(),
            replica_fallbacks: self.replica.as_ref().map_or(0, |replica| replica.fallbacks()),
        }
    }

    /// How many connections are open to the primary, and how many of them nobody uses just now.
    pub fn connections(&self) -> Connections {
        let of = |pool: &DatabaseConnection| match self.engine {
            Engine::Sqlite => count!(pool.get_sqlite_connection_pool()),
            Engine::Postgres => count!(pool.get_postgres_connection_pool()),
            Engine::MySql => count!(pool.get_mysql_connection_pool()),
        };
        let (readers, writers) = (of(&self.readers), of(&self.writers));
        match self.engine {
            // Readers and the one writer are pools of their own.
            Engine::Sqlite => Connections { open: readers.open + writers.open, idle: readers.idle + writers.idle },
            Engine::Postgres | Engine::MySql => writers,
        }
    }

    /// Closes every connection; waits for those in use.
    pub async fn close(self) {
        let replica = self.replica.as_ref().map(|replica| replica.pool());
        for pool in [&self.readers, &self.writers].into_iter().chain(replica) {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a connection did not close");
            }
        }
    }
}

/// The connections of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Connections {
    /// Open ones.
    pub open: u64,
    /// Those of them that wait to be used.
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

    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError> {
        let db = Executor::reading(self.readers.clone(), Arc::clone(&self.watch));
        Ok(Box::new(SqlSession { db }))
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let pool = self.writers.clone();
        // SQLite: a transaction that begins by reading cannot always become a writer later.
        let sqlite_transaction_mode = (self.engine == Engine::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        // A task of its own, because the caller may be dropped at any time: a connection that was
        // just about to begin would go back to the pool inside a transaction that nobody ends.
        let watch = Arc::clone(&self.watch);
        let begun = tokio::spawn(async move { watch.in_time(pool.begin_with_options(options)).await });
        let transaction = match begun.await {
            Ok(result) => result.map_err(failed)?,
            Err(panicked) => return Err(StoreError::Backend(Box::new(panicked))),
        };
        Ok(Box::new(SqlSession { db: Executor::within(transaction, Arc::clone(&self.watch)) }))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.watch.in_time(self.writers.ping()).await.map_err(failed)
    }
}
