//! What is no business answer: its true status, in the envelope of the dialect that owns the path.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, World};

/// The status and the codes under both keys, for the two dialects.
fn assert_envelope(answer: &Answer, classic: bool, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.json);
    assert_eq!(answer.json["errcode"].as_str(), classic.then_some(code), "{}", answer.json);
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert!(!answer.errmsg().is_empty());
}

#[tokio::test]
async fn every_dialect_answers_in_its_own_envelope() {
    let world = World::new().await;
    let guest = &world.guest;
    for (prefix, classic) in [("/api/v1.0", false), ("/api", true)] {
        let unknown = guest.get(&format!("{prefix}/no/such/call")).await;
        assert_envelope(&unknown, classic, 404, "4201");
        let (known, login) = if classic { ("/house/area", "/login") } else { ("/areas", "/sessions") };
        let method = guest.send(guest.request(Method::PATCH, &format!("{prefix}{known}"))).await;
        assert_envelope(&method, classic, 405, "4201");
        assert_eq!(method.headers["allow"], "GET");
        let post = |body: String, kind: &str| {
            let request = guest.request(Method::POST, &format!("{prefix}{login}")).header("content-type", kind);
            guest.send(request.body(body))
        };
        assert_envelope(&post("{".into(), "application/json").await, classic, 400, "4103");
        assert_envelope(&post("mobile=1".into(), "text/plain").await, classic, 415, "4103");
        assert_envelope(&post("x".repeat(10_000_000), "application/json").await, classic, 413, "4103");
        assert_envelope(&post("[]".into(), "application/json").await, classic, 200, "4103");
        let deep = format!(r#"{{"extra":{}"#, "[".repeat(20_000));
        assert_envelope(&post(deep, "application/json").await, classic, 400, "4103");
    }
}

#[tokio::test]
async fn the_longer_prefix_wins() {
    let world = World::new().await;
    // `/api/v1.0/areas` is no path of the classic dialect, and `/api/house/area` none of v1.
    assert!(world.guest.get("/api/v1.0/areas").await.ok().get("errcode").is_none());
    assert_envelope(&world.guest.get("/api/v1.0/house/area").await, false, 404, "4201");
    assert_envelope(&world.guest.get("/api/areas").await, true, 404, "4201");
    assert_envelope(&world.guest.get("/api/v1.0x/areas").await, true, 404, "4201");
    assert_envelope(&world.guest.get("/nowhere").await, false, 404, "4201");
}

#[tokio::test]
async fn it_is_alive_and_ready() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = world.anonymous.get(path).await;
        assert_eq!((answer.status.as_u16(), &answer.json), (200, &json!({"status": "ok"})), "{path}");
        assert!(answer.headers.contains_key("x-request-id"));
    }
}
