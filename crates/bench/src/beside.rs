//! What others wait while people log in: a cached list at a fixed rate, once in quiet and once
//! beside many logins. A fixed rate, because a closed loop asks a stalled server less and so hides
//! the stall.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until},
};

use crate::{
    error::BenchError,
    http::{Connection, HttpError},
    plan::{self, Round},
    proc,
    server::Server,
    stats::ratio,
    world::World,
};

/// Lists a second.
const RATE: u32 = 500;
/// Connections that they come over.
const CONNECTIONS: u32 = 16;
/// How long each measurement takes.
const LENGTH: Duration = Duration::from_secs(5);
/// People who log in at the same time, again and again.
pub const PEOPLE: usize = 200;
/// How long somebody waits who was told that the server is busy.
const PAUSE: Duration = Duration::from_millis(250);

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    /// Half of the lists took at most so long in quiet, in microseconds.
    pub quiet_median: f64,
    /// All but one in a hundred.
    pub quiet_p99: f64,
    /// The same while people log in.
    pub busy_median: f64,
    /// All but one in a hundred.
    pub busy_p99: f64,
    /// Logins a second.
    pub logins: f64,
    /// Of all attempts, how many were told to come later.
    pub turned_away: f64,
    /// The most memory of the server meanwhile, in KiB.
    pub peak_kib: u64,
}

/// Measures both.
///
/// # Errors
/// When an answer does not come or is wrong.
pub async fn measure(server: &Server, world: &World) -> Result<Beside, BenchError> {
    let doing = || BenchError::http("asking for lists beside logins");
    proc::reset_peak(server.pid());
    let quiet = lists(server.address, world).await.map_err(doing())?;
    let (stop, done, away) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::default());
    let mut people = JoinSet::new();
    for _ in 0..PEOPLE {
        let login = plan::login(world, &Round { number: 0, count: 1 }).swap_remove(0);
        people.spawn(log_in(server.address, login, Arc::clone(&stop), Arc::clone(&done), Arc::clone(&away)));
    }
    let begun = Instant::now();
    let busy = lists(server.address, world).await;
    let elapsed = begun.elapsed().as_secs_f64();
    let (logins, turned_away) = (done.load(Ordering::Relaxed), away.load(Ordering::Relaxed));
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = people.join_next().await {
        ended.map_err(|error| HttpError::Io(std::io::Error::other(error))).flatten().map_err(doing())?;
    }
    let busy = busy.map_err(doing())?;
    Ok(Beside {
        quiet_median: part(&quiet, 50),
        quiet_p99: part(&quiet, 99),
        busy_median: part(&busy, 50),
        busy_p99: part(&busy, 99),
        logins: ratio(logins as f64, elapsed),
        turned_away: ratio(turned_away as f64, (logins + turned_away) as f64),
        peak_kib: proc::memory(server.pid())?.peak,
    })
}

/// How long each list took, in microseconds from when it was due, in ascending order.
async fn lists(address: SocketAddr, world: &World) -> Result<Vec<f64>, HttpError> {
    let request = Arc::new(plan::list(world, &Round { number: 0, count: 1 }).swap_remove(0));
    let begin = tokio::time::Instant::now() + Duration::from_millis(50);
    let mut tasks = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let request = Arc::clone(&request);
        tasks.spawn(async move {
            let mut stream = Connection::open(address).await?;
            let (mut due, mut waits) = (begin + Duration::from_secs(1) * connection / RATE, Vec::new());
            while due < begin + LENGTH {
                sleep_until(due).await;
                let answer = stream.exchange(&request).await?;
                if answer.head.status != 200 {
                    return Err(HttpError::Io(std::io::Error::other("a list was refused")));
                }
                waits.push(due.elapsed().as_secs_f64() * 1e6);
                due += Duration::from_secs(1) * CONNECTIONS / RATE;
            }
            Ok(waits)
        });
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended.map_err(|error| HttpError::Io(std::io::Error::other(error)))??);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

/// One of many who log in until it is enough.
async fn log_in(
    address: SocketAddr,
    login: Vec<u8>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    turned_away: Arc<AtomicUsize>,
) -> Result<(), HttpError> {
    let mut connection = Connection::open(address).await?;
    while !stop.load(Ordering::Relaxed) {
        match connection.exchange(&login).await?.head.status {
            200 => {
                done.fetch_add(1, Ordering::Relaxed);
            }
            _ => {
                turned_away.fetch_add(1, Ordering::Relaxed);
                sleep(PAUSE).await;
            }
        }
    }
    Ok(())
}

/// The value that so many of a hundred do not exceed.
fn part(sorted: &[f64], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_so_many_do_not_exceed() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!((part(&values, 50), part(&values, 99), part(&values, 100)), (101.0, 199.0, 200.0));
        assert!(part(&[], 99).is_nan());
    }
}
