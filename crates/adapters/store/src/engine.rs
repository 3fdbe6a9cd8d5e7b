//! The engines: which one a URL means, and how its connections are set up.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection,
    sqlx::{
        AssertSqlSafe, Executor as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use tokio::time::{Instant, sleep};

use crate::{
    ConnectError, Pooler, StoreOptions,
    connection_quarantine::{self, ConnectionQuarantine},
    errors::is_busy,
    write_queue::RETRY,
};

/// The pause before a busy file is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    MySql,
}

/// What a pool is for. Only SQLite tells them apart: it has one writer at a time, and a queue for
/// one connection is fair and cheap where polling for a file lock is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
    /// One connection without a limit on statements, which keeps its session for its whole life.
    Migrate,
}

impl Engine {
    /// The engine of a URL.
    pub(crate) fn of(url: &str) -> Result<Self, ConnectError> {
        let engine = match url.split_once("://") {
            Some(("sqlite", _)) => Self::Sqlite,
            Some(("postgres" | "postgresql", _)) => Self::Postgres,
            Some(("mysql", _)) => Self::MySql,
            _ if url.starts_with("sqlite:") => Self::Sqlite,
            _ => return Err(ConnectError::UnknownScheme),
        };
        // The drivers print a URL that they cannot read, password included.
        if url::Url::parse(url).is_err() {
            return Err(ConnectError::MalformedUrl);
        }
        if engine == Self::Sqlite && (url.contains(":memory:") || url.contains("mode=memory")) {
            return Err(ConnectError::InMemory);
        }
        Ok(engine)
    }

    /// Opens a pool and checks that the database answers.
    pub(crate) async fn connect(
        self,
        url: &str,
        options: &StoreOptions,
        purpose: Purpose,
        quarantine: &ConnectionQuarantine,
    ) -> Result<DatabaseConnection, ConnectError> {
        if self == Self::Sqlite {
            create_privately(url);
        }
        let begun = Instant::now();
        loop {
            match Database::connect(self.pool(url, options, purpose, quarantine)).await {
                // SQLite does not wait for a lock while a new file changes to WAL.
                Err(error) if is_busy(&error) && begun.elapsed() < options.acquire_timeout => sleep(AGAIN).await,
                result => return result.map_err(ConnectError::Unreachable),
            }
        }
    }

    /// Makes a pool for searches, which connects when it is first used.
    pub(crate) async fn connect_for_search(
        self,
        url: &str,
        options: &StoreOptions,
        quarantine: &ConnectionQuarantine,
    ) -> Result<DatabaseConnection, ConnectError> {
        let mut pool = self.pool(url, options, Purpose::Read, quarantine);
        pool.connect_lazy(true);
        Database::connect(pool).await.map_err(ConnectError::Unreachable)
    }

    /// Makes a pool for a replica, which connects when it is first used and gives up soon: the
    /// primary can answer as well.
    pub(crate) async fn connect_replica(
        self,
        url: &str,
        options: &StoreOptions,
        quarantine: &ConnectionQuarantine,
    ) -> Result<DatabaseConnection, ConnectError> {
        let mut pool = self.pool(url, options, Purpose::Read, quarantine);
        pool.connect_lazy(true).acquire_timeout(options.acquire_timeout.min(Duration::from_millis(500)));
        Database::connect(pool).await.map_err(ConnectError::Unreachable)
    }

    fn pool(
        self,
        url: &str,
        options: &StoreOptions,
        purpose: Purpose,
        quarantine: &ConnectionQuarantine,
    ) -> ConnectOptions {
        let mut pool = ConnectOptions::new(url);
        pool.max_connections(match (self, purpose) {
            (_, Purpose::Migrate) | (Self::Sqlite, Purpose::Write) => 1,
            _ => options.max_connections.max(1),
        })
        .acquire_timeout(options.acquire_timeout)
        // Statements are watched by the executor, without their values.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        // A connection in steady use is not asked before each use whether it is alive.
        .test_before_acquire_if_idle_for(Duration::from_secs(5));
        if purpose == Purpose::Migrate {
            pool.idle_timeout(None).max_lifetime(None);
        }
        match self {
            Self::Sqlite => sqlite(&mut pool, options.statement_timeout, purpose),
            Self::Postgres => postgres(&mut pool, options, purpose, quarantine.clone()),
            Self::MySql => mysql(&mut pool, options.statement_timeout, purpose, quarantine.clone()),
        }
        pool
    }
}

