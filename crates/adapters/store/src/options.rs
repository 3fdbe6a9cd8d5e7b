//! The options of a store.

use std::time::Duration;

use sea_orm::DbErr;
use thiserror::Error;

use crate::Pooler;

/// Where the database is and how long a caller waits for it.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://path`, `postgres://…` or `mysql://…`.
    pub url: String,
    /// A copy to read from, of the same engine; it may lag. Not for SQLite.
    pub replica_url: Option<String>,
    /// The most connections to each database. SQLite has one more, for writing.
    pub max_connections: u32,
    /// The longest wait for a connection.
    pub acquire_timeout: Duration,
    /// The longest a statement may take, waiting for locks included.
    pub statement_timeout: Duration,
    /// The longest a statement of a search may take. Searches have a quarter of the connections.
    pub search_timeout: Duration,
    /// The connection pooler in front of the server and of its replica; PostgreSQL only.
    pub pooler: Pooler,
}

impl StoreOptions {
    /// The settings for a database that is near: 16 connections, 3 seconds to get one, 10 seconds
    /// for a statement, 3 for one of a search.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            replica_url: None,
            max_connections: 16,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
            search_timeout: Duration::from_secs(3),
            pooler: Pooler::None,
        }
    }
}

impl std::fmt::Debug for StoreOptions {
    /// Without the URLs: they hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions")
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("search_timeout", &self.search_timeout)
            .field("pooler", &self.pooler)
            .finish_non_exhaustive()
    }
}

/// The error of opening a store. The message never holds the URL: that has a password.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// No engine has this scheme.
    #[error("the database URL must start with sqlite://, postgres:// or mysql://")]
    UnknownScheme,
    /// The URL cannot be read.
    #[error("the database URL is malformed")]
    MalformedUrl,
    /// An SQLite database in memory has one connection; a store needs several.
    #[error("an SQLite database must be a file")]
    InMemory,
    /// A copy to read from is of another engine, or of SQLite.
    #[error("the replica must be a server of the same engine as the primary")]
    ReplicaEngine,
    /// The database refused the connection, or did not answer.
    #[error("cannot connect to the database")]
    Unreachable(#[source] DbErr),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_tell_the_password() {
        let options = StoreOptions {
            replica_url: Some("mysql://a:geheim@h/d".into()),
            ..StoreOptions::new("mysql://a:geheim@h/d")
        };
        assert!(!format!("{options:?}").contains("geheim"));
    }
}
