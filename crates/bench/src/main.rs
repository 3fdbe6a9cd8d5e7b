//! `minsu-bench`: measures `minsu serve` beside a bare actix-web handler that answers with as many
//! bytes, in alternation, on loopback. It starts what it measures, ends by itself and reports
//! ratios: figures of one run that stand beside each other mean something on any machine, however
//! busy. There are no thresholds.
//!
//! # Adding a scenario
//! A line in [`scenario::all`] with its name, how many requests, and what the answers begin with;
//! requests that differ from each other come from a function in `plan.rs`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod bare;
mod beside;
mod cli;
mod cores;
mod document;
mod error;
mod hashes;
mod http;
mod load;
mod machine;
mod measure;
mod outbox;
mod plan;
mod proc;
mod report;
mod run;
mod scenario;
mod server;
mod site;
mod stats;
mod visitor;
mod world;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use error::BenchError;

fn main() -> ExitCode {
    match start(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print();
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> Result<(), BenchError> {
    match cli.command {
        Some(Command::Bare(bare)) => bare::serve(&bare),
        Some(Command::Hashes) => hashes::run(),
        None => run::run_until_interrupted(&cli.options),
    }
}
