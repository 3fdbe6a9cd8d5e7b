//! Database servers with their data in a folder, on loopback.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clap::ValueEnum;

use crate::{
    error::BenchError,
    proc,
    server::{Probe, Server, run_to_end},
};

/// How long making the files of a server, or a database, may take.
const LIMIT: Duration = Duration::from_secs(60);
/// The most memory that a server keeps its pages in, in MiB; a quarter of the machine's at most.
const MEMORY: u64 = 2048;

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// A file, the server's default.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    Mariadb,
}

impl Engine {
    /// The section of the document that shows its measurements.
    pub fn section(self) -> &'static str {
        match self {
            Self::Sqlite => "size on sqlite",
            Self::Postgres => "size on postgres",
            Self::Mariadb => "size on mariadb",
        }
    }
}

impl Engine {
    /// The section of the document that shows lists beside payment notices on it.
    pub fn notices_section(self) -> &'static str {
        match self {
            Self::Sqlite => "notices on sqlite",
            Self::Postgres => "notices on postgres",
            Self::Mariadb => "notices on mariadb",
        }
    }

    /// The section of the document that shows what calendars of other sites cost on it.
    pub fn feeds_section(self) -> &'static str {
        match self {
            Self::Sqlite => "feeds on sqlite",
            Self::Postgres => "feeds on postgres",
            Self::Mariadb => "feeds on mariadb",
        }
    }

    /// The section of the document that shows lists and bookings beside webhooks on it.
    pub fn webhooks_section(self) -> &'static str {
        match self {
            Self::Sqlite => "webhooks on sqlite",
            Self::Postgres => "webhooks on postgres",
            Self::Mariadb => "webhooks on mariadb",
        }
    }

    /// The section of the document that shows how fast orders expire on it.
    pub fn expiry_section(self) -> &'static str {
        match self {
            Self::Sqlite => "expiry on sqlite",
            Self::Postgres => "expiry on postgres",
            Self::Mariadb => "expiry on mariadb",
        }
    }
}

/// A place for databases.
pub struct Databases {
    engine: Engine,
    folder: PathBuf,
    server: Option<Server>,
}

impl Databases {
    /// Starts the server of an engine on a folder, where an earlier run may have left its data. It
    /// does not wait for the disk: what is lost in a power failure is only a benchmark.
    ///
    /// # Errors
    /// [`BenchError::NotInstalled`]; when it does not get ready.
    pub async fn start(engine: Engine, folder: &Path) -> Result<Self, BenchError> {
        fs::create_dir_all(folder).map_err(BenchError::io(format!("make {}", folder.display())))?;
        let server = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres(folder).await?),
            Engine::Mariadb => Some(mariadb(folder).await?),
        };
        Ok(Self { engine, folder: folder.to_owned(), server })
    }

    /// The URL of a database, which is made if it is not there.
    ///
    /// # Errors
    /// When the server does not make it.
    pub async fn url(&self, name: &str) -> Result<String, BenchError> {
        let Some(server) = &self.server else {
            return Ok(format!("sqlite://{}", self.folder.join(format!("{name}.sqlite3")).display()));
        };
        let marker = self.folder.join(format!("{name}.made"));
        let url = match self.engine {
            Engine::Mariadb => format!("mysql://root@{}/{name}", server.address),
            _ => format!("postgres://minsu@{}/{name}", server.address),
        };
        if marker.exists() {
            return Ok(url);
        }
        let mut command = match self.engine {
            Engine::Mariadb => {
                let mut command = Command::new(find("mariadb", "mariadb-client")?);
                command.args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root"]);
                command.arg(format!("--port={}", server.address.port()));
                command.arg(format!("--execute=CREATE DATABASE {name} CHARACTER SET utf8mb4"));
                command
            }
            _ => {
                let mut command = Command::new(find("psql", "postgresql-client")?);
                command.args(["-q", "-d", &format!("postgres://minsu@{}/postgres", server.address)]);
                command.arg("-c").arg(format!("CREATE DATABASE {name}"));
                command
            }
        };
        run_to_end("making a database", &self.folder.join("create.log"), LIMIT, &mut command).await?;
        fs::write(&marker, "").map_err(BenchError::io(format!("write {}", marker.display())))?;
        Ok(url)
    }

    /// Ends the server.
    ///
    /// # Errors
    /// [`BenchError::TooLong`] when it had to be killed.
    pub async fn stop(self) -> Result<(), BenchError> {
        match self.server {
            Some(server) => server.stop("the database server").await,
            None => Ok(()),
        }
    }

    /// Its description in the report.
    pub fn describe(&self) -> String {
        let memory = format!("{} MiB for pages, no waiting for the disk", page_memory());
        match self.engine {
            Engine::Sqlite => "SQLite".to_owned(),
            Engine::Postgres => format!("PostgreSQL with {memory}"),
            Engine::Mariadb => format!("MariaDB with {memory}"),
        }
    }
}

