//! The tour of the README, pasted into a shell against a fresh site.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

#[test]
fn the_tour_holds_what_it_promises_and_the_server_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut server = Command::new(env!("CARGO_BIN_EXE_minsu"))
        .arg("serve")
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.path())
        .env("MINSU_SERVER__LISTEN", &listen)
        .env("MINSU_LOG__FILTER", "warn")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while TcpStream::connect(&listen).is_err() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let tour = Command::new("bash")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/run-readme-tour.sh"))
        .env("SITE", format!("http://{listen}"))
        .env("MINSU_DATA_DIR", folder.path())
        .output();
    let stopped = Command::new("kill").arg("-TERM").arg(server.id().to_string()).status();
    let status = server.wait().unwrap();
    let tour = tour.unwrap();
    let said = String::from_utf8_lossy(&tour.stdout).into_owned() + &String::from_utf8_lossy(&tour.stderr);
    assert!(tour.status.success() && said.contains("the tour holds"), "{said}");
    assert!(stopped.unwrap().success());
    assert_eq!(status.code(), Some(0), "SIGTERM must end it with status 0");
}
