//! The tool from outside, as far as it goes without a server to measure.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Output},
    thread::sleep,
    time::{Duration, Instant},
};

fn tool() -> Command {
    Command::new(env!("CARGO_BIN_EXE_minsu-bench"))
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let begin = Instant::now();
    loop {
        match TcpStream::connect(address) {
            Ok(stream) => return stream,
            Err(error) => assert!(begin.elapsed() < Duration::from_secs(20), "{error}"),
        }
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_bare_handler_answers_everything_with_so_many_bytes() {
    let (_server, address) = bare("1234");
    for request in [
        "GET /any/path?q HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        let mut stream = connect(address);
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert_eq!(body, "x".repeat(1234));
    }
}

/// A bare handler and where it listens.
fn bare(bytes: &str) -> (Killed, SocketAddr) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = tool();
    command.args(["bare", "--listen", &address.to_string(), "--bytes", bytes, "--workers", "1"]);
    let server = Killed(command.spawn().unwrap());
    drop(connect(address));
    (server, address)
}

#[test]
fn recorded_traffic_goes_to_each_server_as_often() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("traffic.jsonl");
    let lines = [
        r#"{"method":"GET","path":"/api/v1.0/houses?aid=3","headers":{"cookie":"s=1"}}"#,
        r#"{"method":"POST","path":"/api/v1.0/orders","headers":{"content-type":"application/json"},"body":"{}"}"#,
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let ((_one, one), (_other, other)) = (bare("10"), bare("5000"));
    let against = [format!("http://{one}"), format!("http://{other}/below")];
    let mut command = tool();
    command.arg("replay").arg(&file).args(["--against", &against[0], "--against", &against[1]]);
    let Output { status, stdout, stderr } = command.args(["--pairs", "2", "--connections", "3"]).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let text = String::from_utf8(stdout).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.contains("http://"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(text.starts_with("2 requests, 3 connections, 2 rounds\n"), "{text}");
    assert!(rows[0][1].starts_with(&against[0]) && rows[1][1] == against[1], "{text}");
    assert_eq!(rows[0][3..], ["1.00", "1.00", "1.00", "0.0 %", ""], "{text}");
    assert_eq!(rows[1][6], "0.0 %", "{text}");
}

fn refused(arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = tool().args(arguments).output().unwrap();
    assert_eq!(status.code(), Some(1), "{arguments:?}");
    String::from_utf8(stderr).unwrap()
}

#[test]
fn what_cannot_be_measured_is_told() {
    let missing = refused(&["--minsu", "/nonexistent/minsu"]);
    assert!(missing.starts_with("minsu-bench: cannot find /nonexistent/minsu: build it first\n"), "{missing}");
    let unknown = refused(&["--only", "flights"]);
    assert!(unknown.contains("there are: areas, index, list,"), "{unknown}");
    let nothing = refused(&["replay", "/dev/null", "--against", "http://127.0.0.1:1"]);
    assert!(nothing.contains("there is no request"), "{nothing}");
    // `true` ends at once, successfully, and never serves.
    let ended = refused(&["--minsu", "/bin/true"]);
    assert!(ended.contains("minsu serve ended early"), "{ended}");
}