async fn postgres(folder: &Path) -> Result<Server, BenchError> {
    let account = Account::instead_of_root("postgres");
    let data = folder.join("postgres");
    if !data.join("PG_VERSION").exists() {
        own(folder, &data, account.as_ref())?;
        let mut initdb = run_as(account.as_ref(), &find("initdb", "postgresql")?);
        initdb.arg("-D").arg(&data).args(["-U", "minsu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        run_to_end("initdb", &folder.join("initdb.log"), LIMIT, &mut initdb).await?;
    }
    let program = find("postgres", "postgresql")?;
    Server::start("postgres", &folder.join("postgres.log"), Probe::Postgres, |address| {
        let mut server = run_as(account.as_ref(), &program);
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &address.port().to_string()]);
        for setting in [
            "unix_socket_directories=",
            "max_connections=100",
            &format!("shared_buffers={}MB", page_memory()),
            "max_wal_size=4GB",
            "fsync=off",
            "full_page_writes=off",
            // Nothing is cleaned up in the middle of a measurement: the filling does that at its end.
            "autovacuum=off",
        ] {
            server.args(["-c", setting]);
        }
        server
    })
    .await
}

async fn mariadb(folder: &Path) -> Result<Server, BenchError> {
    let account = Account::instead_of_root("mysql");
    let data = folder.join("mariadb");
    if !data.join("mysql").exists() {
        own(folder, &data, account.as_ref())?;
        let mut install = run_as(account.as_ref(), &find("mariadb-install-db", "mariadb-server")?);
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        install.arg(format!("--datadir={}", data.display())).arg(format!("--tmpdir={}", data.display()));
        run_to_end("mariadb-install-db", &folder.join("install.log"), LIMIT, &mut install).await?;
    }
    let program = find("mariadbd", "mariadb-server")?;
    Server::start("mariadbd", &folder.join("mariadb.log"), Probe::MariaDb, |address: SocketAddr| {
        let mut server = run_as(account.as_ref(), &program);
        server.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"]);
        server.arg(format!("--datadir={}", data.display())).arg(format!("--tmpdir={}", data.display()));
        server.arg(format!("--socket={}", data.join("socket").display()));
        server.arg(format!("--port={}", address.port()));
        server.arg(format!("--innodb-buffer-pool-size={}M", page_memory()));
        server.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--sync-binlog=0"]);
        server
    })
    .await
}

/// Memory for the pages of a server, in MiB.
fn page_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = proc::line(&text, "MemTotal").and_then(|value| value.strip_suffix("kB")?.trim().parse().ok());
    kib.map_or(128, |kib: u64| (kib / 1024 / 4).clamp(128, MEMORY))
}

/// The user a database server runs as: it refuses to run as root.
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// An unprivileged account, when this process runs as root.
    fn instead_of_root(name: &str) -> Option<Self> {
        fs::metadata("/proc/self").ok().filter(|process| process.uid() == 0)?;
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let account = |wanted| accounts.lines().find_map(|line| Self::parse(line, wanted));
        account(name).or_else(|| account("nobody"))
    }

    fn parse(line: &str, wanted: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        (name == wanted).then_some(Self { user, group })
    }
}

/// A folder for data, which the account reaches.
fn own(folder: &Path, data: &Path, account: Option<&Account>) -> Result<(), BenchError> {
    let prepare = || {
        fs::create_dir_all(data)?;
        if let Some(account) = account {
            // It may traverse the folder, but not list it.
            fs::set_permissions(folder, fs::Permissions::from_mode(0o711))?;
            chown(data, Some(account.user), Some(account.group))?;
        }
        Ok(())
    };
    prepare().map_err(BenchError::io(format!("prepare {}", data.display())))
}

/// `setpriv` replaces itself with the program: the process id is the program's.
fn run_as(account: Option<&Account>, program: &Path) -> Command {
    let Some(account) = account else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={}", account.user)).arg(format!("--regid={}", account.group));
    command.arg("--clear-groups").arg(program);
    command
}

/// Where a program of a database is: Debian keeps those of each PostgreSQL in a folder that is not in
/// the path. The newest is taken.
///
/// # Errors
/// [`BenchError::NotInstalled`].
pub fn find(program: &'static str, package: &'static str) -> Result<PathBuf, BenchError> {
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    folders.sort_unstable();
    let path = std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, path)| path).unwrap_or_default();
    let newest_first = folders.into_iter().rev().map(|(_, folder)| folder);
    newest_first
        .chain(std::env::split_paths(&path))
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .ok_or(BenchError::NotInstalled { program, package })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let line = "postgres:x:104:107:PostgreSQL:/var/lib/postgresql:/bin/bash";
        let account = Account::parse(line, "postgres").unwrap();
        assert_eq!((account.user, account.group), (104, 107));
        assert!(Account::parse(line, "post").is_none() && Account::parse("", "").is_none());
    }

    #[test]
    fn a_missing_program_names_its_package() {
        let error = find("no-such-program", "some-package").unwrap_err();
        assert_eq!(error.to_string(), "no-such-program is not installed: apt-get install some-package");
    }

    #[tokio::test]
    async fn a_server_keeps_its_databases_in_its_folder() {
        for engine in [Engine::Postgres, Engine::Mariadb] {
            let folder = tempfile::tempdir().unwrap();
            for run in ["first", "second"] {
                let databases = Databases::start(engine, folder.path()).await.unwrap();
                let url = databases.url("kept").await.unwrap();
                assert!(url.ends_with("/kept") && url.contains("@127.0.0.1:"), "{run}: {url}");
                databases.stop().await.unwrap();
            }
        }
    }
}
