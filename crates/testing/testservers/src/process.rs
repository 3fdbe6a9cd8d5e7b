//! Server processes and their ports.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a server may take to answer after its start.
const START: Duration = Duration::from_secs(20);

/// A running process, killed on drop.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program.
    ///
    /// # Panics
    /// When it is not installed; the message names its Debian package.
    pub(crate) fn start(command: &mut Command, package: &str) -> Self {
        match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => Self(child),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("{:?} is missing: install the Debian package {package}", command.get_program())
            }
            Err(error) => panic!("{:?} does not start: {error}", command.get_program()),
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free port. Another process may take it before the server does: the caller then tries again.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
    listener.local_addr().expect("a bound address").port()
}

/// Asks again and again until the answer is yes; `false` when it took too long.
pub(crate) fn wait_until(mut ready: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    while !ready() {
        if begin.elapsed() > START {
            return false;
        }
        sleep(Duration::from_millis(10));
    }
    true
}
