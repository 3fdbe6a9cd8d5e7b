//! The command line of `minsu-bench`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, builder::NonEmptyStringValueParser};
use url::Url;

use crate::database::Engine;

/// Measures minsu beside a bare handler, as ratios of one run.
#[derive(Debug, Parser)]
#[command(name = "minsu-bench", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What else is measured.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What is measured.
    #[command(flatten)]
    pub options: Options,
}

/// What else is measured, and what a child process of this tool does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare searches in a small and a large database
    Size(Size),
    /// Migrate a filled site of an earlier schema
    Migration(Migration),
    /// Compare bookings with the same SQL sent by pgbench
    Bookings(Bookings),
    /// Book while unanswered orders are canceled
    Expiry(Expiry),
    /// Take payment notices beside lists
    Notices(Notices),
    /// Read calendars of other sites
    Feeds(Feeds),
    /// Book while events go to webhooks, most of which hang
    Webhooks(Webhooks),
    /// Send recorded traffic to one or more servers
    Replay(Replay),
    /// Serve a fixed body
    #[command(hide = true)]
    Bare(Bare),
    /// Count password hashes
    #[command(hide = true)]
    Hashes,
}

/// The bare handler.
#[derive(Debug, Clone, clap::Args)]
pub struct Bare {
    /// Where it listens
    #[arg(long)]
    pub listen: SocketAddr,
    /// Size of the body
    #[arg(long)]
    pub bytes: usize,
    /// Worker threads
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub workers: u16,
}

/// What every way of measuring has.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// The binary to measure
    #[arg(long, value_name = "FILE", default_value = "target/release/minsu")]
    pub minsu: PathBuf,
    /// Measurements of each scenario, each beside one of what it is compared with
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=20))]
    pub pairs: u16,
    /// A setting of the measured server, such as MINSU_DATABASE__URL of an empty database
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
    /// Replace the measured section of this document
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "docs/benchmarks.md")]
    pub write: Option<PathBuf>,
}

/// What is measured beside the bare handler.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// Share of the requests that is sent, for a quick look
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub percent: u16,
    /// Only scenarios whose name contains one of these
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub only: Vec<String>,
    /// Houses to seed
    #[arg(long, default_value_t = 2000)]
    pub houses: u64,
    /// Orders to seed
    #[arg(long, default_value_t = 4000)]
    pub orders: u64,
    /// Write the requests of the scenarios to this file, one a line, for `replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Searches in a small and a large database.
#[derive(Debug, Clone, clap::Args)]
pub struct Size {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Postgres)]
    pub engine: Engine,
    /// Houses of the large database
    #[arg(long, default_value_t = 100_000)]
    pub houses: u64,
    /// Houses of the small one; with fewer, some searches have no page 10
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(8000..))]
    pub small: u64,
    /// Orders for each house
    #[arg(long, default_value_t = 10)]
    pub orders_per_house: u64,
    /// Only searches whose name contains one of these
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub only: Vec<String>,
    /// Requests a second
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub seconds: u32,
    /// Keep the databases in this folder, and take those that an earlier run left there today
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

/// A filled site of an earlier schema.
#[derive(Debug, Clone, clap::Args)]
pub struct Migration {
    /// What every way of measuring has; a migration is measured once.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Postgres)]
    pub engine: Engine,
    /// Houses to seed
    #[arg(long, default_value_t = 100_000)]
    pub houses: u64,
    /// Orders to seed
    #[arg(long, default_value_t = 1_000_000)]
    pub orders: u64,
    /// The earlier schema is without the migrations from this name on
    #[arg(long, value_name = "NAME", default_value = "m20261127")]
    pub before: String,
}

/// Bookings beside pgbench.
#[derive(Debug, Clone, clap::Args)]
pub struct Bookings {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// Houses to seed
    #[arg(long, default_value_t = 10_000)]
    pub houses: u64,
    /// Orders to seed
    #[arg(long, default_value_t = 30_000)]
    pub orders: u64,
}

