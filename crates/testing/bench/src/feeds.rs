//! What a thousand calendars of other sites cost that are read every 15 minutes: processor time and memory of the worker
//! that reads them, beside one that has nothing to read.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    calendar_sites::CalendarSites,
    cli::Feeds,
    cores::Cores,
    database::Databases,
    document,
    error::BenchError,
    machine::{self, Machine},
    proc::{memory, processor_time},
    server::Server,
    site::{CacheChoice, Site},
    stats::{Spread, ratio},
    table::{cells, table},
    terminal::{command_line, print, say},
    visitor::Visitor,
    worker_log,
    world::World,
};

/// Feeds of a house: the most that a site lets it have.
const OF_A_HOUSE: usize = 8;
/// How often a calendar is read.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// Later than this after its last reading every calendar is due: a fifth of the pause is left to chance.
const LATER: i64 = 20 * 60;
/// How long a worker without work is watched.
const IDLE: Duration = Duration::from_secs(20);
/// How long the readings of one round may take.
const LIMIT: Duration = Duration::from_secs(300);

/// What a worker used.
#[derive(Debug, Clone, Copy)]
struct Used {
    processor: Duration,
    /// The most resident memory, in KiB.
    memory: u64,
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong; a calendar that is not read is such.
pub async fn run(options: &Feeds) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-feeds-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(options.engine, folder.path()).await?;
    let site = Site::new(&options.common, Cores::together()?)?
        .with("MINSU_DATABASE__URL", databases.url("feeds").await?)
        .with("MINSU_OUTBOUND__ALLOW_LOOPBACK", "true".to_owned())
        .with("MINSU_JOBS__IN_PROCESS", "false".to_owned());
    let server = site.serve(CacheChoice::Memory).await?;
    let world = World::make(server.address, &site.outbox(), machine.date).await?;
    let others = CalendarSites::start(options.events, machine.date).await?;
    say(&format!("connecting {} calendars", options.feeds));
    connect(&server, &world, &others, options.feeds).await?;
    server.stop("minsu serve").await?;
    let (idle, busy) = measure(options, &site, &others, folder.path()).await?;
    let described = databases.describe();
    databases.stop().await?;

    let shared = "calendars, worker and database share all cores";
    let head = machine.described(&command_line(), shared, &machine::load_average());
    let what = format!("{} calendars of {} events, a tenth of which change each time", options.feeds, options.events);
    let markdown = format!("{head}- {described}; {what}\n\n{}", rows(options, idle, &busy));
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, options.engine.feeds_section(), &markdown),
        None => Ok(()),
    }
}

/// Connects calendars to the houses of the landlord, each of which is read at once.
async fn connect(server: &Server, world: &World, others: &CalendarSites, feeds: usize) -> Result<(), BenchError> {
    let mut landlord = Visitor::arrive(server.address).await?;
    landlord.log_in(&world.landlord_login()).await?;
    let houses: Vec<_> = [&world.many_houses[..], &world.hot_houses, &world.full_houses].concat();
    let places = houses.iter().flat_map(|house| std::iter::repeat_n(*house, OF_A_HOUSE));
    for (number, house) in (0..feeds).zip(places) {
        let body = json!({"name": format!("calendar {number}"), "url": others.url(number)});
        landlord.create(&format!("/api/v2/listings/{house}/feeds"), &body).await?;
    }
    others.until_read(feeds, LIMIT).await?;
    // What was read last is being written.
    sleep(Duration::from_secs(3)).await;
    Ok(())
}

/// A worker without work, and one for each round.
async fn measure(
    options: &Feeds,
    site: &Site,
    others: &CalendarSites,
    folder: &Path,
) -> Result<(Used, Vec<Used>), BenchError> {
    say("a worker without work");
    let log = folder.join("worker.log");
    let worker = site.worker(&log, 0)?;
    sleep(IDLE).await;
    let idle = used(&worker)?;
    worker.stop("minsu worker").await?;
    let mut busy = Vec::new();
    for round in 1..=i64::from(options.common.pairs) {
        say(&format!("reading all calendars, {round} of {}", options.common.pairs));
        others.change();
        busy.push(read_all(options, site, &log, round).await?);
    }
    Ok((idle, busy))
}

/// What a worker used that read every calendar once, after as much time as one without work was watched.
async fn read_all(options: &Feeds, site: &Site, log: &Path, round: i64) -> Result<Used, BenchError> {
    let begun = Instant::now();
    let worker = site.worker(log, round * LATER)?;
    while worker_log::done(log, "poll_feeds")? < options.feeds as u64 {
        if begun.elapsed() > LIMIT {
            return Err(BenchError::TooLong { name: format!("reading {} calendars", options.feeds), limit: LIMIT });
        }
        sleep(Duration::from_millis(100)).await;
    }
    sleep(IDLE.saturating_sub(begun.elapsed())).await;
    let used = used(&worker)?;
    worker.stop("minsu worker").await?;
    Ok(used)
}

fn used(worker: &Server) -> Result<Used, BenchError> {
    Ok(Used { processor: processor_time(worker.pid())?, memory: memory(worker.pid())?.peak })
}

/// The share of a core, in percent, that readings take which used so much more than no work.
fn share(busy: Duration, idle: Duration) -> f64 {
    100.0 * ratio(busy.saturating_sub(idle).as_secs_f64(), EVERY.as_secs_f64())
}

fn rows(options: &Feeds, idle: Used, busy: &[Used]) -> String {
    let median = |values: Vec<f64>| Spread::of(values).map_or(0.0, |spread| spread.median);
    let share = median(busy.iter().map(|used| share(used.processor, idle.processor)).collect());
    let one = 1e6
        * median(busy.iter().map(|used| used.processor.saturating_sub(idle.processor).as_secs_f64()).collect())
        / options.feeds as f64;
    let mib = |kib: f64| format!("{:.1}", kib / 1024.0);
    let memory = median(busy.iter().map(|used| used.memory as f64).collect());
    table(&[
        cells([
            "calendars",
            "processor time of one, µs",
            "share of a core, %",
            "memory without them, MiB",
            "most memory, MiB",
            "more, MiB",
        ]),
        cells([
            &options.feeds.to_string(),
            &format!("{one:.0}"),
            &format!("{share:.2}"),
            &mib(idle.memory as f64),
            &mib(memory),
            &mib(memory - idle.memory as f64),
        ]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_of_a_quarter_of_an_hour_and_without_what_an_idle_worker_uses() {
        let share = share(Duration::from_secs(19), Duration::from_secs(1));
        assert!((share - 2.0).abs() < 1e-9, "{share}");
        assert!(super::share(Duration::ZERO, Duration::from_secs(1)) < 1e-9);
    }
}
