//! Migrates the schema to this version, and compares the two.

use std::time::Duration;

use minsu_migrations::{Migrator, MigratorTrait, SchemaManager};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use thiserror::Error;

use crate::{
    ConnectError, StoreOptions,
    connection_quarantine::ConnectionQuarantine,
    engine::{Engine, Purpose},
    pooler::forget_statements,
};

/// The name of the lock that one migrating process holds. PostgreSQL: an arbitrary number that no
/// other application uses ("minsu" in ASCII).
const LOCK_NAME: &str = "minsu_migrations";
const LOCK_NUMBER: i64 = 0x006d_696e_7375;
/// How long to wait for another process that migrates.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// The error of a migration.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema has migrations that this version does not know.
    #[error("the schema is newer than this version: it has {}", .0.join(", "))]
    Newer(Vec<String>),
    /// Another process is migrating, and does not come to its end.
    #[error("another process is migrating the database")]
    Locked,
    /// A statement failed. SQLite is as before; PostgreSQL and MySQL have the migrations that were already applied,
    /// and the same command goes on from there. PostgreSQL has nothing of the one that failed.
    #[error("a migration failed")]
    Failed(#[source] DbErr),
}

/// How the schema compares with this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// Just right.
    Current,
    /// Migrations are pending.
    Older,
    /// There are migrations that this version does not know.
    Newer,
}

/// The migrations by name, each in the order in which it is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaStatus {
    /// Known and applied.
    pub applied: Vec<String>,
    /// Known and not applied.
    pub pending: Vec<String>,
    /// Applied by a later version.
    pub unknown: Vec<String>,
}

impl SchemaStatus {
    /// The state that the lists amount to.
    pub fn state(&self) -> SchemaState {
        if !self.unknown.is_empty() {
            SchemaState::Newer
        } else if !self.pending.is_empty() {
            SchemaState::Older
        } else {
            SchemaState::Current
        }
    }
}

/// Applies every pending migration. Any number of processes may call it at once.
///
/// # Errors
/// [`MigrateError`].
pub async fn migrate_up(url: &str) -> Result<(), MigrateError> {
    migrate(url, Direction::Up).await
}

/// Takes the newest `steps` migrations back, their data included.
///
/// # Errors
/// [`MigrateError`].
pub async fn migrate_down(url: &str, steps: u32) -> Result<(), MigrateError> {
    migrate(url, Direction::Down(steps)).await
}

/// Which migrations are applied, pending and unknown; writes nothing. (An SQLite file that is
/// missing comes into being, empty.)
///
/// # Errors
/// [`MigrateError::Connect`], [`MigrateError::Failed`].
pub async fn schema_status(url: &str) -> Result<SchemaStatus, MigrateError> {
    let (engine, pool) = open(url).await?;
    let status = match engine {
        Engine::Postgres => status_in_transaction(&pool).await,
        Engine::MySql | Engine::Sqlite => status(&SchemaManager::new(&pool)).await,
    };
    close(pool).await;
    status.map_err(MigrateError::Failed)
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down(u32),
}

async fn migrate(url: &str, direction: Direction) -> Result<(), MigrateError> {
    let (engine, pool) = open(url).await?;
    let result = match (engine, direction) {
        (Engine::MySql, _) => locked_by_session(&pool, direction).await,
        (Engine::Postgres, Direction::Up) => one_by_one(&pool).await,
        (Engine::Postgres, Direction::Down(_)) | (Engine::Sqlite, _) => {
            in_one_transaction(engine, &pool, direction, None).await.map(|_| ())
        }
    };
    close(pool).await;
    result
}

async fn open(url: &str) -> Result<(Engine, DatabaseConnection), ConnectError> {
    let engine = Engine::of(url)?;
    // The file lock of SQLite is waited for by its busy timeout.
    let options = StoreOptions { statement_timeout: LOCK_WAIT, ..StoreOptions::new(url) };
    Ok((engine, engine.connect(url, &options, Purpose::Migrate, &ConnectionQuarantine::off()).await?))
}

async fn close(pool: DatabaseConnection) {
    if let Err(error) = pool.close().await {
        tracing::warn!(%error, "a connection did not close");
    }
}

