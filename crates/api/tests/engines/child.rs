//! The binary as a child process, on a database of its own.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A running `minsu serve`; killed with this.
pub struct Minsu {
    pub base: String,
    pub outbox: PathBuf,
    settings: Vec<(String, String)>,
    listen: String,
    folder: TempDir,
    child: Child,
}

impl Minsu {
    /// Starts it and waits until it is ready.
    pub async fn start(database: &str) -> Self {
        Self::start_with(&[("DATABASE__URL", database)]).await
    }

    /// Starts it with these settings and waits until it is ready.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let settings = owned(settings);
        let folder = tempfile::tempdir().unwrap();
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let child = spawn(&settings, &listen, &folder);
        let outbox = folder.path().join("dev-outbox.jsonl");
        let server = Self { base: format!("http://{listen}"), outbox, settings, listen, folder, child };
        server.ready().await;
        server
    }

    /// The folder of its pictures.
    pub fn media(&self) -> PathBuf {
        self.folder.path().join("media")
    }

    /// Runs another command on its data; what it printed and logged.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = command(&self.settings, &self.listen, &self.folder);
        let output = command.env("MINSU_LOG__FILTER", "info").args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = format!("\n{}", String::from_utf8_lossy(&text));
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same data.
    pub async fn start_again(&mut self) {
        self.child = spawn(&self.settings, &self.listen, &self.folder);
        self.ready().await;
    }

    /// Ends it and starts it again with other settings.
    pub async fn restart_with(&mut self, settings: &[(&str, &str)]) {
        self.kill();
        self.settings = owned(settings);
        self.start_again().await;
    }

    async fn ready(&self) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            if reqwest_client().get(format!("{}/readyz", self.base)).send().await.is_ok_and(|it| it.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server is not ready after a minute");
    }
}

impl Drop for Minsu {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(key, value)| (format!("MINSU_{key}"), (*value).to_owned())).collect()
}

fn spawn(settings: &[(String, String)], listen: &str, folder: &TempDir) -> Child {
    command(settings, listen, folder).arg("serve").spawn().unwrap()
}

fn command(settings: &[(String, String)], listen: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.path())
        .env("MINSU_SERVER__LISTEN", listen)
        .env("MINSU_PASSWORDS__MEMORY_KIB", "64")
        .env("MINSU_PASSWORDS__ITERATIONS", "1")
        .env("MINSU_LOG__FILTER", "warn")
        .envs(settings.iter().map(|(key, value)| (key, value)))
        .stdin(Stdio::null());
    command
}

/// A client without a proxy, with a deadline.
pub fn reqwest_client() -> reqwest::Client {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().cookie_store(true).no_proxy().timeout(Duration::from_secs(60)).build().unwrap()
}

/// A running `minsu worker`; killed with this.
pub struct Worker {
    child: Child,
    folder: TempDir,
}

impl Worker {
    /// Starts it with these settings.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("worker.log")).unwrap();
        let mut command = command(&owned(settings), "127.0.0.1:0", &folder);
        let child = command.arg("worker").stderr(log).spawn().unwrap();
        Self { child, folder }
    }

    /// Waits until its log has this text, and kills it with `kill -9`.
    pub async fn killed_at(mut self, text: &str) {
        let started = Instant::now();
        loop {
            let log = std::fs::read_to_string(self.folder.path().join("worker.log")).unwrap();
            if log.contains(text) {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "not in the log after a minute: {text}\n{log}");
            assert!(self.child.try_wait().unwrap().is_none(), "the worker ended: {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
