//! Requests that are refused before any handler: too large, too slow, nested too deep, too many parts.

use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{TestServer, World, picture::png, world::house_form};

/// Writes bytes to a socket and reads until the server closes it or answers.
async fn raw(server: &TestServer, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap();
    // The server may close before it has read everything.
    let _ = socket.write_all(bytes).await;
    let mut answer = vec![0; 4096];
    let read = timeout(Duration::from_secs(20), socket.read(&mut answer)).await.expect("an answer or an end");
    String::from_utf8_lossy(&answer[..read.unwrap_or(0)]).into_owned()
}

/// Demands a refusal, or a connection that was closed without an answer.
fn assert_refused(answer: &str) {
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn heads_and_urls_without_end_are_refused() {
    let world = World::new().await;
    let server = &world.server;
    let head = format!("GET /api/v1.0/areas HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(1 << 20));
    assert_refused(&raw(server, head.as_bytes()).await);
    let many: String = (0..2000).map(|number| format!("X-{number}: 1\r\n")).collect();
    assert_refused(&raw(server, format!("GET /api/v1.0/areas HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes()).await);
    let url = format!("GET /api/v1.0/houses?aid={} HTTP/1.1\r\nHost: x\r\n\r\n", "1".repeat(1 << 20));
    assert_refused(&raw(server, url.as_bytes()).await);
    assert_refused(&raw(server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").await);
    let smuggled =
        "POST /api/v1.0/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!";
    assert_refused(&raw(server, smuggled.as_bytes()).await);
    world.anonymous.get("/api/v1.0/areas").await.ok();
}

#[tokio::test]
async fn clients_that_trickle_are_dropped() {
    let server = TestServer::start_with(|state| state.http.body_timeout = Duration::from_millis(700)).await;
    // A head that never ends (the test server waits for five seconds).
    let started = Instant::now();
    let answer = raw(&server, b"GET /api/v1.0/areas HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(10));
    // Bodies that never come, in either dialect.
    for path in ["/api/v1.0/sessions", "/api/login"] {
        let started = Instant::now();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{{"
        );
        let answer = raw(&server, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("4201"), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn an_announced_flood_is_refused_before_it_comes() {
    let world = World::new().await;
    for path in ["/api/v1.0/user/avatar", "/api/profile/avatar"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 4000000000\r\n\r\n"
        );
        let answer = raw(&world.server, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("4103"), "{answer}");
    }
}

#[tokio::test]
async fn an_upload_stops_at_its_limit_and_its_parts_are_counted() {
    let server = TestServer::start_with(|state| state.http.upload_limit = 100_000).await;
    let world = World::on(server).await;
    let path = "/api/v1.0/user/avatar";
    let large = Form::new().part("avatar", Part::bytes(vec![0; 150_000]).file_name("a.png"));
    assert_eq!(world.guest.upload(path, large).await.status, 413);
    let many = (0..9).fold(Form::new(), |form, number| form.text(format!("f{number}"), "x"));
    assert_eq!(world.guest.upload(path, many).await.status, 413);
    let field = Form::new().text("note", "x".repeat(2000)).part("avatar", Part::bytes(png(1)).file_name("a.png"));
    assert_eq!(world.guest.upload(path, field).await.status, 413);
    let two = Form::new()
        .part("avatar", Part::bytes(png(1)).file_name("a.png"))
        .part("avatar", Part::bytes(png(2)).file_name("b.png"));
    world.guest.upload(path, two).await.refused("4103");
}

#[tokio::test]
async fn depth_and_extra_fields_change_nothing() {
    let world = World::new().await;
    let deep = format!(r#"{{"mobile":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    let request = world.anonymous.request(reqwest::Method::POST, "/api/v1.0/sessions");
    let answer = world.anonymous.send(request.header("content-type", "application/json").body(deep)).await;
    assert_eq!(answer.code(), "4103");

    // Mass assignment: fields that a client must not set.
    let me = world.guest.get("/api/v1.0/user").await.ok()["data"].clone();
    let rename = json!({"name": "Anna", "user_id": 1, "mobile": "13999999999", "is_admin": true, "avatar": "x"});
    world.guest.put("/api/v1.0/user/name", &rename).await.ok();
    let now = world.guest.get("/api/v1.0/user").await.ok()["data"].clone();
    assert_eq!((&now["user_id"], &now["mobile"], &now["avatar"]), (&me["user_id"], &me["mobile"], &me["avatar"]));
    let day = world.free_day();
    let order = json!({
        "house_id": world.house, "start_date": day, "end_date": day, "price": 1, "amount": 1, "days": 99,
        "status": "COMPLETE", "user_id": 1, "guest_id": 1, "landlord_id": 2, "order_id": 999,
    });
    world.guest.post("/api/v1.0/orders", &order).await.ok();
    let placed = world.guest.get("/api/v1.0/user/orders").await.ok()["data"]["orders"][0].clone();
    assert_eq!(
        (&placed["amount"], &placed["days"], &placed["status"]),
        (&json!(1999), &json!(1), &json!("WAIT_ACCEPT"))
    );
    let mut house = house_form();
    for (field, value) in
        [("user_id", json!(2)), ("order_count", json!(99)), ("house_id", json!(1)), ("ctime", json!("x"))]
    {
        house[field] = value;
    }
    let made = world.landlord.post("/api/v1.0/houses", &house).await.ok()["data"]["house_id"].clone();
    assert_ne!(made, json!(1));
    let mine = world.landlord.get("/api/v1.0/user/houses").await.ok();
    assert!(mine["data"]["houses"].as_array().unwrap().iter().all(|house| house["order_count"] == 0));
}
