//! `minsu-bench`: compares `minsu serve` with a bare actix-web handler that answers with as many bytes, in
//! alternation, on loopback. It starts what it measures, ends by itself and reports ratios: the two sides of
//! one run can be compared on any machine, however busy. There are no thresholds.
//!
//! # Adding a scenario
//! A line in [`scenario::all`] with its name, how many requests, and what the answers begin with;
//! requests that differ from each other come from a function in `plan.rs`. Searches in databases of
//! different sizes are questions in `searches.rs`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod bare;
mod bookings;
mod calendar_sites;
mod cli;
mod cores;
mod database;
mod document;
mod error;
mod expiry;
mod feeds;
mod hashes;
mod http;
mod load;
mod machine;
mod measure;
mod migration;
mod notices;
mod outbox;
mod paced;
mod pgbench;
mod plan;
mod proc;
mod receivers;
mod replay;
mod report;
mod run;
mod scenario;
mod searches;
mod server;
mod site;
mod size;
mod size_report;
mod sql;
mod stats;
mod table;
mod terminal;
mod traffic;
mod under_load;
mod visitor;
mod webhooks;
mod worker_log;
mod world;

use std::process::ExitCode;

use clap::Parser;
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

use cli::{Cli, Command};
use cores::Cores;
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
        Some(Command::Size(size)) => until_interrupted(&Cores::together()?, size::run(&size)),
        Some(Command::Migration(options)) => until_interrupted(&Cores::together()?, migration::run(&options)),
        Some(Command::Bookings(options)) => until_interrupted(&Cores::together()?, bookings::run(&options)),
        Some(Command::Expiry(options)) => until_interrupted(&Cores::together()?, expiry::run(&options)),
        Some(Command::Feeds(options)) => until_interrupted(&Cores::together()?, feeds::run(&options)),
        Some(Command::Notices(options)) => {
            let cores = Cores::split()?;
            until_interrupted(&cores.clone(), notices::run(&options, cores))
        }
        Some(Command::Webhooks(options)) => {
            let cores = Cores::split()?;
            until_interrupted(&cores.clone(), webhooks::run(&options, cores))
        }
        Some(Command::Replay(options)) => until_interrupted(&Cores::together()?, replay::run(&options)),
        None => {
            let cores = Cores::split()?;
            until_interrupted(&cores.clone(), run::run(&cli.options, cores))
        }
    }
}

/// Works to its end. Ctrl-C and SIGTERM end every process that was started and remove the folder.
fn until_interrupted(cores: &Cores, work: impl Future<Output = Result<(), BenchError>>) -> Result<(), BenchError> {
    let runtime = Builder::new_multi_thread().worker_threads(cores.threads()).enable_all().build();
    runtime.map_err(BenchError::io("start threads"))?.block_on(async {
        let listen = |kind| signal(kind).map_err(BenchError::io("listen to signals"));
        let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        tokio::select! {
            result = work => result,
            _ = interrupt.recv() => Err(BenchError::Interrupted),
            _ = terminate.recv() => Err(BenchError::Interrupted),
        }
    })
}
