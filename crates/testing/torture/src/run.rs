//! One run: the site starts, clients act, faults happen, and everything is compared in the end.

use std::{
    fmt, io,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use crate::{
    database::Tables,
    ending,
    history::{History, Violation},
    inject::Lasted,
    invariants,
    people::{self, People},
    plan::Plan,
    site::Site,
    watch::{Watch, Window},
    world::World,
};

/// How long clients act before the first fault, between two faults and behind the last one.
const PAUSE: Duration = Duration::from_millis(900);
/// How long a client may take to end its last call.
const LAST_CALLS: Duration = Duration::from_secs(60);

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// The plan.
    pub plan: Plan,
    /// Broken invariants; none in a good run.
    pub violations: Vec<Violation>,
    /// Calls: acknowledged, refused, unknown.
    pub calls: [usize; 3],
    /// The longest wait of a client, in milliseconds.
    pub longest_wait: u64,
    /// The longest time from the end of a fault to full service, in milliseconds.
    pub longest_outage: u64,
    /// Every call and fault.
    pub history: String,
    /// What the processes of the site printed.
    pub printed: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, violations, calls: [done, refused, unknown], longest_wait, longest_outage, .. } = self;
        let faults: Vec<_> = plan.faults.iter().map(|it| format!("{} {:?}", it.fault, it.duration)).collect();
        writeln!(f, "{plan}")?;
        writeln!(f, "  faults: {}", faults.join(", "))?;
        writeln!(
            f,
            "  calls: {} ({done} acknowledged, {refused} refused, {unknown} unknown); longest wait {longest_wait} ms; \
             full service after {longest_outage} ms at most",
            done + refused + unknown
        )?;
        for violation in violations {
            writeln!(f, "  BROKEN {violation}")?;
        }
        Ok(())
    }
}

/// Runs a plan against the binary.
///
/// # Errors
/// When the site cannot be started or treated as planned; that says nothing about its invariants.
pub async fn run(binary: &Path, plan: &Plan) -> io::Result<Report> {
    let mut site = Site::start(binary, plan.engine).await?;
    let report = run_on(&mut site, plan).await;
    report.map_err(|error| io::Error::other(format!("{plan}: {error}\n{}", site.printed())))
}

async fn run_on(site: &mut Site, plan: &Plan) -> io::Result<Report> {
    let history = Arc::new(History::default());
    let world = World::new(plan.seed, site.addresses.clone(), Arc::clone(&history)).map_err(io::Error::other)?;
    let world = Arc::new(world);
    let People { clients, mut prober } = people::sign_up_all(&world, plan.guests).await?;
    history.remark("everyone is there");
    let at_rest = ending::resources(site);
    let mut acting = JoinSet::new();
    clients.into_iter().for_each(|client| {
        acting.spawn(client);
    });
    let watch = Watch::start(&world);
    let (mut windows, mut outage) = (Vec::new(), Duration::ZERO);
    sleep(PAUSE).await;
    for planned in &plan.faults {
        history.remark(format!("{} for {:?}", planned.fault, planned.duration));
        let Lasted { asked, begun, ended, undone } = site.apply(&world, *planned).await?;
        let served = prober.wait_for_service(&planned.fault.to_string(), undone).await;
        outage = outage.max(undone.elapsed());
        windows.push(Window { fault: planned.fault, asked, begun, ended, served });
        sleep(PAUSE).await;
    }
    world.is_over.store(true, Ordering::Relaxed);
    let last = async { while acting.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_CALLS, last).await.is_err() {
        history.violated("nobody waits longer than the deadline", "a client does not come to an end");
    }
    watch.judge(&world, &windows).await;
    ending::nothing_works_again(&world).await;
    ending::a_request_expires(site, &world, plan.engine, &mut prober).await?;
    ending::demand_resources(site, &world, &at_rest).await;
    let tables = Tables::read(plan.engine, &site.database).await?;
    let begun = Instant::now();
    let mut violations = invariants::broken(site, &world, &tables);
    history.remark(format!("compared in {:?}", begun.elapsed()));
    violations.splice(0..0, history.violations());
    let records = history.records();
    let unknown = records.iter().filter(|record| record.is_unknown()).count();
    let done = records.iter().filter(|record| record.is_done()).count();
    Ok(Report {
        plan: plan.clone(),
        violations,
        calls: [done, records.len() - done - unknown, unknown],
        longest_wait: world.waits.longest(),
        longest_outage: outage.as_millis() as u64,
        history: history.print(),
        printed: site.printed(),
    })
}
