//! The same searches in a small and a large database, in alternation.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;

use crate::{
    cli::Size,
    cores::Cores,
    database::Databases,
    document,
    error::BenchError,
    load::{self, Expect, Load},
    machine::{self, Machine},
    paced::{self, Pace},
    searches::{self, Question},
    server::Server,
    site::{CacheChoice, Site},
    size_report::{self, Answered},
    stats::{Spread, ratio},
    terminal::{print, say},
};

/// Connections over which what is not measured is sent.
const UNMEASURED_CONNECTIONS: usize = 4;

/// One of the two databases with its server.
struct Side {
    site: Site,
    server: Server,
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong.
pub async fn run(options: &Size) -> Result<(), BenchError> {
    if !searches::suffice(options.common.pairs.into(), (options.rate * options.seconds) as usize) {
        return Err(BenchError::TooMuch("so many searches would ask for a page twice"));
    }
    let questions = searches::chosen(&options.only)?;
    let machine = Machine::ask()?;
    let temporary = TempDir::with_prefix("minsu-bench-size-").map_err(BenchError::io("make a temporary folder"))?;
    let folder = place(options, temporary.path())?;
    let databases = Databases::start(options.engine, &folder).await?;
    let mut sides = Vec::new();
    for houses in [options.small, options.houses] {
        sides.push(side(options, &databases, &folder, houses, &machine).await?);
    }

    let mut answered = Vec::new();
    for question in questions {
        say(&format!("{}: {}", question.name, question.what));
        answered.push(ask(options, &sides, &question, &machine).await?);
    }
    for side in sides {
        side.server.stop("minsu serve").await?;
        drop(side.site);
    }
    let described = databases.describe();
    databases.stop().await?;

    let markdown = size_report::markdown(options, &machine, &described, &answered, &machine::load_average());
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, options.engine.section(), &markdown),
        None => Ok(()),
    }
}

/// Where the databases lie. What an earlier run kept is of use on the same day only: the orders lie in
/// the future of the day that made them.
fn place(options: &Size, temporary: &Path) -> Result<PathBuf, BenchError> {
    let Some(folder) = &options.keep else { return Ok(temporary.to_owned()) };
    fs::create_dir_all(folder).map_err(BenchError::io(format!("make {}", folder.display())))?;
    folder.canonicalize().map_err(BenchError::io(format!("find {}", folder.display())))
}

async fn side(
    options: &Size,
    databases: &Databases,
    folder: &Path,
    houses: u64,
    machine: &Machine,
) -> Result<Side, BenchError> {
    let orders = houses * options.orders_per_house;
    let name = format!("houses_{houses}_orders_{orders}");
    let url = databases.url(&name).await?;
    let site = Site::new(&options.common, Cores::together()?)?.with("MINSU_DATABASE__URL", url);
    let marker = folder.join(format!("{name}.{}", machine.date));
    if !marker.exists() {
        say(&format!("filling: {houses} houses, {orders} orders"));
        site.migrate().await?;
        site.seed(houses, orders).await?;
        fs::write(&marker, "").map_err(BenchError::io(format!("write {}", marker.display())))?;
    }
    let server = site.serve(CacheChoice::Memory).await?;
    Ok(Side { site, server })
}

/// One question: a short warm-up of both, then small, large, small, large, …
async fn ask(options: &Size, sides: &[Side], question: &Question, machine: &Machine) -> Result<Answered, BenchError> {
    let rate = (options.rate / question.rarer).max(1);
    let count = rate * options.seconds;
    let mut waits = [Vec::new(), Vec::new()];
    for round in 0..=options.common.pairs {
        let count = if round == 0 { count.div_ceil(4) } else { count };
        let (before, requests) = question.requests(machine.date, round.into(), count as usize);
        let pace = Pace { requests: Arc::new(requests), rate, count, expect: question.expect };
        let before = Arc::new(before);
        for (side, waits) in sides.iter().zip(&mut waits) {
            if !before.is_empty() {
                let count = before.len();
                let load = Load {
                    requests: Arc::clone(&before),
                    count,
                    connections: UNMEASURED_CONNECTIONS,
                    expect: Expect::Anything,
                };
                load::run(side.server.address, &load).await?;
            }
            let measured = paced::run(side.server.address, &pace).await?;
            if round > 0 {
                waits.push(measured);
            }
        }
    }
    let none = || BenchError::Unreadable(format!("{}, which was never asked", question.name));
    let spread = |side: usize, percent| Spread::of(waits[side].iter().map(|waits| waits.part(percent) / 1000.0));
    let ratios = waits[0].iter().zip(&waits[1]).map(|(small, large)| ratio(large.part(50), small.part(50)));
    Ok(Answered {
        name: question.name,
        median: [spread(0, 50).ok_or_else(none)?, spread(1, 50).ok_or_else(none)?],
        p99: [spread(0, 99).ok_or_else(none)?, spread(1, 99).ok_or_else(none)?],
        ratio: Spread::of(ratios).ok_or_else(none)?,
    })
}
