//! Latency and throughput of a cached list, at a fixed rate and at full speed, once alone and once under the load
//! of many logins.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use crate::{
    error::BenchError,
    http::{Connection, HttpError},
    load::{self, Expect, Load},
    paced::{self, Pace, Waits},
    plan::{self, Round},
    proc,
    server::Server,
    stats::ratio,
    world::World,
};

/// Lists a second.
const RATE: u32 = 500;
/// How long each measurement takes.
const SECONDS: u32 = 5;
/// People who log in at the same time, again and again.
pub const PEOPLE: usize = 200;
/// Lists of one measurement at full speed.
const LISTS: usize = 150_000;
/// Over so many connections.
const CONNECTIONS: usize = 32;
/// The pause of a client after the answer that the server is busy.
const PAUSE: Duration = Duration::from_millis(250);

/// The measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnderLoad {
    /// Half of the lists took at most so long in quiet, in microseconds.
    pub quiet_median: f64,
    /// All but one in a hundred.
    pub quiet_p99: f64,
    /// The same while people log in.
    pub busy_median: f64,
    /// All but one in a hundred.
    pub busy_p99: f64,
    /// Lists a second at full speed, in quiet.
    pub quiet_rate: f64,
    /// The same while people log in.
    pub busy_rate: f64,
    /// Logins a second during lists at the fixed rate.
    pub logins: f64,
    /// Logins a second during lists at full speed.
    pub logins_at_full_speed: f64,
    /// The share of all attempts that was refused as busy.
    pub refused: f64,
    /// The most memory of the server meanwhile, in KiB.
    pub peak_kib: u64,
}

/// Measures both.
///
/// # Errors
/// When an answer does not come or is wrong.
pub async fn measure(server: &Server, world: &World) -> Result<UnderLoad, BenchError> {
    let doing = || BenchError::http("logging in");
    proc::reset_peak(server.pid());
    let quiet = lists(server.address, world).await?;
    let quiet_rate = at_full_speed(server.address, world).await?;
    let (stop, done, away) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::default());
    let mut people = JoinSet::new();
    for _ in 0..PEOPLE {
        let login = plan::login(world, &Round { number: 0, count: 1 }).swap_remove(0);
        people.spawn(log_in(server.address, login, Arc::clone(&stop), Arc::clone(&done), Arc::clone(&away)));
    }
    let begun = Instant::now();
    let busy = lists(server.address, world).await;
    let elapsed = begun.elapsed().as_secs_f64();
    let (logins, refused) = (done.load(Ordering::Relaxed), away.load(Ordering::Relaxed));
    let begun = Instant::now();
    let busy_rate = at_full_speed(server.address, world).await;
    let at_full_speed = ratio((done.load(Ordering::Relaxed) - logins) as f64, begun.elapsed().as_secs_f64());
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = people.join_next().await {
        ended.map_err(|error| HttpError::Io(std::io::Error::other(error))).flatten().map_err(doing())?;
    }
    let busy = busy?;
    Ok(UnderLoad {
        quiet_median: quiet.part(50),
        quiet_p99: quiet.part(99),
        busy_median: busy.part(50),
        busy_p99: busy.part(99),
        quiet_rate,
        busy_rate: busy_rate?,
        logins: ratio(logins as f64, elapsed),
        logins_at_full_speed: at_full_speed,
        refused: ratio(refused as f64, (logins + refused) as f64),
        peak_kib: proc::memory(server.pid())?.peak,
    })
}

/// How long each list took.
async fn lists(address: SocketAddr, world: &World) -> Result<Waits, BenchError> {
    let requests = Arc::new(plan::list(world, &Round { number: 0, count: 1 }));
    paced::run(address, &Pace { requests, rate: RATE, count: RATE * SECONDS, expect: Expect::Anything }).await
}

/// Lists a second, each connection asking for its next one when it has the one before.
async fn at_full_speed(address: SocketAddr, world: &World) -> Result<f64, BenchError> {
    let requests = Arc::new(plan::list(world, &Round { number: 0, count: 1 }));
    let load = Load { requests, count: LISTS, connections: CONNECTIONS, expect: Expect::Anything };
    let tally = load::run(address, &load).await?;
    match tally.sample {
        Some(sample) => Err(BenchError::Unreadable(sample)),
        None => Ok(ratio(LISTS as f64, tally.elapsed.as_secs_f64())),
    }
}

/// One of many clients that log in until `stop` is set.
async fn log_in(
    address: SocketAddr,
    login: Vec<u8>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
) -> Result<(), HttpError> {
    let mut connection = Connection::open(address).await?;
    while !stop.load(Ordering::Relaxed) {
        match connection.exchange(&login).await?.head.status {
            200 => {
                done.fetch_add(1, Ordering::Relaxed);
            }
            _ => {
                refused.fetch_add(1, Ordering::Relaxed);
                sleep(PAUSE).await;
            }
        }
    }
    Ok(())
}
