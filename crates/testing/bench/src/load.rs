//! The load generator: so many requests over so many connections, then it ends.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::{JoinError, JoinSet},
    time::timeout,
};

use crate::{
    error::BenchError,
    http::{Answer, Connection, HttpError},
};

/// How long one load may take.
const LIMIT: Duration = Duration::from_secs(180);
/// Where in a body the expected words stand, at the latest.
const PREFIX: usize = 256;

/// What every answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Status 200, and these words near the beginning of the body.
    Words(&'static str),
    /// Status 200 and a JPEG.
    Jpeg,
    /// Status 200.
    Anything,
    /// Any status below 400.
    NoFailure,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Load {
    /// The requests; they begin anew when more are to be sent.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many are sent.
    pub count: usize,
    /// Over how many connections.
    pub connections: usize,
    /// What the answers must be.
    pub expect: Expect,
}

/// The results of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// From the first request to the last answer; connections were open before.
    pub elapsed: Duration,
    /// How many answers were not the expected one.
    pub unexpected: usize,
    /// The beginning of one of them.
    pub sample: Option<String>,
}

/// Sends a load. The order is fixed; each connection sends its next request when it has the answer
/// to the one before.
///
/// # Errors
/// [`BenchError::Http`] for the first answer that does not come; [`BenchError::TooLong`].
pub async fn run(address: SocketAddr, load: &Load) -> Result<Tally, BenchError> {
    let doing = format!("sending {} requests", load.count);
    let limit = || BenchError::TooLong { name: doing.clone(), limit: LIMIT };
    timeout(LIMIT, send(address, load)).await.map_err(|_| limit())?.map_err(BenchError::http(doing.clone()))
}

async fn send(address: SocketAddr, load: &Load) -> Result<Tally, HttpError> {
    let mut connections = Vec::new();
    for _ in 0..load.connections.min(load.count) {
        connections.push(Connection::open(address).await?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    let begin = Instant::now();
    for connection in connections {
        tasks.spawn(drive(address, connection, load.clone(), next.clone()));
    }
    let mut tally = Tally { elapsed: Duration::ZERO, unexpected: 0, sample: None };
    while let Some(ended) = tasks.join_next().await {
        let (unexpected, sample) = ended.map_err(failed_task)??;
        tally.unexpected += unexpected;
        tally.sample = tally.sample.or(sample);
    }
    tally.elapsed = begin.elapsed();
    Ok(tally)
}

fn failed_task(error: JoinError) -> HttpError {
    HttpError::Io(std::io::Error::other(error))
}

/// One connection's part: the count of unexpected answers, and one of them.
async fn drive(
    address: SocketAddr,
    mut connection: Connection,
    load: Load,
    next: Arc<AtomicUsize>,
) -> Result<(usize, Option<String>), HttpError> {
    let (mut unexpected, mut sample) = (0, None);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= load.count {
            return Ok((unexpected, sample));
        }
        let answer = connection.exchange(&load.requests[index % load.requests.len()]).await?;
        if !load.expect.holds(&answer) {
            unexpected += 1;
            sample.get_or_insert_with(|| describe(&answer));
        }
        if answer.head.closes {
            connection = Connection::open(address).await?;
        }
    }
}

/// Status and the beginning of the body, for people.
pub fn describe(answer: &Answer<'_>) -> String {
    let beginning = &answer.body[..answer.body.len().min(PREFIX)];
    format!("{} {}", answer.head.status, String::from_utf8_lossy(beginning))
}

impl Expect {
    /// Whether an answer is that.
    pub fn holds(self, answer: &Answer<'_>) -> bool {
        let body = answer.body;
        if self == Self::NoFailure {
            return answer.head.status < 400;
        }
        answer.head.status == 200
            && match self {
                Self::Anything | Self::NoFailure => true,
                Self::Jpeg => body.starts_with(b"\xff\xd8\xff"),
                Self::Words(words) => {
                    let beginning = &body[..body.len().min(PREFIX)];
                    beginning.windows(words.len().max(1)).any(|part| part == words.as_bytes())
                }
            }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers every request on every connection with its own path, in two pieces; counts both.
    async fn echo(status: &'static str) -> (SocketAddr, Arc<AtomicUsize>, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (connections.clone(), requests.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counters.0.fetch_add(1, Ordering::SeqCst);
                let requests = counters.1.clone();
                tokio::spawn(async move {
                    let mut buffer = [0; 1024];
                    while let Ok(size @ 1..) = stream.read(&mut buffer).await {
                        requests.fetch_add(1, Ordering::SeqCst);
                        let text = String::from_utf8_lossy(&buffer[..size]);
                        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", path.len());
                        stream.write_all(head.as_bytes()).await.unwrap();
                        stream.flush().await.unwrap();
                        tokio::task::yield_now().await;
                        stream.write_all(path.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        (address, connections, requests)
    }

    fn load(count: usize, connections: usize, expect: Expect) -> Load {
        let requests = Arc::new(vec![crate::http::get("/a", None), crate::http::get("/b", None)]);
        Load { requests, count, connections, expect }
    }

    #[tokio::test]
    async fn exactly_the_requests_are_sent_over_connections_that_stay_open() {
        let (address, connections, requests) = echo("200 OK").await;
        let tally = run(address, &load(101, 4, Expect::Anything)).await.unwrap();
        assert_eq!((requests.load(Ordering::SeqCst), connections.load(Ordering::SeqCst)), (101, 4));
        assert_eq!((tally.unexpected, tally.sample), (0, None));
        assert!(tally.elapsed > Duration::ZERO);
    }

    #[tokio::test]
    async fn unexpected_answers_are_counted_and_one_is_kept() {
        let (address, ..) = echo("200 OK").await;
        let tally = run(address, &load(10, 2, Expect::Words("/a"))).await.unwrap();
        assert_eq!((tally.unexpected, tally.sample.as_deref()), (5, Some("200 /b")));
        assert_eq!(run(address, &load(3, 1, Expect::Jpeg)).await.unwrap().unexpected, 3);
        let (address, ..) = echo("503 Busy").await;
        assert_eq!(run(address, &load(4, 8, Expect::Anything)).await.unwrap().unexpected, 4);
    }

    #[tokio::test]
    async fn a_closed_connection_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 1024];
                let _ = stream.read(&mut buffer).await;
            }
        });
        let error = run(address, &load(5, 1, Expect::Anything)).await.unwrap_err();
        assert!(matches!(error, BenchError::Http { source: HttpError::Closed, .. }), "{error:?}");
    }
}
