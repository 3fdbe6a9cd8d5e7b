//! A cached list and bookings at a fixed rate, in quiet and while their events go to webhooks, most of which hang.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    cli::Webhooks,
    cores::Cores,
    database::Databases,
    document,
    error::BenchError,
    load::Expect,
    machine::{self, Machine},
    paced::{self, Pace, Waits},
    plan::{self, Round},
    receivers::Receivers,
    server::Server,
    site::{CacheChoice, Site},
    table::{cells, table},
    terminal::{command_line, print, say},
    visitor::Visitor,
    world::World,
};

/// Lists a second.
const LISTS: u32 = 500;
/// How long the last events may take to arrive where nothing hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// What was measured.
struct Measured {
    quiet: Waits,
    /// Lists and bookings without webhooks.
    without: (Waits, Waits),
    /// Lists and bookings whose events go to webhooks.
    with: (Waits, Waits),
    /// How long after the last booking its event had arrived.
    behind: Duration,
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong; an event that does not arrive is such.
pub async fn run(options: &Webhooks, cores: Cores) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-webhooks-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(options.engine, folder.path()).await?;
    let site = Site::new(&options.common, cores)?
        .with("MINSU_DATABASE__URL", databases.url("webhooks").await?)
        .with("MINSU_OUTBOUND__ALLOW_LOOPBACK", "true".to_owned());
    let server = site.serve(CacheChoice::Memory).await?;
    let world = World::make(server.address, &site.outbox(), machine.date).await?;
    let receivers = Receivers::start().await?;
    let measured = measure(options, &server, &world, &receivers).await?;
    let cores = site.cores().describe();
    server.stop("minsu serve").await?;
    let described = databases.describe();
    databases.stop().await?;

    let head = machine.described(&command_line(), &cores, &machine::load_average());
    let rates = format!("{} bookings and {LISTS} lists a second for {} s", options.rate, options.seconds);
    let hooks = format!("one webhook that answers and {} that hang", options.hanging);
    let markdown = format!("{head}- {described}; {rates}; {hooks}\n\n{}", rows(&measured));
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, options.engine.webhooks_section(), &markdown),
        None => Ok(()),
    }
}

async fn measure(
    options: &Webhooks,
    server: &Server,
    world: &World,
    receivers: &Receivers,
) -> Result<Measured, BenchError> {
    let requests = Arc::new(plan::list(world, &Round { number: 0, count: 1 }));
    let lists = Pace { requests, rate: LISTS, count: LISTS * options.seconds, expect: Expect::Anything };
    let count = options.rate * options.seconds;
    let bookings = |round: usize| {
        let requests = plan::one_after_another(world, round * count as usize, count as usize);
        Pace { requests: Arc::new(requests), rate: options.rate, count, expect: Expect::Words(r#""errno":"0""#) }
    };
    say("a cached list in quiet");
    // The first one warms up.
    paced::run(server.address, &lists).await?;
    let quiet = paced::run(server.address, &lists).await?;
    say("beside bookings without webhooks");
    let without = both(server, &lists, &bookings(0)).await?;
    let mut landlord = Visitor::arrive(server.address).await?;
    landlord.log_in(&world.landlord_login()).await?;
    let hanging = (0..options.hanging).map(|number| receivers.hanging(number));
    for url in std::iter::once(receivers.sound()).chain(hanging) {
        landlord.create("/api/v2/webhooks", &json!({"url": url, "events": ["order.placed"]})).await?;
    }
    say("beside bookings whose events go to webhooks");
    let with = both(server, &lists, &bookings(1)).await?;
    let behind = receivers.until_taken(count as usize, LIMIT).await?;
    Ok(Measured { quiet, without, with, behind })
}

/// Lists and bookings at the same time.
async fn both(server: &Server, lists: &Pace, bookings: &Pace) -> Result<(Waits, Waits), BenchError> {
    let (lists, bookings) = tokio::join!(paced::run(server.address, lists), paced::run(server.address, bookings));
    Ok((lists?, bookings?))
}

fn rows(measured: &Measured) -> String {
    let row =
        |what: &str, waits: &Waits| cells([what, &format!("{:.0}", waits.part(50)), &format!("{:.0}", waits.part(99))]);
    let waits = table(&[
        cells(["what", "median, µs", "99 of 100, µs"]),
        row("lists in quiet", &measured.quiet),
        row("lists beside bookings", &measured.without.0),
        row("lists beside bookings with webhooks", &measured.with.0),
        row("bookings", &measured.without.1),
        row("bookings with webhooks", &measured.with.1),
    ]);
    let behind = measured.behind.as_secs_f64();
    format!("{waits}\nThe last event had arrived {behind:.1} s after the last booking.\n")
}
