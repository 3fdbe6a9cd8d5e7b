//! The `make` targets of the README.

use std::{
    io::Read,
    net::TcpStream,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{machine::program, site::free_port, workspace_file};

/// `make` at work, in a process group as in a terminal; ended with this as by Ctrl-C.
struct RunningMake(Child);

impl Drop for RunningMake {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", "--", &format!("-{}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

/// Makes a target, with a cargo that gives the binary of this test where it would build one.
fn make(target: &str, variables: &[(&str, &str)], folder: &std::path::Path) -> RunningMake {
    let build = format!(
        "#!/bin/sh\n[ \"$*\" = 'build --workspace --bin minsu --examples' ] || exit 1\n\
         mkdir -p \"$CARGO_TARGET_DIR/debug\" && ln -s '{}' \"$CARGO_TARGET_DIR/debug/minsu\"\n",
        env!("CARGO_BIN_EXE_minsu")
    );
    program(folder, "cargo", &build);
    let mut command = Command::new("sh");
    command.args(["-c", "PATH=$0:$PATH exec make --directory \"$1\" \"$2\""]).arg(folder);
    command.arg(workspace_file(".")).arg(target).envs(variables.iter().copied());
    command.env("CARGO_TARGET_DIR", folder.join("target"));
    command.process_group(0);
    RunningMake(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
}

#[test]
fn make_run_serves_demo_houses_from_nothing() {
    let (folder, listen) = (tempfile::tempdir().unwrap(), format!("127.0.0.1:{}", free_port()));
    let data = folder.path().join("data");
    let variables =
        [("MINSU_SERVER__LISTEN", &*listen), ("MINSU_DATA_DIR", data.to_str().unwrap()), ("MINSU_LOG__FILTER", "warn")];
    let running = make("run", &variables, folder.path());
    let started = Instant::now();
    while TcpStream::connect(&listen).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "it does not serve");
        std::thread::sleep(Duration::from_millis(50));
    }
    let url = format!("http://{listen}/api/v1.0/houses/index");
    let mut curl = Command::new("curl").args(["-s", "--noproxy", "*", &url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut slides = String::new();
    curl.stdout.take().unwrap().read_to_string(&mut slides).unwrap();
    assert!(curl.wait().unwrap().success() && slides.contains("\"title\""), "{slides}");
    assert!(data.join("minsu.sqlite3").exists());
    drop(running);
    let ended = Instant::now();
    while TcpStream::connect(&listen).is_ok() {
        assert!(ended.elapsed() < Duration::from_secs(10), "it serves on");
        std::thread::sleep(Duration::from_millis(50));
    }
}
