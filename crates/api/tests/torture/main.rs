//! `minsu-torture` against the binary of this build: one short run on each engine here, many long ones by
//! `make torture`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "a run prints its report")]
#![expect(clippy::disallowed_methods, reason = "tests have no port for the clock and the environment")]

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::{Duration, Instant},
};

use minsu_torture::{Engine, Plan, Report, run, shrink};

/// Runs of `make torture` on each engine.
const RUNS: usize = 4;
/// No further run begins after so long on one engine.
const LONGEST: Duration = Duration::from_secs(40 * 60);

/// A variable that is a number or another value.
fn variable<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

fn is_long() -> bool {
    variable::<String>("TORTURE").is_some_and(|effort| effort == "full")
}

/// Where the history of a failed run is kept.
fn kept(report: &Report) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torture");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{}-{}.txt", report.plan.engine.name(), report.plan.seed));
    let violations: String = report.violations.iter().map(|violation| format!("BROKEN {violation}\n")).collect();
    let text = format!("{report}\n{violations}\n{}\n--- the processes\n{}", report.history, report.printed);
    std::fs::write(&file, text).unwrap();
    file
}

/// One engine at a time: a run needs the machine for itself, or it tells of the others' load.
static MACHINE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Runs the plans of an engine; fails with the smallest plan that breaks an invariant, and its history.
async fn torture(engine: Engine) {
    if variable::<String>("TORTURE_ENGINE").is_some_and(|only| only != engine.name()) {
        return;
    }
    let _machine = MACHINE.lock().await;
    let binary = Path::new(env!("CARGO_BIN_EXE_minsu"));
    let (faults, guests, runs) = if is_long() { (10, 8, RUNS) } else { (3, 4, 1) };
    let faults = variable("TORTURE_FAULTS").unwrap_or(faults);
    let guests = variable("TORTURE_GUESTS").unwrap_or(guests);
    let seed: Option<u64> = variable("TORTURE_SEED");
    let runs = if is_long() && seed.is_some() { 1 } else { variable("TORTURE_RUNS").unwrap_or(runs) };
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    // `make test` always makes the same decisions.
    let first = seed.unwrap_or(if is_long() { now } else { 27 });
    let (begun, mut total) = (Instant::now(), [0; 3]);
    for number in 0..runs {
        if begun.elapsed() > LONGEST {
            println!("the time is up after {number} runs");
            break;
        }
        let mut plan = Plan::draw(first + number as u64, engine, faults, guests);
        if let Some(numbers) = variable::<String>("TORTURE_KEEP") {
            plan = plan.keeping(&numbers.split(',').filter_map(|number| number.parse().ok()).collect::<Vec<_>>());
        }
        let report = run(binary, &plan).await.unwrap();
        print!("{report}");
        for (sum, calls) in total.iter_mut().zip(report.calls) {
            *sum += calls;
        }
        if !report.violations.is_empty() {
            println!("its history: {}", kept(&report).display());
            let tries = variable("TORTURE_SHRINK").unwrap_or(if is_long() { 8 } else { 0 });
            let smallest = shrink(binary, report, tries).await.unwrap();
            let file = kept(&smallest);
            let tail: Vec<_> = smallest.history.lines().rev().take(40).collect();
            let tail: Vec<_> = tail.into_iter().rev().collect();
            panic!("{smallest}\nthe end of its history ({}):\n{}", file.display(), tail.join("\n"));
        }
    }
    let [done, refused, unknown] = total;
    println!("{}: {done} calls acknowledged, {refused} refused, {unknown} unknown; nothing is broken", engine.name());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariants_hold_on_sqlite() {
    torture(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariants_hold_on_postgres() {
    torture(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariants_hold_on_mariadb() {
    torture(Engine::MariaDb).await;
}
