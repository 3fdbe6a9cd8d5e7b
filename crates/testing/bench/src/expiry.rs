//! Bookings while a worker cancels ten thousand orders that were not answered, compared with bookings in quiet.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    cli::Expiry,
    cores::Cores,
    database::Databases,
    document,
    error::BenchError,
    load::{self, Expect, Load},
    machine::{self, Machine},
    plan::{self, BOOKINGS},
    server::Server,
    site::{CacheChoice, Site},
    stats::{Spread, ratio},
    table::{cells, table},
    terminal::{command_line, print, say},
    worker_log,
    world::World,
};

/// How long a landlord has for an answer, in hours: the least that a site may set.
const ANSWER_HOURS: i64 = 2;
/// Orders that were placed so long before the worker begins are due for it, and later ones are not: it must be longer
/// than the measurement.
const GRACE: Duration = Duration::from_secs(120);
/// Bookings of one measurement: a part of those of a round.
const COUNT: usize = 400;
/// Measurements in quiet.
const QUIET: usize = 9;
/// How long the cancellations may take.
const LIMIT: Duration = Duration::from_secs(110);

/// What was measured.
struct Measured {
    /// Bookings a second in quiet.
    quiet: Vec<f64>,
    /// Bookings a second while the worker cancels.
    busy: Vec<f64>,
    /// How long the cancellations took.
    took: Duration,
}

/// The bookings of the measurements, each once.
struct Bookings<'a> {
    world: &'a World,
    /// How many were sent.
    sent: usize,
}

impl Bookings<'_> {
    fn load(&mut self, count: usize) -> Load {
        let requests = Arc::new(plan::one_after_another(self.world, self.sent, count));
        self.sent += count;
        Load { requests, count, connections: 16, expect: Expect::Words(r#""errno":"0""#) }
    }

    /// Bookings a second.
    async fn rate(&mut self, server: &Server, count: usize) -> Result<f64, BenchError> {
        let load = self.load(count);
        let tally = load::run(server.address, &load).await?;
        match tally.sample {
            Some(answer) => Err(BenchError::Unexpected { request: "a booking".to_owned(), answer }),
            None => Ok(ratio(count as f64, tally.elapsed.as_secs_f64())),
        }
    }
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong.
pub async fn run(options: &Expiry) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-expiry-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(options.engine, folder.path()).await?;
    let site = Site::new(&options.common, Cores::together()?)?
        .with("MINSU_DATABASE__URL", databases.url("expiry").await?)
        .with("MINSU_BOOKING__ANSWER_HOURS", ANSWER_HOURS.to_string())
        .with("MINSU_JOBS__IN_PROCESS", "false".to_owned());
    let server = site.serve(CacheChoice::Memory).await?;
    let world = World::make(server.address, &site.outbox(), machine.date).await?;
    let measured = measure(options, &site, &server, &world, folder.path()).await?;
    server.stop("minsu serve").await?;
    let described = databases.describe();
    databases.stop().await?;

    let head = machine.described(
        &command_line(),
        "generator, server, worker and database share all cores",
        &machine::load_average(),
    );
    let markdown = format!("{head}- {described}; {} due orders\n\n{}", options.due, rows(options, &measured));
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, options.engine.expiry_section(), &markdown),
        None => Ok(()),
    }
}

async fn measure(
    options: &Expiry,
    site: &Site,
    server: &Server,
    world: &World,
    folder: &Path,
) -> Result<Measured, BenchError> {
    let mut bookings = Bookings { world, sent: 0 };
    say(&format!("placing {} orders", options.due));
    let mut left = options.due;
    while left > 0 {
        let count = left.min(BOOKINGS);
        bookings.rate(server, count).await?;
        left -= count;
    }
    let placed = Instant::now();
    let mut quiet = Vec::new();
    // The first one warms up.
    for _ in 0..=QUIET {
        quiet.push(bookings.rate(server, COUNT).await?);
    }
    quiet.remove(0);
    say("waiting until the orders are old enough");
    sleep(GRACE.saturating_sub(placed.elapsed()) + Duration::from_secs(1)).await;

    let ahead = ANSWER_HOURS * 3600 - GRACE.as_secs().cast_signed();
    let log = folder.join("worker.log");
    let begun = Instant::now();
    let worker = site.worker(&log, ahead)?;
    let mut busy = Vec::new();
    let took = loop {
        let rate = bookings.rate(server, COUNT).await?;
        let done = worker_log::done(&log, "expire_orders")?;
        if done >= options.due as u64 {
            break begun.elapsed();
        }
        busy.push(rate);
        if begun.elapsed() > LIMIT {
            return Err(BenchError::TooLong { name: format!("cancelling {} orders", options.due), limit: LIMIT });
        }
    };
    worker.stop("minsu worker").await?;
    Ok(Measured { quiet, busy, took })
}

fn rows(options: &Expiry, measured: &Measured) -> String {
    let median = |rates: &[f64]| Spread::of(rates.iter().copied()).map_or(0.0, |spread| spread.median);
    let (quiet, busy) = (median(&measured.quiet), median(&measured.busy));
    table(&[
        cells(["due orders", "canceled in, s", "bookings in quiet, /s", "meanwhile, /s", "share"]),
        cells([
            &options.due.to_string(),
            &format!("{:.1}", measured.took.as_secs_f64()),
            &format!("{quiet:.0}"),
            &format!("{busy:.0}"),
            &format!("{:.2}", ratio(busy, quiet)),
        ]),
    ])
}
