//! Programs, users and processes of the system.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::Write as _,
    net::TcpListener,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Starts a server in the background and waits for a line with a signal, with which it ends the server and leaves
/// its folder. When the pipe to this process is closed instead, by will or by death, it ends the server and removes
/// its folder.
const SUPERVISOR: &str = r#"
trap '' INT TERM HUP
folder=$1 signal=$2 keep=; shift 2
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
if read -r asked; then signal=$asked keep=1; fi
kill -s "$signal" "$server" 2>/dev/null
wait "$server" 2>/dev/null
[ "$keep" ] || rm -rf -- "$folder"
"#;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(60);

/// The user a server runs as: servers refuse to run as root.
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// An unprivileged account to run a server as, when this process runs as root.
    pub(crate) fn instead_of_root(preferred: &str) -> Option<Self> {
        let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        if !root {
            return None;
        }
        let accounts = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
        let account = |wanted: &str| {
            accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find_map(|fields| match fields[..] {
                [name, _, uid, gid, ..] if name == wanted => {
                    Some(Self { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
                }
                _ => None,
            })
        };
        Some(account(preferred).or_else(|| account("nobody")).expect("an account to run the server as"))
    }

    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    pub(crate) fn gid(&self) -> u32 {
        self.gid
    }
}

/// The command for a program, under another account if there is one.
pub(crate) fn command(program: &Path, account: Option<&Account>) -> Command {
    match account {
        None => Command::new(program),
        Some(account) => {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={}", account.uid))
                .arg(format!("--regid={}", account.gid))
                .arg("--clear-groups")
                .arg(program);
            command
        }
    }
}

/// Where a program is.
///
/// # Panics
/// With the package to install, when it is nowhere.
pub(crate) fn find(program: &str, more_folders: &[PathBuf], package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .chain(more_folders.iter().cloned())
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{program} is not installed: apt-get install {package}"))
}

/// A folder that belongs to the account.
pub(crate) fn folder(account: Option<&Account>) -> PathBuf {
    let folder = tempfile::Builder::new().prefix("minsu-test-").tempdir().expect("a temporary folder").keep();
    if let Some(account) = account {
        chown(&folder, Some(account.uid), Some(account.gid)).expect("the folder can be given away");
    }
    folder
}

/// A port that is free at the moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the port of a listener").port()
}

/// Runs a command to its end.
///
/// # Panics
/// With its output, when it fails.
pub(crate) fn run(mut command: Command) {
    let output = command.stdin(Stdio::null()).output().expect("a program that was found can be started");
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        panic!("{command:?} failed: {}", String::from_utf8_lossy(&text));
    }
}

/// A server in the background; ends when this is dropped or this process ends.
pub(crate) struct Background {
    supervisor: Child,
    folder: PathBuf,
    signal: String,
    words: Vec<OsString>,
    ready: String,
}

impl Background {
    /// Starts a server whose log goes to `folder` and waits until `ready` stands in it; `None` when it ended
    /// before (another process took its port).
    pub(crate) fn start(folder: &Path, command: &Command, signal: &str, ready: &str) -> Option<Self> {
        let words: Vec<_> =
            [command.get_program()].into_iter().chain(command.get_args()).map(OsStr::to_owned).collect();
        let supervisor = supervise(folder, signal, &words);
        let (folder, signal, ready) = (folder.to_owned(), signal.to_owned(), ready.to_owned());
        let background = Self { supervisor, folder, signal, words, ready };
        match background.wait_until_ready() {
            Ok(()) => Some(background),
            Err(text) => {
                drop(background);
                assert!(text.contains("in use") || text.contains("bind"), "the server did not start: {text}");
                None
            }
        }
    }

    /// Waits until the server says that it is ready; its log, when it ended before or takes too long.
    fn wait_until_ready(&self) -> Result<(), String> {
        let (log, started) = (self.folder.join("log"), Instant::now());
        loop {
            let text = fs::read_to_string(&log).unwrap_or_default();
            if text.contains(&self.ready) {
                return Ok(());
            }
            // PostgreSQL refuses connections with "FATAL: the database system is starting up".
            let ended = text.lines().filter(|line| !line.contains("the database system is")).any(|line| {
                ["already in use", "could not bind", "Aborting", "FATAL"].iter().any(|sign| line.contains(sign))
            });
            if ended || started.elapsed() > START {
                return Err(text);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server with a signal and waits until it has ended; its data stays. `KILL` goes to each of its
    /// processes.
    pub(crate) fn end(&mut self, with: &str) {
        if with == "KILL" {
            signal(with, &self.processes());
        }
        if let Some(mut pipe) = self.supervisor.stdin.take() {
            writeln!(pipe, "{with}").expect("the supervisor listens");
        }
        self.supervisor.wait().expect("the supervisor ends");
    }

    /// Starts the server again on its data, after [`Self::end`].
    ///
    /// # Panics
    /// When it does not start.
    pub(crate) fn start_again(&mut self) {
        let begun = Instant::now();
        loop {
            self.supervisor = supervise(&self.folder, &self.signal, &self.words);
            match self.wait_until_ready() {
                Ok(()) => return,
                // Processes of the one that was killed may not have ended yet.
                Err(text) => assert!(begun.elapsed() < START, "the server does not start again: {text}"),
            }
            self.end("KILL");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The processes of the server, parents before their children.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let parents = parents();
        let mut family = vec![self.supervisor.id()];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| process));
            next += 1;
        }
        family.retain(|process| *process != self.supervisor.id());
        family
    }
}

/// Every process of the machine with its parent.
fn parents() -> Vec<(u32, u32)> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name may hold anything; behind its bracket stand the state and the parent.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}

/// Starts a supervisor with its server.
fn supervise(folder: &Path, signal: &str, words: &[OsString]) -> Child {
    File::create(folder.join("log")).expect("a log");
    let mut shell = Command::new("sh");
    shell.args(["-c", SUPERVISOR, "sh"]).arg(folder).arg(signal).args(words);
    shell.stdin(Stdio::piped()).spawn().expect("a shell")
}

/// Sends a signal to processes; one that has ended meanwhile is left out.
pub(crate) fn signal(signal: &str, processes: &[u32]) {
    for process in processes {
        let mut kill = Command::new("kill");
        kill.args(["-s", signal]).arg(process.to_string()).stdin(Stdio::null()).stderr(Stdio::null());
        kill.status().expect("kill can be started");
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Closing the pipe is the sign.
        drop(self.supervisor.stdin.take());
        if let Err(error) = self.supervisor.wait() {
            assert!(std::thread::panicking(), "a test server may still run: {error}");
        }
        // A supervisor that ended its server on request has left it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
