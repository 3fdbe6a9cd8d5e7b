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
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = tool();
    command.args(["bare", "--listen", &address.to_string(), "--bytes", "1234", "--workers", "1"]);
    let _server = Killed(command.spawn().unwrap());
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
    // `true` ends at once, successfully, and never serves.
    let ended = refused(&["--minsu", "/bin/true"]);
    assert!(ended.contains("minsu serve ended early"), "{ended}");
}
