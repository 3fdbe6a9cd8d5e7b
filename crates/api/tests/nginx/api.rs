//! A process of the api among several.

use std::{
    net::TcpListener,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// The owner of the listening socket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Socket {
    /// The process itself: connections are refused while it is down.
    Own,
    /// This test, as systemd does: connections wait while the process is down.
    Held,
}

/// A running `minsu serve`; killed with this.
pub struct Api {
    pub address: String,
    listener: Option<TcpListener>,
    database: String,
    cache: String,
    data: PathBuf,
    settings: Settings,
    child: Child,
}

/// Variables of this process alone.
pub type Settings = &'static [(&'static str, &'static str)];

impl Api {
    /// Starts it and waits until it is ready.
    pub async fn start(socket: Socket, database: &str, cache: &str, data: &Path, settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let listener = (socket == Socket::Held).then_some(listener);
        let child = spawn(&address, listener.as_ref(), database, cache, data, settings);
        let (database, cache, data) = (database.into(), cache.into(), data.into());
        let api = Self { address, listener, database, cache, data, settings, child };
        api.ready().await;
        api
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and its end.
    pub async fn terminate(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(40) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not stop");
    }

    /// Starts it again at the same address.
    pub async fn start_again(&mut self) {
        let Self { address, listener, database, cache, data, settings, .. } = &*self;
        self.child = spawn(address, listener.as_ref(), database, cache, data, settings);
        self.ready().await;
    }

    async fn ready(&self) {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            let answer = client.get(format!("http://{}/readyz", self.address)).send().await;
            if answer.is_ok_and(|it| it.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server is not ready after a minute");
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(
    address: &str,
    held: Option<&TcpListener>,
    database: &str,
    cache: &str,
    data: &Path,
    settings: Settings,
) -> Child {
    // As in the unit: files are readable for the group, and not for others.
    let mut command = Command::new("bash");
    let (script, input) = match held {
        None => ("umask 027; exec \"$0\" \"$@\"", Stdio::null()),
        Some(listener) => (
            // systemd hands sockets over as file descriptors from 3 on, to the process that it names.
            "umask 027; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" \"$@\" 3<&0 </dev/null",
            Stdio::from(OwnedFd::from(listener.try_clone().unwrap())),
        ),
    };
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_minsu")])
        .arg("serve")
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", data)
        .env("MINSU_DATABASE__URL", database)
        .env("MINSU_CACHE__URL", cache)
        .env("MINSU_SERVER__LISTEN", address)
        .env("MINSU_SERVER__WORKERS", "2")
        .env("MINSU_SERVER__SECURE_COOKIES", "true")
        .env("MINSU_OBJECTS__PUBLIC_BASE", "https://www.example.com/media")
        .env("MINSU_PASSWORDS__MEMORY_KIB", "64")
        .env("MINSU_PASSWORDS__ITERATIONS", "1")
        .env("MINSU_LOG__FILTER", "warn")
        .envs(settings.iter().copied())
        .stdin(input)
        .spawn()
        .unwrap()
}
