//! Throw-away PostgreSQL and MariaDB servers for tests.
//!
//! [`postgres`] and [`mariadb`] return a fresh, empty database. The first call in a process starts
//! a server with a data folder and a loopback port of its own; it ends with the process, however
//! that ends. Where `MINSU_TEST_POSTGRES_URL` or `MINSU_TEST_MYSQL_URL` names a server, that one is
//! used instead, and the database is dropped again.
//!
//! [`Server::start`] starts one more server, to be stopped in the middle of a test.
//!
//! A server that is not installed is a failed test with the name of its Debian package, never a
//! skipped one.

#![expect(clippy::expect_used, reason = "what goes wrong here is a failed test")]

mod database;
mod mariadb;
mod postgres;
mod process;
mod server;

pub use database::Database;
pub use server::{Kind, Server};

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
