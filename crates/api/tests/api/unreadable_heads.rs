//! Request heads that cannot be read, over raw sockets.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::TestServer;

/// Everything that is answered to these bytes, until the server closes the connection.
async fn raw(server: &TestServer, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap();
    // The server may close before it has read everything.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.expect("an end");
    String::from_utf8(answer).unwrap()
}

/// Head and body of an answer.
struct Raw {
    status: u16,
    head: String,
    json: Value,
}

impl Raw {
    fn of(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {answer:?}"));
        let length: usize = Self::value(head, "content-length").unwrap().parse().unwrap();
        assert_eq!(body.len(), length, "{answer}");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_owned(), json: serde_json::from_str(body).unwrap() }
    }

    fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
        head.lines().find_map(|line| {
            line.to_ascii_lowercase().starts_with(&format!("{name}: ")).then(|| &line[name.len() + 2..])
        })
    }

    #[track_caller]
    fn header(&self, name: &str) -> &str {
        Self::value(&self.head, name).unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }
}

/// As much of every other answer as these have: an id, no cache, no guessing of types, the end of the connection.
#[track_caller]
fn is_whole(answer: &Raw) {
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("connection").to_ascii_lowercase(), "close");
    assert!(!answer.header("date").is_empty());
    let id = answer.header("x-request-id");
    assert!(uuid::Uuid::try_parse(id).is_ok(), "{id}");
}

fn many_headers() -> String {
    (0..200).map(|number| format!("X-{number}: 1\r\n")).collect()
}

/// Heads of a path that cannot be read, each with the status of its refusal.
fn heads(path: &str) -> Vec<(u16, String)> {
    vec![
        (400, format!("GET {path} HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n")),
        (400, format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-A: \u{1}\r\n\r\n")),
        (400, format!("GET {path} HTTP/9.9\r\nHost: x\r\n\r\n")),
        (400, format!("G(T {path} HTTP/1.1\r\nHost: x\r\n\r\n")),
        (400, format!("GET {path}?text=<b> HTTP/1.1\r\nHost: x\r\n\r\n")),
        (400, format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")),
        (400, format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")),
        (431, format!("GET {path} HTTP/1.1\r\nHost: x\r\n{}\r\n", many_headers())),
    ]
}

#[tokio::test]
async fn heads_that_cannot_be_read_are_refused_as_the_dialect_of_their_path_does() {
    let server = TestServer::start().await;
    for (status, head) in heads("/api/v1.0/areas").into_iter().chain(heads("/nothing")) {
        let answer = Raw::of(&raw(&server, head.as_bytes()).await);
        let sentence = if status == 431 { "请求头过大" } else { "请求头格式错误" };
        assert_eq!((answer.status, &answer.json), (status, &json!({"errno": "4103", "errmsg": sentence})), "{head}");
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
        is_whole(&answer);
    }
    for (status, head) in heads("/api/house/area") {
        let answer = Raw::of(&raw(&server, head.as_bytes()).await);
        assert_eq!((answer.status, &answer.json["errno"]), (status, &json!("4103")), "{head}");
        assert_eq!(answer.json["errcode"], "4103");
        is_whole(&answer);
    }
    for (status, head) in heads("/api/v2/site") {
        let answer = Raw::of(&raw(&server, head.as_bytes()).await);
        let code = if status == 431 { "head_too_large" } else { "malformed" };
        assert_eq!((answer.status, &answer.json["code"]), (status, &json!(code)), "{head}");
        assert_eq!(answer.json["status"], status);
        assert_eq!(answer.json["request_id"], answer.header("x-request-id"));
        assert_eq!(answer.header("content-type"), "application/problem+json");
        is_whole(&answer);
    }
}

#[tokio::test]
async fn bytes_that_are_no_request_get_json_too() {
    let server = TestServer::start().await;
    for bytes in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"nothing\r\n\r\n", b"\xff\xfe\xfd \xff\r\n\r\n"]
    {
        let answer = Raw::of(&raw(&server, bytes).await);
        assert_eq!((answer.status, &answer.json["errno"]), (400, &json!("4103")), "{bytes:?}");
        is_whole(&answer);
    }
    // A refusal of a HEAD has no body.
    let answer = raw(&server, b"HEAD /api/v1.0/areas HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("x-request-id: "), "{head}");
    assert_eq!(body, "");
}

/// On a connection that served others before, alone and behind a good request in the same packet.
#[tokio::test]
async fn a_bad_head_behind_good_ones_is_refused_alone() {
    let server = TestServer::start().await;
    let good = "GET /api/v1.0/areas HTTP/1.1\r\nHost: x\r\n\r\n";
    let bad = "GET /api/v2/site HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n";
    let answer = raw(&server, format!("{good}{bad}").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"errno\":\"0\""), "{answer}");
    let last = answer.rfind("HTTP/1.1 400 ").unwrap_or_else(|| panic!("{answer}"));
    is_whole(&Raw::of(&answer[last..]));

    let mut socket = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap();
    for path in ["/api/house/area", "/api/v1.0/areas"] {
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut served = vec![0; 65_536];
        let read = timeout(Duration::from_secs(20), socket.read(&mut served)).await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&served[..read]).starts_with("HTTP/1.1 200 OK\r\n"));
    }
    socket.write_all(bad.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = Raw::of(std::str::from_utf8(&answer).unwrap());
    assert_eq!((answer.status, &answer.json["code"]), (400, &json!("malformed")));
    is_whole(&answer);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_told_so() {
    let server = TestServer::start().await;
    // The test server waits for five seconds.
    let answer = Raw::of(&raw(&server, b"GET /api/house/area HTTP/1.1\r\nHost: x\r\nX-Slow: ").await);
    assert_eq!((answer.status, &answer.json["errno"], &answer.json["errcode"]), (408, &json!("4201"), &json!("4201")));
    is_whole(&answer);
}
