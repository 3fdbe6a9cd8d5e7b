//! `redis-server`: alone, as a cluster, under Sentinel.

mod cluster;
mod resp;
mod sentinel;
mod tls;

use std::process::Command;

use tempfile::TempDir;

use crate::{
    Certificates,
    process::{Process, free_port, wait_until},
};
use tls::Tls;

pub use cluster::RedisCluster;
pub use sentinel::RedisSentinel;

const PROGRAM: &str = "redis-server";
const PACKAGE: &str = "redis-server";

/// One server without persistence.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Process>,
    port: u16,
    settings: Vec<String>,
    tls: Option<Tls>,
    directory: TempDir,
}

impl RedisServer {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, each a word of the command line.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with(settings: &[&str]) -> Self {
        Self::start_on(settings, None)
    }

    /// Starts a server that speaks TLS too, on a port of its own.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with_tls(certificates: &Certificates) -> Self {
        Self::start_on(&[], Some(Tls::new(certificates)))
    }

    fn start_on(settings: &[&str], tls: Option<Tls>) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let mut settings: Vec<_> = settings.iter().map(|&setting| setting.to_owned()).collect();
        settings.extend(tls.iter().flat_map(Tls::words));
        let mut server = Self { process: None, port: 0, settings, tls, directory };
        // Another process may have taken the free port meanwhile.
        for _ in 0..5 {
            server.port = free_port();
            if server.run() {
                return server;
            }
        }
        panic!("{PROGRAM} does not start with {:?}", server.settings)
    }

    /// The URL of the adapter's settings.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The same over TLS, for a server that speaks it.
    pub fn tls_url(&self) -> String {
        format!("rediss://127.0.0.1:{}", self.public_port())
    }

    /// The port for clients and other servers: that of TLS where there is one.
    fn public_port(&self) -> u16 {
        self.tls.as_ref().map_or(self.port, |tls| tls.port)
    }

    /// Its loopback port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it; connections break and new ones are refused.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// The process, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Starts it again on its port, empty.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        assert!(self.run(), "{PROGRAM} does not start again on port {}", self.port);
    }

    /// Sends one command on a connection of its own and returns the reply as redis-cli prints it,
    /// an array as one line for each element.
    ///
    /// # Panics
    /// When there is no reply or an error.
    pub fn command(&self, words: &[&str]) -> String {
        resp::ask(self.port, words).unwrap_or_else(|error| panic!("{words:?} failed: {error}"))
    }

    /// How many connections it has, beside the one that this asks on.
    pub fn connections(&self) -> usize {
        self.command(&["CLIENT", "LIST"]).lines().count() - 1
    }

    /// Whether it says so; a Sentinel cuts connections while it changes roles.
    fn role_is(&self, role: &str) -> bool {
        resp::ask(self.port, &["ROLE"]).is_ok_and(|answer| answer.starts_with(role))
    }

    fn run(&mut self) -> bool {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(self.directory.path())
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"])
            .args(["--enable-debug-command", "local", "--port", &self.port.to_string()])
            .args(&self.settings);
        let process = self.process.insert(Process::start(&mut command, PACKAGE));
        let port = self.port;
        let mut running = true;
        let answered = wait_until(|| {
            running = process.is_running();
            !running || resp::answers(port)
        });
        running && answered
    }
}
