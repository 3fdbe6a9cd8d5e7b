//! The store on all three engines. Servers come from `minsu-testservers`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bulk;
mod cache_journal;
mod contract;
mod outages;
mod pgbouncer;
mod replica;
mod schema;
mod statements;
mod support;
