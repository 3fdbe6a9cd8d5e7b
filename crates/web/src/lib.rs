//! What every HTTP surface shares: the middleware around a request, sessions, limits, uploads, ready
//! pages, errors and their codes, the table of routes. It names no dialect: a dialect is a value
//! ([`dialect::Dialect`]) that is registered at the start and owns the paths below its prefix.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod api_error;
pub mod body;
pub mod body_guard;
pub mod client_address;
pub mod cookies;
pub mod cors_and_security_headers;
pub mod cross_site;
pub mod csv;
pub mod dialect;
pub mod docs;
pub mod errno;
pub mod export;
pub mod feed_polls;
pub mod field_sentences;
pub mod fields;
pub mod graceful_shutdown;
pub mod health;
pub mod house_body;
pub mod house_lists;
pub mod ical;
pub mod invalidation;
pub mod json;
pub mod language;
pub mod login;
pub mod media;
pub mod metrics;
pub mod native_fault;
pub mod openapi;
pub mod options;
pub mod page_keys;
pub mod pages;
pub mod present;
pub mod proof;
pub mod rate_limits;
pub mod render;
mod request_fault;
pub mod request_limiter;
pub mod request_log;
pub mod request_middleware;
pub mod request_span;
pub mod routes;
pub mod shortcuts;
pub mod state;
pub mod unreadable_heads;
pub mod upload;
pub mod upload_budget;
pub mod upload_turns;
pub mod verdict;
