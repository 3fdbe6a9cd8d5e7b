//! The integration tests of the API: one binary, real sockets, real adapters on a temporary
//! folder. The files mirror what the API promises, not how it is built.

// The futures of a whole story nest deeply.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "the tests tell the figures that they measure")]

mod account;
mod authorisation;
mod bad_input;
mod bodies;
mod booking_race;
mod browsers;
mod clouds;
mod codes;
mod collections;
mod cross_site;
mod docs;
mod limits;
mod metrics;
mod openapi;
mod orders;
mod parsers;
mod passwords;
mod pictures;
mod ready_pages;
mod search;
mod sessions;
mod statements;
mod statuses;
mod stories;
mod support;
mod tables;
mod users;