/// Bookings beside a worker that cancels orders.
#[derive(Debug, Clone, clap::Args)]
pub struct Expiry {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub engine: Engine,
    /// Orders that were not answered
    #[arg(long, default_value_t = 10_000)]
    pub due: usize,
}

/// Payment notices beside lists.
#[derive(Debug, Clone, clap::Args)]
pub struct Notices {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub engine: Engine,
    /// Notices a second
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub rate: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub seconds: u32,
}

/// Calendars of other sites.
#[derive(Debug, Clone, clap::Args)]
pub struct Feeds {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub engine: Engine,
    /// Calendars; eight of a house
    #[arg(long, default_value_t = 1000, value_parser = count_of_feeds)]
    pub feeds: usize,
    /// Events of each
    #[arg(long, default_value_t = 50)]
    pub events: usize,
}

/// Bookings whose events go to webhooks.
#[derive(Debug, Clone, clap::Args)]
pub struct Webhooks {
    /// What every way of measuring has.
    #[command(flatten)]
    pub common: Common,
    /// The database
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    pub engine: Engine,
    /// Webhooks that never answer, beside one that does
    #[arg(long, default_value_t = 19, value_parser = count_of_hanging)]
    pub hanging: usize,
    /// Bookings a second
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub rate: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub seconds: u32,
}

/// Recorded traffic.
#[derive(Debug, Clone, clap::Args)]
pub struct Replay {
    /// Requests, one a line, as `--record` writes them
    pub file: PathBuf,
    /// Where they are sent, such as http://127.0.0.1:8080; the first is what others are compared with
    #[arg(long, value_name = "URL", required = true)]
    pub against: Vec<Url>,
    /// Measurements of each server, in alternation
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=20))]
    pub pairs: u16,
    /// Connections to each
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub connections: u16,
}

/// A count of calendars that the houses can have.
fn count_of_feeds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1000) => Ok(count),
        _ => Err("must be 1 to 1000".to_owned()),
    }
}

/// A count of hanging webhooks that a person can have beside another one.
fn count_of_hanging(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 0..=19) => Ok(count),
        _ => Err("must be 0 to 19".to_owned()),
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if name.starts_with("MINSU_") => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be MINSU_SECTION__KEY=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(line: &str) -> Result<Options, clap::Error> {
        Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.options)
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_document_is_written_on_demand_only() {
        assert_eq!(parsed("minsu-bench").unwrap().common.write, None);
        assert_eq!(parsed("minsu-bench --write").unwrap().common.write, Some("docs/benchmarks.md".into()));
        assert_eq!(parsed("minsu-bench --write a.md").unwrap().common.write, Some("a.md".into()));
    }

    #[test]
    fn traffic_goes_somewhere() {
        let replay = |line: &str| Cli::try_parse_from(line.split_whitespace());
        assert!(replay("minsu-bench replay a.jsonl").is_err());
        assert!(replay("minsu-bench replay a.jsonl --against 127.0.0.1").is_err());
        let one = replay("minsu-bench replay a.jsonl --against http://127.0.0.1:1 --against http://localhost:2/x");
        assert!(matches!(one.unwrap().command, Some(Command::Replay(replay)) if replay.against.len() == 2));
    }

    #[test]
    fn the_houses_have_a_thousand_calendars_at_most() {
        let feeds = |line: &str| Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.command);
        assert!(matches!(feeds("minsu-bench feeds").unwrap(), Some(Command::Feeds(feeds)) if feeds.feeds == 1000));
        assert!(feeds("minsu-bench feeds --feeds 1001").is_err() && feeds("minsu-bench feeds --feeds 0").is_err());
    }

    #[test]
    fn settings_of_the_server_are_told_from_other_variables() {
        let set = parsed("minsu-bench --set MINSU_LOG__FILTER=a=b").unwrap().common.set;
        assert_eq!(set, [("MINSU_LOG__FILTER".to_owned(), "a=b".to_owned())]);
        assert!(parsed("minsu-bench --set PATH=/").is_err() && parsed("minsu-bench --set MINSU_PROFILE").is_err());
    }
}
