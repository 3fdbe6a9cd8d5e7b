//! The binary `minsu`: the wiring of all other crates, the server and the subcommands.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod cli;
pub mod commands;
pub mod logging;
pub mod openapi;
mod page_policy;
pub mod serve;
pub mod wiring;
pub mod worker;
