//! Real servers for tests: throw-away PostgreSQL, MariaDB and Redis servers on free loopback
//! ports, with their data in temporary folders.
//!
//! [`postgres`] and [`mariadb`] return a fresh, empty database. The first call in a process starts
//! a server; it ends with the process, however that ends. Where `MINSU_TEST_POSTGRES_URL` or
//! `MINSU_TEST_MYSQL_URL` names a server, that one is used instead, and the database is dropped
//! again. [`Server::start`] starts one more database server, to be stopped or frozen in the middle of a test,
//! or to be followed by a standby.
//!
//! [`PgBouncer`] stands before the PostgreSQL server of the process. The servers of [`redis`] stop when they
//! are dropped. [`nginx`] has Debian's layout in a folder; the test starts it.
//!
//! A server that is not installed is a failed test with the name of its Debian package, never a
//! skipped one.

#![expect(clippy::expect_used, clippy::panic, reason = "what goes wrong here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "tests have no port for the clock and the environment")]

mod administrator;
mod certificates;
mod database;
mod kind;
mod mariadb;
pub mod nginx;
mod pgbouncer;
mod postgres;
mod process;
pub mod redis;
mod server;
mod supervisor;

pub use administrator::execute_on;
pub use certificates::Certificates;
pub use database::Database;
pub use kind::Kind;
pub use pgbouncer::{PgBouncer, PoolMode};
pub use server::{Frozen, Server};

/// A fresh database on PostgreSQL.
///
/// # Panics
/// Without a server.
pub async fn postgres() -> Database {
    Database::fresh(Kind::Postgres).await
}

/// A fresh database on MariaDB or MySQL.
///
/// # Panics
/// Without a server.
pub async fn mariadb() -> Database {
    Database::fresh(Kind::MariaDb).await
}
