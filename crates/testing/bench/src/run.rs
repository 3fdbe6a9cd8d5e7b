//! A whole run.

use std::{path::Path, time::Duration};

use tokio::time::sleep;

use crate::{
    cli::Options,
    cores::Cores,
    document,
    error::BenchError,
    machine::{self, Machine},
    measure::{Effort, Row, measure},
    plan::Round,
    proc,
    report::Report,
    scenario::{self, Scenario},
    server::Server,
    site::{CacheChoice, Site},
    stats::Spread,
    terminal::{command_line, print, say},
    traffic, under_load,
    world::World,
};

/// Starts of the server on a database that is there.
const STARTS: usize = 5;
/// How long a server does nothing before its idle memory is read.
const IDLE: Duration = Duration::from_millis(500);

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong.
pub async fn run(options: &Options, cores: Cores) -> Result<(), BenchError> {
    let scenarios = chosen(options)?;
    let machine = Machine::ask()?;
    let site = Site::new(&options.common, cores)?;
    let effort = Effort { pairs: options.common.pairs.into(), percent: options.percent.into() };

    say("filling the site");
    let server = site.serve(CacheChoice::Memory).await?;
    let first_start = server.ready_after;
    let mut world = World::make(server.address, &site.outbox(), machine.date).await?;
    server.stop("minsu serve").await?;
    site.seed(options.houses, options.orders).await?;

    say("starting");
    let (starts, idle_kib) = starts(&site).await?;

    let server = site.serve(CacheChoice::Memory).await?;
    let peaks_are_reset = proc::reset_peak(server.pid());
    let mut tables = vec![("in-process", rows(&site, &server, &mut world, &scenarios, effort).await?)];
    if let Some(path) = &options.record {
        record(path, &world, &scenarios)?;
    }
    server.stop("minsu serve").await?;
    let logins =
        if options.only.is_empty() || options.only.iter().any(|part| "under_load-logins".contains(part.as_str())) {
            say("under_load-logins: a cached list at a fixed rate, in quiet and under_load 200 who log in");
            let mut runs = Vec::new();
            // A server of its own, so that what it takes is what logins take.
            let server = site.serve(CacheChoice::Memory).await?;
            for _ in 0..effort.pairs {
                runs.push(under_load::measure(&server, &world).await?);
            }
            server.stop("minsu serve").await?;
            Some((runs, site.hashes().await?))
        } else {
            None
        };

    let with_redis: Vec<_> = scenarios.into_iter().filter(|scenario| scenario.with_redis).collect();
    match site.redis().await? {
        _ if with_redis.is_empty() => {}
        None => say("redis-server is not installed: not measured with it"),
        Some(redis) => {
            for (name, cache) in [
                ("Redis, pages also in-process", CacheChoice::Redis(redis.address)),
                ("Redis alone", CacheChoice::RedisAlone(redis.address)),
            ] {
                let server = site.serve(cache).await?;
                tables.push((name, rows(&site, &server, &mut world, &with_redis, effort).await?));
                server.stop("minsu serve").await?;
            }
            redis.stop("redis-server").await?;
        }
    }

    let report = Report {
        machine,
        command: command_line(),
        cores: site.cores().describe(),
        filling: format!(
            "seeded with {} houses and {} orders; {} pairs, {} % of the requests",
            options.houses, options.orders, effort.pairs, effort.percent
        ),
        first_start,
        starts,
        idle_kib,
        peaks_are_reset,
        tables,
        logins,
        load_after: machine::load_average(),
    };
    let markdown = report.markdown();
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, "measured", &markdown),
        None => Ok(()),
    }
}

fn chosen(options: &Options) -> Result<Vec<Scenario>, BenchError> {
    let all = scenario::all();
    let names = all.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ");
    let wanted = |scenario: &Scenario| {
        options.only.is_empty() || options.only.iter().any(|part| scenario.name.contains(part.as_str()))
    };
    let chosen: Vec<_> = all.into_iter().filter(wanted).collect();
    if chosen.is_empty() { Err(BenchError::NoScenario(names)) } else { Ok(chosen) }
}

/// Writes the requests of one measurement of each scenario.
fn record(path: &Path, world: &World, scenarios: &[Scenario]) -> Result<(), BenchError> {
    for scenario in scenarios {
        let round = Round { number: 1, count: scenario.count };
        traffic::append(path, &(scenario.plan)(world, &round))?;
    }
    Ok(())
}

/// How long starts take in milliseconds, and idle memory in KiB.
async fn starts(site: &Site) -> Result<(Spread, Spread), BenchError> {
    let (mut millis, mut kib) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = site.serve(CacheChoice::Memory).await?;
        millis.push(server.ready_after.as_secs_f64() * 1000.0);
        sleep(IDLE).await;
        kib.push(proc::memory(server.pid())?.resident as f64);
        server.stop("minsu serve").await?;
    }
    let none = || BenchError::Unreadable("starts that never were".to_owned());
    Ok((Spread::of(millis).ok_or_else(none)?, Spread::of(kib).ok_or_else(none)?))
}

async fn rows(
    site: &Site,
    server: &Server,
    world: &mut World,
    scenarios: &[Scenario],
    effort: Effort,
) -> Result<Vec<Row>, BenchError> {
    world.log_in(server.address).await?;
    let mut rows = Vec::new();
    for scenario in scenarios {
        say(&format!("{}: {}", scenario.name, scenario.what));
        rows.push(measure(site, server, world, scenario, effort).await?);
    }
    Ok(rows)
}
