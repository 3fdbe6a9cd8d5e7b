//! The site under test: its processes and their backends, on loopback and in a folder of their own.

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;
use minsu_fakes::{Aliyun, S3, SetClock, SmsInbox};
use minsu_testservers::{Database, Kind, Server, redis::RedisServer};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use url::Url;

use crate::{engine::Engine, fault::Link, program::Program, proxy::Proxy, small_disk::SmallDisk};

/// What the database is given: short enough that a run sees them pass.
const ACQUIRE_MS: &str = "2000";
const STATEMENT_MS: &str = "1500";

/// Where clients find the site.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// `http://127.0.0.1:…` of each api process.
    pub bases: Vec<String>,
    /// Where profile dev writes the answers of captchas.
    pub outbox: PathBuf,
    /// The telephones.
    pub inbox: SmsInbox,
}

/// A database server, or the file of the embedded default.
#[expect(clippy::large_enum_variant, reason = "there is one for each run")]
pub(crate) enum Backend {
    File { disk: Option<SmallDisk> },
    Server { server: Server, redis: RedisServer, to_database: Proxy, to_redis: Proxy },
}

/// The running site. Fields are dropped in their order: processes before what they use.
pub struct Site {
    /// The api processes.
    pub(crate) nodes: Vec<Program>,
    /// The worker, where the engine allows one.
    pub(crate) worker: Option<Program>,
    pub(crate) backend: Backend,
    /// The database itself, past the proxy.
    pub(crate) database: String,
    pub(crate) objects: S3,
    pub(crate) sms: Aliyun,
    pub(crate) addresses: Addresses,
    ticking: JoinHandle<()>,
    /// Its data; removed with this.
    _folder: TempDir,
}

impl Site {
    /// Starts the backends, lets two processes migrate the empty database at once, and starts the processes.
    ///
    /// # Errors
    /// Those of the system; when a migration fails.
    pub async fn start(binary: &Path, engine: Engine) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = SetClock::at(chrono_now());
        let (objects, sms) = (S3::start().await, Aliyun::start(clock.clone()).await);
        let (backend, database) = backend(engine, folder.path()).await?;
        let settings = settings(folder.path(), &backend, &database, &objects, &sms);
        let program = |arguments: &[&str], more: &[(&str, &str)], log: &str| {
            let more = more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            let settings: Vec<_> = settings.iter().cloned().chain(more).collect();
            Program::new(binary, arguments, &settings, folder.path().join(log))
        };
        migrate_twice_at_once([
            program(&["migrate"], &[], "migrate-0.log"),
            program(&["migrate"], &[], "migrate-1.log"),
        ])?;
        let (mut nodes, mut bases) = (Vec::new(), Vec::new());
        let count = if engine == Engine::Sqlite { 1 } else { 2 };
        let in_process = if engine == Engine::Sqlite { "true" } else { "false" };
        for number in 0..count {
            let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
            bases.push(format!("http://{listen}"));
            let more = [("SERVER__LISTEN", listen.as_str()), ("JOBS__IN_PROCESS", in_process)];
            nodes.push(program(&["serve"], &more, &format!("api-{number}.log")));
        }
        let worker = (engine != Engine::Sqlite).then(|| program(&["worker"], &[], "worker.log"));
        let outbox = folder.path().join("dev-outbox.jsonl");
        let addresses = Addresses { bases, outbox, inbox: sms.inbox().clone() };
        let ticking = tokio::spawn(tick(clock));
        let mut site = Self { nodes, worker, backend, database, objects, sms, addresses, ticking, _folder: folder };
        for program in site.nodes.iter_mut().chain(&mut site.worker) {
            program.start()?;
        }
        Ok(site)
    }

    /// The proxy before a backend, where there is one.
    pub(crate) fn proxy(&self, link: Link) -> Option<&Proxy> {
        match (&self.backend, link) {
            (Backend::File { .. }, _) => None,
            (Backend::Server { to_database, .. }, Link::Database) => Some(to_database),
            (Backend::Server { to_redis, .. }, Link::Redis) => Some(to_redis),
        }
    }

    /// What the processes printed, for a report of a failure.
    pub fn printed(&self) -> String {
        let programs = self.nodes.iter().chain(&self.worker);
        programs.map(Program::printed).collect::<Vec<_>>().join("\n--- the next process\n")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.ticking.abort();
    }
}

