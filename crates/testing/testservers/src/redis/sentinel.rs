//! A master and its replica, watched by a Sentinel.

use std::process::Command;

use tempfile::TempDir;

use super::{PACKAGE, PROGRAM, RedisServer, resp, tls::Tls};
use crate::{
    Certificates,
    process::{Process, free_port, wait_until},
};

/// What the Sentinel calls its master.
const MASTER: &str = "main";

/// A master, a replica, and one Sentinel that alone decides and is quick to.
#[derive(Debug)]
pub struct RedisSentinel {
    servers: [RedisServer; 2],
    port: u16,
    tls: Option<Tls>,
    _process: Process,
    _directory: TempDir,
}

impl RedisSentinel {
    /// Starts all three and waits until the replica is known and follows its master.
    ///
    /// # Panics
    /// When Redis is not installed or does not come up.
    pub fn start() -> Self {
        Self::start_on(|| None)
    }

    /// The same where all speak TLS, among themselves too.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_with_tls(certificates: &Certificates) -> Self {
        Self::start_on(|| Some(Tls::new(certificates)))
    }

    fn start_on(tls: impl Fn() -> Option<Tls>) -> Self {
        // After a sync without a disk the replica gets nothing until its next acknowledgement.
        let master = RedisServer::start_on(&["--repl-diskless-sync", "no"], tls());
        let master_port = master.public_port().to_string();
        let replica = RedisServer::start_on(&["--replicaof", "127.0.0.1", &master_port], tls());
        // Only to a replica that is online what is written is sent at once.
        let followed = wait_until(|| master.command(&["INFO", "replication"]).contains("state=online"));
        assert!(followed, "the replica does not follow its master");

        let directory = TempDir::new().expect("a temporary directory");
        let (port, tls) = (free_port(), tls());
        let settings = format!(
            "bind 127.0.0.1\nport {port}\n{}sentinel monitor {MASTER} 127.0.0.1 {master_port} 1\n\
             sentinel down-after-milliseconds {MASTER} 300\nsentinel failover-timeout {MASTER} 2000\n",
            tls.as_ref().map_or_else(String::new, Tls::lines),
        );
        let file = directory.path().join("sentinel.conf");
        std::fs::write(&file, settings).expect("a written settings file");
        let mut command = Command::new(PROGRAM);
        command.current_dir(directory.path()).arg(file).arg("--sentinel");
        let process = Process::start(&mut command, PACKAGE);
        // By default it asks every ten seconds and corrects a role after eight.
        let periods = ["SENTINEL", "DEBUG", "info-period", "200", "publish-period", "200"];
        let quick = wait_until(|| resp::ask(port, &periods).is_ok());
        assert!(quick, "the sentinel does not start");
        let ready = wait_until(|| {
            resp::ask(port, &["SENTINEL", "MASTER", MASTER]).is_ok_and(|master| master.contains("num-slaves\n1"))
        });
        assert!(ready, "the sentinel does not find the replica");
        Self { servers: [master, replica], port, tls, _process: process, _directory: directory }
    }

    /// The URL of the adapter's settings. The address of the first Sentinel has no listener.
    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{},127.0.0.1:{}/{MASTER}", free_port(), self.port)
    }

    /// The same over TLS, for servers that speak it.
    pub fn tls_url(&self) -> String {
        let port = self.tls.as_ref().map_or(self.port, |tls| tls.port);
        format!("rediss+sentinel://127.0.0.1:{},127.0.0.1:{port}/{MASTER}", free_port())
    }

    /// Kills the first master and waits until the Sentinel has made the replica the master.
    ///
    /// # Panics
    /// When that does not happen.
    pub fn fail_over(&mut self) {
        let [master, replica] = &mut self.servers;
        master.kill();
        let promoted = wait_until(|| replica.role_is("master"));
        assert!(promoted, "the replica did not become the master");
    }

    /// Asks the Sentinel to make the replica the master while the old one lives on as its
    /// replica, and waits until both have changed their roles.
    ///
    /// # Panics
    /// When that does not happen.
    pub fn switch_over(&self) {
        let [master, replica] = &self.servers;
        // Refused until the Sentinel has heard enough of the replica.
        let begun = wait_until(|| resp::ask(self.port, &["SENTINEL", "FAILOVER", MASTER]).is_ok());
        assert!(begun, "the sentinel begins no failover");
        let switched = wait_until(|| replica.role_is("master") && master.role_is("slave"));
        assert!(switched, "the servers did not change their roles");
    }
}
