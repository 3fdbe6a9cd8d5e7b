//! The processes of a run, all in one temporary folder: the measured server, the bare handler, Redis.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    cli::Common,
    cores::Cores,
    error::BenchError,
    server::{Probe, Server, run_to_end},
};

/// How long the filling may take.
const SEED_LIMIT: Duration = Duration::from_secs(7200);
/// How long the schema may take.
const MIGRATE_LIMIT: Duration = Duration::from_secs(60);
/// How long counting hashes may take.
const HASHES_LIMIT: Duration = Duration::from_secs(60);
/// What every variable of the server's settings begins with.
const VARIABLE_PREFIX: &str = "MINSU_";

/// All load comes from one address and few guests, which limits and quotas are there to stop.
const NO_LIMITS: [&str; 6] = [
    "MINSU_LIMITS__REQUESTS_PER_SECOND",
    "MINSU_LIMITS__CAPTCHAS_PER_ADDRESS_MINUTE",
    "MINSU_LIMITS__WAITING_ORDERS_PER_GUEST",
    "MINSU_LIMITS__LOGIN_FAILURES_ADDRESS",
    "MINSU_QUOTAS__ORDERS_PER_DAY",
    "MINSU_QUOTAS__WAITING_DAYS_PER_GUEST",
];

/// Where the measured server keeps sessions and ready pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheChoice {
    /// In its own memory.
    Memory,
    /// In Redis, and ready pages in its own memory before that.
    Redis(SocketAddr),
    /// In Redis, and no pages in its own memory.
    RedisAlone(SocketAddr),
}

/// The folder and the settings of the processes of a run.
pub struct Site {
    folder: TempDir,
    minsu: PathBuf,
    own: PathBuf,
    cores: Cores,
    settings: Vec<(String, String)>,
}

impl Site {
    /// A site in a new temporary folder; it goes when this is dropped.
    ///
    /// # Errors
    /// Without the binary, or without a place for the folder.
    pub fn new(options: &Common, cores: Cores) -> Result<Self, BenchError> {
        let find = BenchError::io(format!("find {}: build it first", options.minsu.display()));
        Ok(Self {
            folder: TempDir::with_prefix("minsu-bench-").map_err(BenchError::io("make a temporary folder"))?,
            minsu: options.minsu.canonicalize().map_err(find)?,
            own: std::env::current_exe().map_err(BenchError::io("find this program itself"))?,
            cores,
            settings: options.set.clone(),
        })
    }