/// Seconds since 1970.
fn chrono_now() -> i64 {
    std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs().cast_signed())
}

/// The clock of the SMS service goes on.
async fn tick(clock: SetClock) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        clock.forward(TimeDelta::seconds(1));
    }
}

/// The database, Redis and the proxies before them; the URL of the database.
async fn backend(engine: Engine, folder: &Path) -> io::Result<(Backend, String)> {
    let kind = match engine {
        Engine::Sqlite => {
            let disk = SmallDisk::mount(&folder.join("disk"));
            let place = disk.as_ref().map_or(folder, SmallDisk::folder);
            let url = format!("sqlite://{}/minsu.sqlite3", place.display());
            return Ok((Backend::File { disk }, url));
        }
        Engine::Postgres => Kind::Postgres,
        Engine::MariaDb => Kind::MariaDb,
    };
    let (server, redis) = tokio::task::block_in_place(|| (Server::start(kind), RedisServer::start()));
    let url = Database::on(&server).await.url().to_owned();
    let port = Url::parse(&url).ok().and_then(|url| url.port()).ok_or(io::ErrorKind::InvalidData)?;
    let (to_database, to_redis) = (Proxy::before(port).await?, Proxy::before(redis.port()).await?);
    Ok((Backend::Server { server, redis, to_database, to_redis }, url))
}

/// The settings of every process.
fn settings(folder: &Path, backend: &Backend, database: &str, objects: &S3, sms: &Aliyun) -> Vec<(String, String)> {
    let (database, cache) = match backend {
        Backend::File { .. } => (database.to_owned(), "memory:".to_owned()),
        Backend::Server { to_database, to_redis, .. } => {
            let mut url = Url::parse(database).unwrap_or_else(|error| panic!("{database}: {error}"));
            url.set_port(Some(to_database.port())).expect("a database URL has a port");
            (url.to_string(), format!("redis://127.0.0.1:{}", to_redis.port()))
        }
    };
    let bucket = format!("s3://{}", S3::BUCKET);
    let data = folder.display().to_string();
    let settings = [
        ("PROFILE", "dev"),
        ("DATA_DIR", &data),
        ("DATABASE__URL", &database),
        ("DATABASE__ACQUIRE_TIMEOUT_MS", ACQUIRE_MS),
        ("DATABASE__STATEMENT_TIMEOUT_MS", STATEMENT_MS),
        ("CACHE__URL", &cache),
        ("CACHE__DEADLINE_MS", "1000"),
        ("OBJECTS__URL", &bucket),
        ("OBJECTS__ENDPOINT", objects.url()),
        ("OBJECTS__REGION", "us-east-1"),
        ("OBJECTS__PUBLIC_BASE", objects.url()),
        ("OBJECTS__ACCESS_KEY", S3::ACCESS_KEY),
        ("OBJECTS__SECRET_KEY", S3::SECRET_KEY),
        ("OBJECTS__DEADLINE_MS", "5000"),
        ("SMS__URL", "aliyun://"),
        ("SMS__ENDPOINT", sms.url()),
        ("SMS__ACCESS_KEY_ID", Aliyun::ACCESS_KEY_ID),
        ("SMS__ACCESS_KEY_SECRET", Aliyun::ACCESS_KEY_SECRET),
        ("SMS__SIGN_NAME", Aliyun::SIGN_NAME),
        ("SMS__TEMPLATE_CODE", Aliyun::TEMPLATE_CODE),
        ("SMS__DEADLINE_MS", "5000"),
        ("LIMITS__SMS_PER_DAY", "0"),
        ("LIMITS__SMS_PER_MOBILE_MINUTE", "0"),
        ("PASSWORDS__MEMORY_KIB", "64"),
        ("PASSWORDS__ITERATIONS", "1"),
        ("SERVER__SHUTDOWN_TIMEOUT_SECONDS", "10"),
        ("JOBS__INTERVAL_SECONDS", "1"),
        ("LOG__FILTER", "warn"),
    ];
    settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Both must end well: the second one waits for the first or finds its work done.
fn migrate_twice_at_once(mut both: [Program; 2]) -> io::Result<()> {
    for program in &mut both {
        program.start()?;
    }
    for program in &mut both {
        let ended = program.wait(Duration::from_secs(60));
        if !ended.is_some_and(|status| status.success()) {
            return Err(io::Error::other(format!("two migrations at once: {ended:?} {}", program.printed())));
        }
    }
    Ok(())
}
