//! The site under attack: the binary, on a folder of its own.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::Setup;

/// Variables beyond those of [`Site::start`], such as `("MINSU_LIMITS__SMS_PER_DAY", "100")`. What is not
/// named has the default of production.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

/// A running `minsu serve` in profile dev, whose outbox holds captchas and codes; killed with this. It trusts
/// the `X-Forwarded-For` of this machine, so that visitors have addresses of their own.
pub struct Site {
    /// `http://127.0.0.1:…`
    pub base: String,
    folder: TempDir,
    child: Child,
}

impl Site {
    /// Starts a site on SQLite and waits until it is ready.
    ///
    /// # Panics
    /// When it is not ready within a minute.
    pub async fn start(setup: &Setup, settings: Settings<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let child = Command::new(&setup.binary)
            .arg("serve")
            .env("MINSU_PROFILE", "dev")
            .env("MINSU_DATA_DIR", folder.path())
            .env("MINSU_SERVER__LISTEN", &listen)
            .env("MINSU_SERVER__TRUSTED_PROXIES", "127.0.0.1")
            .env("MINSU_SERVER__SECURE_COOKIES", "false")
            .env("MINSU_LOG__FILTER", "error")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", setup.binary.display()));
        let site = Self { base: format!("http://{listen}"), folder, child };
        site.ready().await;
        site
    }

    async fn ready(&self) {
        // Another thread may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            let answer = client.get(format!("{}/readyz", self.base)).send().await;
            if answer.is_ok_and(|it| it.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the site is not ready after a minute");
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The database of a site that was started without another one.
    pub fn sqlite(&self) -> PathBuf {
        self.data().join("minsu.sqlite3")
    }

    /// Its outbox.
    pub fn outbox_file(&self) -> PathBuf {
        self.data().join("dev-outbox.jsonl")
    }

    /// The lines of the outbox so far, oldest first.
    pub fn outbox(&self) -> Vec<Value> {
        lines(&self.outbox_file())
    }

    /// The memory that the process has (resident set), in bytes.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole lines of an outbox file.
pub(crate) fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
