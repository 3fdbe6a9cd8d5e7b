//! Child processes that listen on a free loopback port, and the one that only runs to its end.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout};

use crate::error::BenchError;

/// How long a server may take until it answers; an empty folder gets its schema meanwhile.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long it may take to end after SIGTERM.
const STOP_LIMIT: Duration = Duration::from_secs(15);
/// How long one question may take.
const ASK_LIMIT: Duration = Duration::from_secs(1);
/// Between two questions whether a server is ready.
const POLL: Duration = Duration::from_millis(2);
/// Bytes of a log that are shown.
const LOG_TAIL: usize = 2000;

/// How a server is asked whether it is ready.
#[derive(Debug, Clone, Copy)]
pub enum Probe {
    /// A GET of this path is answered with 200.
    Http(&'static str),
    /// PING is answered.
    Redis,
    /// A session of `minsu` in the database `postgres` may begin.
    Postgres,
    /// Its greeting arrives.
    MariaDb,
}

/// A child process that is killed when this is dropped.
#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    process: Process,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first good answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a server and waits until it answers. What it prints goes to `log`.
    ///
    /// # Errors
    /// [`BenchError::Ended`] with the end of the log, [`BenchError::TooLong`].
    pub async fn start(
        name: &'static str,
        log: &Path,
        probe: Probe,
        command: impl Fn(SocketAddr) -> Command,
    ) -> Result<Self, BenchError> {
        // Another process may take the free port before the server does.
        const ATTEMPTS: usize = 3;
        let mut attempt = 1;
        loop {
            match Self::start_once(name, log, probe, &command).await {
                Err(BenchError::Ended { .. }) if attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    /// Starts a program that listens nowhere. What it prints goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn without_address(name: &'static str, log: &Path, command: &mut Command) -> Result<Self, BenchError> {
        let process = spawn(name, log, command)?;
        Ok(Self { process, address: SocketAddr::from(([0, 0, 0, 0], 0)), ready_after: Duration::ZERO })
    }

    async fn start_once(
        name: &'static str,
        log: &Path,
        probe: Probe,
        command: &impl Fn(SocketAddr) -> Command,
    ) -> Result<Self, BenchError> {
        let address = free_address()?;
        let begin = Instant::now();
        let mut process = spawn(name, log, &mut command(address))?;
        loop {
            if probe.answers(address).await {
                return Ok(Self { process, address, ready_after: begin.elapsed() });
            }
            if !is_running(name, &mut process)? {
                return Err(BenchError::Ended { name, log: tail(log) });
            }
            if begin.elapsed() > START_LIMIT {
                return Err(BenchError::TooLong { name: name.to_owned(), limit: START_LIMIT });
            }
            sleep(POLL).await;
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.0.id()
    }

    /// Ends it as an operator would, so that it leaves its files in order.
    ///
    /// # Errors
    /// [`BenchError::TooLong`] when it had to be killed.
    pub async fn stop(mut self, name: &'static str) -> Result<(), BenchError> {
        // The shell's own `kill` is there where no other is.
        let mut command = Command::new("sh");
        command.args(["-c", &format!("kill -TERM {}", self.pid())]);
        command.status().map_err(BenchError::io(format!("stop {name}")))?;
        let begin = Instant::now();
        while is_running(name, &mut self.process)? {
            if begin.elapsed() > STOP_LIMIT {
                return Err(BenchError::TooLong { name: format!("stopping {name}"), limit: STOP_LIMIT });
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// Runs a program to its end.
///
/// # Errors
/// [`BenchError::Ended`] when it fails, [`BenchError::TooLong`].
pub async fn run_to_end(
    name: &'static str,
    log: &Path,
    limit: Duration,
    command: &mut Command,
) -> Result<(), BenchError> {
    let begin = Instant::now();
    let mut process = spawn(name, log, command)?;
    while is_running(name, &mut process)? {
        if begin.elapsed() > limit {
            return Err(BenchError::TooLong { name: name.to_owned(), limit });
        }
        sleep(Duration::from_millis(20)).await;
    }
    let status = process.0.wait().map_err(BenchError::io(format!("wait for {name}")))?;
    if status.success() { Ok(()) } else { Err(BenchError::Ended { name, log: tail(log) }) }
}

fn spawn(name: &'static str, log: &Path, command: &mut Command) -> Result<Process, BenchError> {
    let open = || -> std::io::Result<(File, File)> {
        let file = File::create(log)?;
        Ok((file.try_clone()?, file))
    };
    let (out, err) = open().map_err(BenchError::io(format!("write {}", log.display())))?;
    let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    Ok(Process(child.map_err(BenchError::io(format!("start {name}")))?))
}

fn is_running(name: &str, process: &mut Process) -> Result<bool, BenchError> {
    Ok(process.0.try_wait().map_err(BenchError::io(format!("watch {name}")))?.is_none())
}

fn tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(LOG_TAIL)..]).into_owned()
}

/// A free loopback port.
fn free_address() -> Result<SocketAddr, BenchError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map_err(BenchError::io("find a free port"))
}

impl Probe {
    async fn answers(self, address: SocketAddr) -> bool {
        match self {
            Self::Http(path) => {
                let ask = async {
                    let mut connection = crate::http::Connection::open(address).await.ok()?;
                    Some(connection.exchange(&crate::http::get(path, None)).await.ok()?.head.status)
                };
                timeout(ASK_LIMIT, ask).await.is_ok_and(|status| status == Some(200))
            }
            Self::Redis => answers(address, b"PING\r\n", |answer: [u8; 5]| &answer == b"+PONG"),
            // The length, version 3 of the protocol, the parameters; the answer begins with R when
            // the server wants nothing more to be said.
            Self::Postgres => {
                let parameters = b"\0\x03\0\0user\0minsu\0database\0postgres\0\0";
                let length = u32::try_from(parameters.len() + 4).unwrap_or(u32::MAX);
                let hello = [&length.to_be_bytes(), &parameters[..]].concat();
                answers(address, &hello, |answer: [u8; 1]| &answer == b"R")
            }
            // Behind the head of the packet stands version 10 of the protocol, or an error.
            Self::MariaDb => answers(address, b"", |answer: [u8; 5]| answer[4] == 10),
        }
    }
}

/// Whether the beginning of the answer to some bytes is the expected one.
fn answers<const N: usize>(address: SocketAddr, hello: &[u8], expected: impl Fn([u8; N]) -> bool) -> bool {
    let ask = || -> std::io::Result<[u8; N]> {
        let mut stream = TcpStream::connect_timeout(&address, ASK_LIMIT)?;
        stream.set_read_timeout(Some(ASK_LIMIT))?;
        stream.set_write_timeout(Some(ASK_LIMIT))?;
        stream.write_all(hello)?;
        let mut answer = [0; N];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &'static str) -> impl Fn(SocketAddr) -> Command {
        move |_| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        }
    }

    #[tokio::test]
    async fn a_server_that_ends_at_once_shows_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let started = Server::start("a server", &log, Probe::Http("/"), shell("echo no such database >&2; exit 1"));
        let error = started.await.unwrap_err();
        assert!(matches!(&error, BenchError::Ended { log, .. } if log == "no such database\n"), "{error:?}");
    }

    #[tokio::test]
    async fn a_program_runs_to_its_end_or_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let run = |script, limit| {
            let log = log.clone();
            async move {
                let mut command = Command::new("sh");
                run_to_end("a program", &log, limit, command.args(["-c", script])).await
            }
        };
        run("exit 0", START_LIMIT).await.unwrap();
        assert!(matches!(run("exit 3", START_LIMIT).await, Err(BenchError::Ended { .. })));
        assert!(matches!(run("sleep 60", Duration::from_millis(50)).await, Err(BenchError::TooLong { .. })));
        assert!(matches!(
            run_to_end("nothing", &log, START_LIMIT, &mut Command::new("/nonexistent")).await,
            Err(BenchError::Io { .. })
        ));
    }
}