/// A database of people's data is readable by its owner alone, whatever the umask of the process;
/// SQLite gives the files that it keeps next to it the same rights. Where this cannot be done, opening says why.
#[cfg(unix)]
fn create_privately(url: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Ok(options) = url.parse::<SqliteConnectOptions>() {
        let file = options.get_filename();
        // It may be there already, or its folder may not.
        let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    }
}

#[cfg(not(unix))]
fn create_privately(_: &str) {}

fn sqlite(pool: &mut ConnectOptions, busy: Duration, purpose: Purpose) {
    pool.test_before_acquire(false).idle_timeout(None).max_lifetime(None).map_sqlx_sqlite_opts(move |file| {
        let busy = if purpose == Purpose::Write { RETRY } else { busy };
        let file = file
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A committed transaction is in the kernel's buffers: it survives the death of this process.
            // The last commits before a power failure may be lost, never the database.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(busy);
        match purpose {
            Purpose::Read => file.pragma("query_only", "ON"),
            // The one connection that writes meets the same pages again and again.
            Purpose::Write => file.pragma("cache_size", "-16000"),
            Purpose::Migrate => file,
        }
    });
    pool.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(connection_quarantine::is_fit_sqlite(connection)))
    });
}

fn postgres(pool: &mut ConnectOptions, options: &StoreOptions, purpose: Purpose, quarantine: ConnectionQuarantine) {
    pool.set_application_name("minsu");
    if purpose == Purpose::Migrate {
        // With or without a pooler in between, these connection options work; the settings follow in the transaction.
        Pooler::Transaction.prepare(pool, options.statement_timeout);
        return;
    }
    options.pooler.prepare(pool, options.statement_timeout);
    let greeting = options.pooler.greeting(options.statement_timeout);
    pool.map_sqlx_postgres_pool_opts(move |pool| {
        let (quarantine, greeting) = (quarantine.clone(), greeting.clone());
        let pool = pool.after_release(move |connection, _| {
            let quarantine = quarantine.clone();
            Box::pin(async move { quarantine.is_fit_postgres(connection).await })
        });
        let Some(greeting) = greeting else { return pool };
        pool.after_connect(move |connection, _| {
            let greeting = AssertSqlSafe(greeting.clone());
            Box::pin(async move { connection.execute(greeting).await.map(|_| ()) })
        })
    });
}

fn mysql(pool: &mut ConnectOptions, statement: Duration, purpose: Purpose, quarantine: ConnectionQuarantine) {
    if purpose == Purpose::Migrate {
        return;
    }
    pool.map_sqlx_mysql_pool_opts(move |pool| {
        let quarantine = quarantine.clone();
        let pool = pool.after_release(move |connection, _| {
            let quarantine = quarantine.clone();
            Box::pin(async move { quarantine.is_fit_mysql(connection).await })
        });
        pool.after_connect(move |connection, _| {
            // MariaDB limits every statement, in seconds; MySQL only reads, in milliseconds. Each
            // takes the other's part for a comment. The search probes one house after the
            // other in the order of the list and stops at the end of its page; both optimizers would rather
            // copy every occupied day of all houses first, or begin with every house of a common
            // word and sort them.
            let settings = format!(
                "SET SESSION optimizer_switch = 'materialization=off,semijoin=off', innodb_lock_wait_timeout = {} \
                 /*M! , max_statement_time = {} */ /*!50708 , max_execution_time = {} */",
                statement.as_secs().max(1),
                statement.as_secs_f64(),
                statement.as_millis(),
            );
            Box::pin(async move {
                connection.execute(AssertSqlSafe(settings)).await?;
                // Without the gaps between rows being locked, bookings deadlock less.
                connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                Ok(())
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides() {
        assert_eq!(Engine::of("sqlite://data/minsu.db").unwrap(), Engine::Sqlite);
        assert_eq!(Engine::of("postgres://u@h/d").unwrap(), Engine::Postgres);
        assert_eq!(Engine::of("postgresql://u@h/d").unwrap(), Engine::Postgres);
        assert_eq!(Engine::of("mysql://u@h/d").unwrap(), Engine::MySql);
        assert!(matches!(Engine::of("redis://h"), Err(ConnectError::UnknownScheme)));
        assert!(matches!(Engine::of(""), Err(ConnectError::UnknownScheme)));
        assert!(matches!(Engine::of("mysql://u:geheim@h:port/d"), Err(ConnectError::MalformedUrl)));
        assert!(matches!(Engine::of("sqlite::memory:"), Err(ConnectError::InMemory)));
        assert!(matches!(Engine::of("sqlite://:memory:"), Err(ConnectError::MalformedUrl | ConnectError::InMemory)));
    }
}
