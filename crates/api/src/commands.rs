//! The subcommands of the binary, a file each.

pub mod config;
pub mod csp;
pub mod demo;
pub mod doctor;
pub mod jobs;
pub mod ledger;
pub mod migrate;
pub mod openapi;
pub mod prune;
pub mod refunds;
pub mod rotate_keys;
pub mod seed;
pub mod serve;
pub mod stats;
pub mod worker;

/// A command failed; the whole chain of causes is printed.
pub type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// Prints a line for people or other programs.
pub(crate) fn print(line: impl std::fmt::Display) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout().lock(), "{line}")
}
