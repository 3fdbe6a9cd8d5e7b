//! The store on SQLite, PostgreSQL, and MySQL or MariaDB.
//!
//! [`SqlStore`] implements [`minsu_ports::Store`]; the engine follows from the scheme of the URL.
//! Nothing of SeaORM shows outside. Inside, every statement goes through one concrete executor
//! (`executor.rs`): it knows the deadline, counts, and keeps reads and units of work apart, so that
//! nothing is generic over a connection.
//!
//! # Adding a repository method
//! 1. The method and its rule in `minsu-ports`, a rule in its contract suite.
//! 2. The statements in `repos/`, one file a repository. Read through `self.db`, write through
//!    `self.db.writing()?`, and pass every error through `errors::failed`.
//! 3. An index for a new query in a new migration, and its plan in `docs/database.md`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod bulk;
mod cache_journal;
mod connection_quarantine;
mod deadlines;
mod engine;
mod entity;
mod errors;
mod executor;
mod migrate;
mod options;
#[cfg(test)]
mod plans;
mod pooler;
mod replica;
mod repos;
mod search_side;
mod session;
mod statistics;
mod store;
mod write_queue;

pub use bulk::{Bookable, GuestBatch, HouseBatch, LandlordBatch, PastOrder};
pub use migrate::{MigrateError, SchemaState, SchemaStatus, migrate_down, migrate_up, schema_status};
pub use options::{ConnectError, StoreOptions};
pub use pooler::Pooler;
pub use statistics::{AreaStatistics, Statistics};
pub use store::{Connections, SqlStore, StoreCounts};
