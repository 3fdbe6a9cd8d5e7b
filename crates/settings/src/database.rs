//! The section `[database]`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Scheme, ServiceUrl};

/// The database engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseEngine {
    /// A file on this machine.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// A MySQL or MariaDB server.
    MySql,
}

impl Scheme for DatabaseEngine {
    const ALL: &'static [(&'static str, Self)] = &[
        ("sqlite", Self::Sqlite),
        ("postgres", Self::Postgres),
        ("postgresql", Self::Postgres),
        ("mysql", Self::MySql),
    ];

    fn is_local(self) -> bool {
        self == Self::Sqlite
    }
}

impl ServiceUrl<DatabaseEngine> {
    /// The URL of a database file.
    pub(super) fn sqlite(path: &Path) -> Self {
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F");
        Self::new("sqlite", DatabaseEngine::Sqlite, &format!("//{path}"))
    }
}

/// The connection pooler in front of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabasePooler {
    /// No pooler.
    None,
    /// A pooler that gives a server to each connection.
    Session,
    /// A pooler that gives a server to each transaction.
    Transaction,
}

/// Where users, houses and orders are kept.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSettings {
    /// `sqlite://path`, `postgres://user:password@host/name` or `mysql://user:password@host/name`.
    /// The default is a file in the data directory.
    pub url: ServiceUrl<DatabaseEngine>,
    /// File that holds the URL.
    pub url_file: Option<PathBuf>,
    /// Most connections of this process.
    #[validate(range(min = 1, max = 1000))]
    pub max_connections: u32,
    /// Longest wait for a connection, in milliseconds; then the answer is 503.
    #[validate(range(min = 1, max = 60_000))]
    pub acquire_timeout_ms: u64,
    /// Longest run of one statement, in milliseconds.
    #[validate(range(min = 1, max = 600_000))]
    pub statement_timeout_ms: u64,
    /// Longest run of one statement of a search, in milliseconds. Searches that no cache answers have a
    /// quarter of the connections; of fewer than four they have one more.
    #[validate(range(min = 1, max = 600_000))]
    pub search_timeout_ms: u64,
    /// A copy of the same engine to read from; it may lag. None by default.
    pub replica_url: Option<ServiceUrl<DatabaseEngine>>,
    /// File that holds the URL of the copy.
    pub replica_url_file: Option<PathBuf>,
    /// A pooler such as PgBouncer before PostgreSQL, by its `pool_mode`: `none`, `session` or
    /// `transaction`. It counts for the copy too.
    pub pooler: DatabasePooler,
}

impl DatabaseSettings {
    /// Longest wait for a connection.
    pub fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms)
    }

    /// Longest run of one statement.
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms)
    }
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self {
            url: ServiceUrl::sqlite(Path::new("data/minsu.sqlite3")),
            url_file: None,
            max_connections: 16,
            acquire_timeout_ms: 3000,
            statement_timeout_ms: 5000,
            search_timeout_ms: 2000,
            replica_url: None,
            replica_url_file: None,
            pooler: DatabasePooler::None,
        }
    }
}
