//! A process of the site.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};

/// The binary with its arguments and settings; killed with this.
#[derive(Debug)]
pub struct Program {
    binary: PathBuf,
    arguments: Vec<String>,
    settings: Vec<(String, String)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Program {
    /// One that is not started yet. Settings are `SECTION__KEY`; what it prints goes behind the end of the log.
    pub fn new(binary: &Path, arguments: &[&str], settings: &[(String, String)], log: PathBuf) -> Self {
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        Self { binary: binary.to_owned(), arguments, settings: settings.to_vec(), log, child: None }
    }

    /// Starts it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn start(&mut self) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = Command::new(&self.binary)
            .args(&self.arguments)
            .envs(self.settings.iter().map(|(key, value)| (format!("MINSU_{key}"), value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    fn pid(&self) -> Option<Pid> {
        self.child.as_ref().and_then(|child| Pid::from_raw(child.id().try_into().ok()?))
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When it does not run.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        let pid = self.pid().ok_or(io::ErrorKind::NotFound)?;
        Ok(kill_process(pid, signal)?)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Both fail only when it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Waits until it ends by itself; none when it takes longer.
    pub fn wait(&mut self, longest: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < longest {
            if let Ok(Some(status)) = self.child.as_mut()?.try_wait() {
                self.child = None;
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Its open file descriptors.
    pub fn descriptors(&self) -> usize {
        self.proc("fd").and_then(|folder| fs::read_dir(folder).ok()).map_or(0, Iterator::count)
    }

    /// Its resident memory in bytes.
    pub fn memory(&self) -> u64 {
        let status = self.proc("status").and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
    }

    fn proc(&self, name: &str) -> Option<PathBuf> {
        Some(format!("/proc/{}/{name}", self.child.as_ref()?.id()).into())
    }

    /// Lets it open no further descriptor, or again as many as this process may.
    ///
    /// # Errors
    /// When it does not run.
    pub fn limit_descriptors(&self, used_up: bool) -> io::Result<()> {
        let limit = getrlimit(Resource::Nofile);
        let current = if used_up { Some(self.descriptors() as u64) } else { limit.current };
        // Without a process it would be this one.
        let pid = self.pid().ok_or(io::ErrorKind::NotFound)?;
        prlimit(Some(pid), Resource::Nofile, Rlimit { current, maximum: limit.maximum })?;
        Ok(())
    }

    /// What it printed.
    pub fn printed(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
