//! Requests at a fixed rate. A wait counts from when a request was due, so that a server that stalls
//! is not simply asked less.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    task::{JoinSet, yield_now},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    error::BenchError,
    http::{Connection, HttpError},
    load::{Expect, describe},
};

/// Connections that the requests come over.
const CONNECTIONS: u32 = 16;
/// The first request is due so long after the connections are open.
const LEAD: Duration = Duration::from_millis(50);
/// A timer wakes up to so much too late; the rest of a wait is spent awake.
const TIMER: Duration = Duration::from_millis(2);
/// How much longer than planned everything may take.
const GRACE: Duration = Duration::from_secs(60);

/// Requests at fixed times.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The requests; they begin anew when more are to be sent.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many are due in a second.
    pub rate: u32,
    /// How many are sent.
    pub count: u32,
    /// What the answers must be.
    pub expect: Expect,
}

/// The waits for all answers of a measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Waits {
    /// In microseconds, in ascending order.
    sorted: Vec<f64>,
}

impl Waits {
    fn new(mut micros: Vec<f64>) -> Self {
        micros.sort_by(f64::total_cmp);
        Self { sorted: micros }
    }

    /// The wait that so many of a hundred do not exceed, in microseconds.
    pub fn part(&self, percent: usize) -> f64 {
        let index = (self.sorted.len() * percent / 100).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(index).copied().unwrap_or(f64::NAN)
    }
}

/// Sends them.
///
/// # Errors
/// [`BenchError::Http`] for an answer that does not come, [`BenchError::Unexpected`] for one that is
/// not the expected one, [`BenchError::TooLong`].
pub async fn run(address: SocketAddr, pace: &Pace) -> Result<Waits, BenchError> {
    let limit = Duration::from_secs(1) * pace.count / pace.rate + GRACE;
    let too_long = |_| BenchError::TooLong { name: format!("{} requests at a fixed rate", pace.count), limit };
    timeout(limit, send(address, pace)).await.map_err(too_long)?
}

async fn send(address: SocketAddr, pace: &Pace) -> Result<Waits, BenchError> {
    let doing = || BenchError::http("asking at a fixed rate");
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS.min(pace.count) {
        connections.push(Connection::open(address).await.map_err(doing())?);
    }
    let begin = Instant::now() + LEAD;
    let mut tasks = JoinSet::new();
    for (first, connection) in connections.into_iter().enumerate() {
        tasks.spawn(drive(connection, first, begin, pace.clone()));
    }
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended.map_err(|error| doing()(HttpError::Io(std::io::Error::other(error))))??);
    }
    Ok(Waits::new(all))
}

/// One connection's part: every sixteenth request, from a given one on.
async fn drive(mut connection: Connection, first: usize, begin: Instant, pace: Pace) -> Result<Vec<f64>, BenchError> {
    let mut waits = Vec::new();
    for number in (first..pace.count as usize).step_by(CONNECTIONS as usize) {
        let due = begin + Duration::from_secs_f64(number as f64 / f64::from(pace.rate));
        sleep_until(due - TIMER).await;
        while Instant::now() < due {
            yield_now().await;
        }
        let request = &pace.requests[number % pace.requests.len()];
        let answer = connection.exchange(request).await.map_err(BenchError::http("asking at a fixed rate"))?;
        if !pace.expect.holds(&answer) {
            let line = String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned();
            return Err(BenchError::Unexpected { request: line, answer: describe(&answer) });
        }
        waits.push(due.elapsed().as_secs_f64() * 1e6);
    }
    Ok(waits)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::sleep,
    };

    use super::*;

    #[test]
    fn a_part_is_what_so_many_do_not_exceed() {
        let waits = Waits::new((1..=200).rev().map(f64::from).collect());
        assert_eq!((waits.part(50), waits.part(99), waits.part(100)), (101.0, 199.0, 200.0));
        assert!(Waits::new(Vec::new()).part(99).is_nan());
    }

    /// Answers one request after the other on each connection, the first one late.
    async fn late_once(late: Duration, status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut buffer, mut wait) = ([0; 1024], late);
                    while let Ok(1..) = stream.read(&mut buffer).await {
                        sleep(std::mem::take(&mut wait)).await;
                        let head = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok");
                        stream.write_all(head.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        address
    }

    fn pace() -> Pace {
        let requests = Arc::new(vec![crate::http::get("/", None)]);
        Pace { requests, rate: 1000, count: 64, expect: Expect::Anything }
    }

    #[tokio::test]
    async fn who_waits_behind_a_stall_is_counted_from_when_they_were_due() {
        let address = late_once(Duration::from_millis(100), "200 OK").await;
        let waits = run(address, &pace()).await.unwrap();
        assert_eq!(waits.sorted.len(), 64);
        // The second request of a connection was due 16 ms after the first, which took 100.
        assert!(waits.part(0) > 30_000.0 && waits.part(50) > 60_000.0, "{waits:?}");
    }

    #[tokio::test]
    async fn an_answer_that_is_another_ends_it() {
        let address = late_once(Duration::ZERO, "503 Busy").await;
        let error = run(address, &pace()).await.unwrap_err();
        assert!(matches!(&error, BenchError::Unexpected { answer, .. } if answer == "503 ok"), "{error:?}");
    }
}
