//! Bookings over HTTP compared with the same SQL without a server between, in alternation.

use tempfile::TempDir;

use crate::{
    cli::Bookings,
    cores::Cores,
    database::{Databases, Engine},
    document,
    error::BenchError,
    machine::{self, Machine},
    measure::{Side, accept_first, load},
    pgbench::{self, Pgbench},
    plan::Round,
    scenario::{self, Scenario},
    server::Server,
    site::{CacheChoice, Site},
    stats::{Spread, ratio},
    table::{cells, table},
    terminal::{command_line, print, say},
    world::{MANY, World},
};

/// The prefix of the names of its scenarios.
const NAME: &str = "booking-";

/// A kind of booking with both of its rates, measurement by measurement.
struct Compared<'a> {
    scenario: Scenario,
    bare: Vec<f64>,
    minsu: Side<'a>,
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong.
pub async fn run(options: &Bookings) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-bookings-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(Engine::Postgres, folder.path()).await?;
    let url = databases.url("bookings").await?;
    let cores = Cores::together()?;
    let pgbench = Pgbench::new(folder.path(), &url, cores.threads())?;
    let site = Site::new(&options.common, cores)?.with("MINSU_DATABASE__URL", url);

    say("filling the site");
    let server = site.serve(CacheChoice::Memory).await?;
    let world = World::make(server.address, &site.outbox(), machine.date).await?;
    site.seed(options.houses, options.orders).await?;
    let compared = compare(options, &server, &world, &pgbench).await?;
    let rows: Vec<_> = compared.iter().map(row).collect();
    let shares = hot_shares(&compared);
    server.stop("minsu serve").await?;
    let described = databases.describe();
    databases.stop().await?;

    let head = machine.described(
        &command_line(),
        "generator, pgbench, server and database share all cores",
        &machine::load_average(),
    );
    let markdown = format!(
        "{head}- {described}; seeded with {} houses and {} orders; {} pairs, {} connections each\n\n{}\n{}",
        options.houses,
        options.orders,
        options.common.pairs,
        pgbench::CLIENTS,
        rates(rows),
        shares
    );
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, "bookings", &markdown),
        None => Ok(()),
    }
}

async fn compare<'a>(
    options: &Bookings,
    server: &'a Server,
    world: &World,
    pgbench: &Pgbench,
) -> Result<Vec<Compared<'a>>, BenchError> {
    let scenarios = scenario::all().into_iter().filter(|scenario| scenario.name.starts_with(NAME));
    let mut compared: Vec<_> =
        scenarios.map(|scenario| Compared { scenario, bare: Vec::new(), minsu: Side::new(server) }).collect();
    let mut warm_up = Side::new(server);
    for number in 0..=usize::from(options.common.pairs) {
        say(&format!("bookings, round {number} of {}", options.common.pairs));
        for compared in &mut compared {
            let scenario = compared.scenario;
            let bare = pgbench.run(&bare(&scenario, world, number)).await?;
            let load = load(&scenario, world, Round { number, count: scenario.count });
            accept_first(&scenario, server, &load).await?;
            if number == 0 {
                warm_up.measure(&load).await?;
            } else {
                compared.bare.push(bare);
                compared.minsu.measure(&load).await?;
            }
        }
    }
    for compared in &compared {
        compared.minsu.check(compared.scenario.name)?;
    }
    Ok(compared)
}

/// The same kind of booking as SQL.
fn bare(scenario: &Scenario, world: &World, round: usize) -> pgbench::Bookings {
    let on_one = scenario.name.contains("-hot");
    pgbench::Bookings {
        house: if on_one { world.hot_houses[round] } else { world.many_houses[0] },
        spread: if on_one { 1 } else { MANY },
        first_guest: world.first_guest,
        round,
        refused: scenario.repeats,
    }
}

fn row(compared: &Compared) -> Vec<String> {
    let shares = compared.minsu.rates.iter().zip(&compared.bare).map(|(minsu, bare)| ratio(*minsu, *bare));
    let median = |rates: &[f64]| Spread::of(rates.iter().copied()).map_or(0.0, |spread| spread.median);
    let share = Spread::of(shares).unwrap_or(Spread { min: 0.0, median: 0.0, max: 0.0 });
    cells([
        compared.scenario.name,
        &format!("{:.0}", median(&compared.bare)),
        &format!("{:.0}", median(&compared.minsu.rates)),
        &format!("{:.2}", share.min),
        &format!("{:.2}", share.median),
        &format!("{:.2}", share.max),
        &format!("{:.0}", compared.minsu.micros()),
    ])
}

fn rates(rows: Vec<Vec<String>>) -> String {
    let head = cells(["bookings", "pgbench, /s", "minsu, /s", "share: min", "median", "max", "minsu, µs"]);
    table(&[vec![head], rows].concat())
}

/// The rate of bookings of one house as a share of that of many houses, accepted and refused.
fn hot_shares(compared: &[Compared]) -> String {
    let named = |name: &str| compared.iter().find(|compared| compared.scenario.name == name);
    let row = |title: &str, hot: &str, random: &str| {
        let (hot, random) = (named(hot)?, named(random)?);
        let ratios = |hot: &[f64], random: &[f64]| {
            let spread = Spread::of(hot.iter().zip(random).map(|(hot, random)| ratio(*hot, *random)))?;
            Some([spread.min, spread.median, spread.max].map(|value| format!("{value:.2}")))
        };
        let (bare, minsu) = (ratios(&hot.bare, &random.bare)?, ratios(&hot.minsu.rates, &random.minsu.rates)?);
        Some(cells([title, &bare[1], &minsu[0], &minsu[1], &minsu[2]]))
    };
    let lines = [
        Some(cells(["one house beside many", "pgbench, median", "minsu: min", "median", "max"])),
        row("accepted", "booking-hot", "booking-random"),
        row("refused", "booking-hot-taken", "booking-random-taken"),
    ];
    table(&lines.into_iter().flatten().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_booking_has_its_sql() {
        let world = World::example();
        let kinds: Vec<_> = scenario::all()
            .into_iter()
            .filter(|scenario| scenario.name.starts_with(NAME))
            .map(|scenario| bare(&scenario, &world, 2))
            .map(|kind| (kind.house, kind.spread, kind.refused))
            .collect();
        assert_eq!(kinds, [(1002, 1, false), (1002, 1, true), (3000, MANY, false), (3000, MANY, true)]);
    }
}
