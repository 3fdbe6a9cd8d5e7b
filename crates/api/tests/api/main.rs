//! The integration tests of the API: one binary, real sockets, real adapters on a temporary
//! folder. The files mirror what the API promises, not how it is built.

// The futures of a whole story nest deeply.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "the tests print what they measure")]

mod account;
mod authorisation;
mod avatars;
mod bad_input;
mod bodies;
mod bookable;
mod booking_race;
mod clouds;
mod codes;
mod collections;
mod cookies;
mod cors_and_security_headers;
mod cross_site;
mod deadlines;
mod docs;
mod exports;
mod feeds;
mod invalidation;
mod limits;
mod metrics;
mod native;
mod openapi;
mod orders;
mod parsers;
mod passwords;
mod payments;
mod pictures;
mod quotas;
mod ready_pages;
mod search;
mod sessions;
mod shares;
mod site;
mod spellings;
mod statements;
mod statuses;
mod stories;
mod support;
mod tables;
mod texts;
mod typed;
mod unreadable_heads;
mod users;
mod webhooks;