    /// The same with one more setting.
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.settings.push((name.to_owned(), value));
        self
    }

    /// How the machine is shared.
    pub fn cores(&self) -> &Cores {
        &self.cores
    }

    /// Where profile dev writes captchas and codes.
    pub fn outbox(&self) -> PathBuf {
        self.data().join("dev-outbox.jsonl")
    }

    /// Starts the measured server with this cache.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn serve(&self, cache: CacheChoice) -> Result<Server, BenchError> {
        let log = self.folder.path().join("serve.log");
        Server::start("minsu serve", &log, Probe::Http("/readyz"), |address| {
            let mut command = self.minsu(&["serve"], Some(address));
            if let CacheChoice::Redis(redis) | CacheChoice::RedisAlone(redis) = cache {
                command.env("MINSU_CACHE__URL", format!("redis://{redis}"));
            }
            if matches!(cache, CacheChoice::RedisAlone(_)) {
                command.env("MINSU_CACHE__PAGE_MEMORY_BYTES", "0");
            }
            command
        })
        .await
    }

    /// Starts a worker whose clock is so many seconds ahead, with its log as JSON.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn worker(&self, log: &Path, ahead: i64) -> Result<Server, BenchError> {
        let mut command = self.minsu(&["worker"], None);
        command.env("MINSU_TESTING__CLOCK_OFFSET_SECONDS", ahead.to_string());
        command.env("MINSU_LOG__FORMAT", "json").env("MINSU_LOG__FILTER", "info");
        Server::without_address("minsu worker", log, &mut command)
    }

    /// Makes or updates the schema.
    ///
    /// # Errors
    /// When it fails.
    pub async fn migrate(&self) -> Result<(), BenchError> {
        let log = self.folder.path().join("migrate.log");
        run_to_end("minsu migrate", &log, MIGRATE_LIMIT, &mut self.minsu(&["migrate", "up"], None)).await
    }

    /// Runs a command of the measured binary to its end and returns what it says.
    ///
    /// # Errors
    /// When it fails or takes longer.
    pub async fn run(&self, arguments: &[&str], limit: Duration) -> Result<String, BenchError> {
        let log = self.folder.path().join("command.log");
        run_to_end("minsu", &log, limit, &mut self.minsu(arguments, None)).await?;
        std::fs::read_to_string(&log).map_err(BenchError::io("read what minsu says"))
    }

    /// Fills the database.
    ///
    /// # Errors
    /// When it fails.
    pub async fn seed(&self, houses: u64, orders: u64) -> Result<(), BenchError> {
        let log = self.folder.path().join("seed.log");
        let (houses, orders) = (houses.to_string(), orders.to_string());
        let arguments = ["seed", "--houses", &houses, "--orders", &orders, "--seed", "1"];
        run_to_end("minsu seed", &log, SEED_LIMIT, &mut self.minsu(&arguments, None)).await
    }

    /// Starts the bare handler with a body of this size.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn bare(&self, bytes: usize) -> Result<Server, BenchError> {
        let log = self.folder.path().join("bare.log");
        Server::start("the bare handler", &log, Probe::Http("/"), |address| {
            let mut command = self.cores.on_server_share(&self.own);
            command.args(["bare", "--listen", &address.to_string(), "--bytes", &bytes.to_string()]);
            command.args(["--workers", &self.cores.workers().to_string()]);
            command
        })
        .await
    }

    /// Password hashes a second on the server's share, one thread for each of its processors.
    ///
    /// # Errors
    /// When it does not get to its end.
    pub async fn hashes(&self) -> Result<f64, BenchError> {
        let log = self.folder.path().join("hashes.log");
        let mut rate = 0.0;
        for _ in 0..self.cores.workers() {
            let mut command = self.cores.on_server_share(&self.own);
            run_to_end("minsu-bench hashes", &log, HASHES_LIMIT, command.arg("hashes")).await?;
            let text = std::fs::read_to_string(&log).map_err(BenchError::io("read the count of hashes"))?;
            rate += text.trim().parse::<f64>().map_err(|_| BenchError::Unreadable("the count of hashes".to_owned()))?;
        }
        Ok(rate)
    }

    /// Starts Redis, without persistence; `None` where it is not installed.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn redis(&self) -> Result<Option<Server>, BenchError> {
        let log = self.folder.path().join("redis.log");
        let started = Server::start("redis-server", &log, Probe::Redis, |address| {
            let mut command = Command::new("redis-server");
            command.current_dir(self.folder.path());
            command.args(["--bind", "127.0.0.1", "--port", &address.port().to_string()]);
            command.args(["--save", "", "--appendonly", "no", "--daemonize", "no"]);
            command
        });
        match started.await {
            Ok(server) => Ok(Some(server)),
            Err(BenchError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The measured binary with the settings of this run alone, whatever the environment says.
    fn minsu(&self, arguments: &[&str], listen: Option<SocketAddr>) -> Command {
        let mut command = self.cores.on_server_share(&self.minsu);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(VARIABLE_PREFIX) {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path()).args(arguments);
        command.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", self.data());
        command.env("MINSU_SERVER__WORKERS", self.cores.workers().to_string());
        command.envs(NO_LIMITS.map(|name| (name, "0")));
        // One guest does everything here, many times at once.
        for limit in ["LOGIN_FAILURES", "WAITING_ORDERS_PER_GUEST"] {
            command.env(format!("MINSU_LIMITS__{limit}"), "0");
        }
        if let Some(listen) = listen {
            command.env("MINSU_SERVER__LISTEN", listen.to_string());
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}
