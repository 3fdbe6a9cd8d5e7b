//! The binary, serving in profile dev.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A running site; killed with this.
pub struct Site {
    pub url: String,
    folder: TempDir,
    variables: Vec<(String, String)>,
    child: Child,
}

impl Site {
    /// Starts it with some variables and waits until it listens.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), variables)
    }

    /// Starts it on a folder.
    pub fn start_in(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let child = spawn(&listen, &folder, &variables);
        Self { url: format!("http://{listen}"), folder, variables, child }
    }

    /// Ends it well and starts it again, at the same address.
    pub fn restart(&mut self) {
        assert_eq!(self.terminate(), Some(0));
        self.child = spawn(self.url.strip_prefix("http://").unwrap(), &self.folder, &self.variables);
    }

    /// Its data directory.
    pub fn data(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// SIGTERM; its status.
    pub fn terminate(&mut self) -> Option<i32> {
        assert!(Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(listen: &str, folder: &TempDir, variables: &[(String, String)]) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_minsu"))
        .arg("serve")
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.path())
        .env("MINSU_SERVER__LISTEN", listen)
        .env("MINSU_LOG__FILTER", "warn")
        .envs(variables.iter().cloned())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while TcpStream::connect(listen).is_err() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

/// A port that is free at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
