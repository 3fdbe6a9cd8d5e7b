//! The HTTP side of the site: three dialects over the same use cases, the table of codes,
//! sessions, settings, wiring and the binary `minsu`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod cli;
pub mod commands;
pub mod dialect;
pub mod http;
pub mod logging;
pub mod openapi;
pub mod serve;
pub mod settings;
pub mod wiring;