/// A transaction for each migration: readers wait for the locks of one, not for those of all until the end.
async fn one_by_one(pool: &DatabaseConnection) -> Result<(), MigrateError> {
    while in_one_transaction(Engine::Postgres, pool, Direction::Up, Some(1)).await? > 0 {}
    Ok(())
}

/// All or nothing of at most so many migrations upwards; the lock ends with the transaction. Returns how many were
/// pending.
async fn in_one_transaction(
    engine: Engine,
    pool: &DatabaseConnection,
    direction: Direction,
    at_most: Option<u32>,
) -> Result<usize, MigrateError> {
    let sqlite_transaction_mode = (engine == Engine::Sqlite).then_some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
    let transaction = pool.begin_with_options(options).await.map_err(MigrateError::Failed)?;
    if engine == Engine::Postgres {
        forget_statements(&transaction).await.map_err(MigrateError::Failed)?;
        // "The table of migrations exists already" is no news.
        let settings =
            format!("SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = {}", LOCK_WAIT.as_millis());
        transaction.execute_unprepared(&settings).await.map_err(MigrateError::Failed)?;
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK_NUMBER})");
        transaction.execute_unprepared(&lock).await.map_err(|_| MigrateError::Locked)?;
    }
    let before = status(&SchemaManager::new(&transaction)).await.map_err(MigrateError::Failed)?;
    refuse_newer(&before)?;
    match direction {
        Direction::Up => Migrator::up(&transaction, at_most).await,
        Direction::Down(steps) => Migrator::down(&transaction, Some(steps)).await,
    }
    .map_err(MigrateError::Failed)?;
    if engine == Engine::Postgres {
        forget_statements(&transaction).await.map_err(MigrateError::Failed)?;
    }
    transaction.commit().await.map_err(MigrateError::Failed)?;
    Ok(before.pending.len())
}

/// MySQL commits after every change of the schema, so the lock belongs to the session.
async fn locked_by_session(pool: &DatabaseConnection, direction: Direction) -> Result<(), MigrateError> {
    let backend = pool.get_database_backend();
    let lock = Statement::from_sql_and_values(
        backend,
        "SELECT GET_LOCK(?, ?) = 1",
        [LOCK_NAME.into(), LOCK_WAIT.as_secs().into()],
    );
    let row = pool.query_one_raw(lock).await.map_err(MigrateError::Failed)?;
    let got = row.map(|row| row.try_get_by_index::<Option<bool>>(0)).transpose().map_err(MigrateError::Failed)?;
    if got.flatten() != Some(true) {
        return Err(MigrateError::Locked);
    }
    refuse_newer(&status(&SchemaManager::new(pool)).await.map_err(MigrateError::Failed)?)?;
    match direction {
        Direction::Up => Migrator::up(pool, None).await,
        Direction::Down(steps) => Migrator::down(pool, Some(steps)).await,
    }
    .map_err(MigrateError::Failed)
    // Closing the connection gives the lock back.
}

fn refuse_newer(status: &SchemaStatus) -> Result<(), MigrateError> {
    match status.state() {
        SchemaState::Newer => Err(MigrateError::Newer(status.unknown.clone())),
        SchemaState::Older | SchemaState::Current => Ok(()),
    }
}

/// Behind a pooler every statement of a transaction reaches the same server.
async fn status_in_transaction(pool: &DatabaseConnection) -> Result<SchemaStatus, DbErr> {
    let transaction = pool.begin().await?;
    forget_statements(&transaction).await?;
    let status = status(&SchemaManager::new(&transaction)).await?;
    forget_statements(&transaction).await?;
    transaction.commit().await?;
    Ok(status)
}

async fn status(manager: &SchemaManager<'_>) -> Result<SchemaStatus, DbErr> {
    let mut recorded = minsu_migrations::recorded(manager).await?;
    let mut status = SchemaStatus::default();
    for name in minsu_migrations::names() {
        match recorded.iter().position(|version| *version == name) {
            Some(position) => status.applied.push(recorded.remove(position)),
            None => status.pending.push(name),
        }
    }
    status.unknown = recorded;
    Ok(status)
}
