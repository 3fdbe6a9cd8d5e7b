//! The command line of `minsu`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The back end of a house-rental site.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "minsu", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// Settings file; environment variables lie over it
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the site until SIGTERM
    ///
    /// Profile dev brings the schema up by itself and puts demo houses on an empty site; profile prod
    /// demands a schema that `minsu migrate` made, and its database and cache, or ends. A socket that
    /// systemd hands over is taken in the place of `server.listen`.
    Serve,
    /// Bring the database to the schema of this binary
    ///
    /// Without more words it does what `minsu migrate up` does.
    Migrate {
        /// What to do with the schema; up when left out.
        #[command(subcommand)]
        direction: Option<Direction>,
    },
    /// Fill the database with made-up but plausible data
    ///
    /// Until it holds as many houses and orders as these: a run that was broken off goes on where it
    /// stopped, and larger numbers add what is missing. The schema must be there. A million houses take
    /// minutes on PostgreSQL.
    Seed(Seed),
    /// Count houses and orders, and how full the houses are
    ///
    /// By district: houses, orders, and the occupancy of the next 90 days. By month, from five months ago to six months
    /// ahead: the days that orders hold, their share of all days of all houses, and their average price.
    Stats {
        /// Draw the occupancy of the next 90 days into this file
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Do the work that is due, until SIGTERM
    ///
    /// It cancels orders that were not answered in time, erases the people who stayed, and does once a day what
    /// `minsu prune` does. `minsu serve` does the same unless `jobs.in_process` is false; of several processes one at a
    /// time does a job.
    Worker,
    /// Tell when jobs are due, and what they failed for
    ///
    /// A line for each job, and one for each subject that a job failed for too often and does not try again.
    Jobs {
        /// Make the latter due again
        #[arg(long)]
        retry: bool,
    },
    /// Tell which refunds the payment provider refused
    ///
    /// A line for each, with the provider's code.
    Refunds {
        /// Ask for this refund again, under the same number
        #[arg(long, value_name = "ID")]
        retry: Option<i64>,
    },
    /// Print the balances of the ledger, and check it
    ///
    /// Every order with payments is checked: its payments, refunds and transfers have to agree. The status is 0 where
    /// they do, 1 where something differs, 2 where it could not be checked. With a landlord it prints what the
    /// landlord has earned instead.
    Ledger {
        /// Print the statement of this landlord
        #[arg(long, value_name = "ID")]
        landlord: Option<i64>,
        /// As CSV, amounts in 分
        #[arg(long, requires = "landlord")]
        csv: bool,
    },
    /// Compare a day of the payment provider with the payments here
    ///
    /// In both directions. Differences are printed, written down and counted, and nothing is corrected. The status is
    /// 0 where there are none, 1 where there are, 2 where the days could not be compared.
    Reconcile {
        /// A day of the provider's calendar that is over
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: chrono::NaiveDate,
    },
    /// Forget what the section `[retention]` does not want kept
    ///
    /// Orders that were rejected or cancelled long ago, withdrawn houses and erased accounts that nothing
    /// names any more, expired idempotency keys and tokens, the people who stayed long ago, and stored pictures that no row
    /// references and that are older than a day. Rows whose picture is not stored are counted and named in the log, and stay. It runs beside
    /// the site, which does the same once a day.
    Prune {
        /// List what would be removed, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Seal real-name data by the first key of identity.keys
    ///
    /// Whatever another key sealed, beside the running site; afterwards the other keys can leave the list.
    /// It is one step of several: docs/how-to/rotate-keys.md.
    RotateKeys,
    /// Check settings, database, cache, object storage and SMS
    ///
    /// And clock, open files, folder and traces: a line each, with a remedy where something is wrong;
    /// and what old front ends get by `classic.data` and `classic.tell_registered`.
    /// Nothing hides anything else. The status is 1 where any check failed.
    Doctor,
    /// Print the OpenAPI document
    ///
    /// That of the old dialects; with `--native` that of the native API below `/api/v2`.
    Openapi {
        /// Print the document of the native API instead
        #[arg(long)]
        native: bool,
    },
    /// Print the Content-Security-Policy of a folder of pages, as a line for nginx
    ///
    /// It allows the scripts of the folder, the inline handlers and scripts of its pages by their hashes, and no
    /// other: docs/how-to/old-pages.md. It has to be made anew when a page changes.
    Csp {
        /// The folder that nginx serves
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// Forbid scripts to compile texts: for pages without a template engine
        #[arg(long)]
        no_eval: bool,
    },
    /// Print the settings in force as TOML, secrets masked
    Config {
        /// Print every setting with its rule and default instead
        #[arg(long)]
        reference: bool,
    },
}

impl Command {
    /// The status of a run that failed. Those that check tell by 1 that something differs.
    pub const fn failure(&self) -> u8 {
        match self {
            Self::Ledger { .. } | Self::Reconcile { .. } => 2,
            _ => 1,
        }
    }
}

/// Where the schema goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Direction {
    /// Apply what is pending (the default)
    Up,
    /// Take the newest migrations back, with the data in what they made
    Down {
        /// How many
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Print what is applied and what is pending
    Status,
}

/// How much is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Seed {
    /// Number of houses
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(..=100_000_000))]
    pub houses: u64,
    /// Number of orders
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    pub orders: u64,
    /// Where the random numbers begin: the same seed makes the same data
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Houses with rules, seasons and 60 dates of their own, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 30, value_parser = clap::value_parser!(u8).range(..=100))]
    pub with_rules: u8,
    /// Houses with days that their landlord blocked, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100))]
    pub with_blocks: u8,
    /// Houses with pictures, one to five each, in percent; the few pictures of the demo houses, which many show
    #[arg(long, value_name = "PERCENT", default_value_t = 90, value_parser = clap::value_parser!(u8).range(..=100))]
    pub with_pictures: u8,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    const SEED: Seed = Seed { houses: 100, orders: 1000, seed: 1, with_rules: 30, with_blocks: 10, with_pictures: 90 };

    fn parsed(line: &str) -> Result<Cli, ErrorKind> {
        Cli::try_parse_from(line.split_whitespace()).map_err(|error| error.kind())
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_reads() {
        for (line, command) in [
            ("minsu serve", Command::Serve),
            ("minsu migrate", Command::Migrate { direction: None }),
            ("minsu migrate up", Command::Migrate { direction: Some(Direction::Up) }),
            ("minsu migrate down", Command::Migrate { direction: Some(Direction::Down { steps: 1 }) }),
            ("minsu migrate down --steps 3", Command::Migrate { direction: Some(Direction::Down { steps: 3 }) }),
            ("minsu migrate status", Command::Migrate { direction: Some(Direction::Status) }),
            ("minsu seed", Command::Seed(SEED)),
            (
                "minsu seed --houses 5 --orders 7 --seed 9",
                Command::Seed(Seed { houses: 5, orders: 7, seed: 9, ..SEED }),
            ),
            (
                "minsu seed --with-rules 0 --with-pictures 100",
                Command::Seed(Seed { with_rules: 0, with_pictures: 100, ..SEED }),
            ),
            ("minsu stats", Command::Stats { svg: None }),
            ("minsu stats --svg a.svg", Command::Stats { svg: Some("a.svg".into()) }),
            ("minsu worker", Command::Worker),
            ("minsu jobs", Command::Jobs { retry: false }),
            ("minsu jobs --retry", Command::Jobs { retry: true }),
            ("minsu refunds", Command::Refunds { retry: None }),
            ("minsu refunds --retry 7", Command::Refunds { retry: Some(7) }),
            ("minsu prune", Command::Prune { dry_run: false }),
            ("minsu prune --dry-run", Command::Prune { dry_run: true }),
            ("minsu rotate-keys", Command::RotateKeys),
            ("minsu doctor", Command::Doctor),
            ("minsu openapi", Command::Openapi { native: false }),
            ("minsu openapi --native", Command::Openapi { native: true }),
            ("minsu csp pages", Command::Csp { folder: "pages".into(), no_eval: false }),
            ("minsu csp --no-eval pages", Command::Csp { folder: "pages".into(), no_eval: true }),
            ("minsu config", Command::Config { reference: false }),
            ("minsu config --reference", Command::Config { reference: true }),
        ] {
            assert_eq!(parsed(line), Ok(Cli { config: None, command }), "{line}");
        }
    }

    #[test]
    fn the_settings_file_may_stand_before_or_behind_the_command() {
        for line in ["minsu --config a.toml serve", "minsu serve --config a.toml"] {
            assert_eq!(parsed(line).map(|cli| cli.config), Ok(Some("a.toml".into())), "{line}");
        }
    }

    #[test]
    fn other_lines_are_refused() {
        for (line, kind) in [
            ("minsu", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
            ("minsu fly", ErrorKind::InvalidSubcommand),
            ("minsu serve now", ErrorKind::UnknownArgument),
            ("minsu seed --houses many", ErrorKind::ValueValidation),
            ("minsu migrate down --steps 0", ErrorKind::ValueValidation),
            ("minsu --config", ErrorKind::InvalidValue),
        ] {
            assert_eq!(parsed(line).err(), Some(kind), "{line}");
        }
    }
}
