//! Failures that are no business answers: their HTTP status, in the envelope of the dialect that owns the path.

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
        assert_eq!(method.headers["allow"], "GET, HEAD");
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

/// HEAD is answered without a body where the call reads, and refused where the call changes state.
#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
    let world = World::new().await;
    let picture = world.anonymous.get("/api/v1.0/houses/index").await.ok()["data"][0]["img_url"].clone();
    let house = format!("/api/v1.0/houses/{}", world.house);
    let paths = ["/healthz", "/readyz", "/docs/", "/openapi.json", "/api/v1.0/areas", "/api/house/list", &house];
    for path in paths.into_iter().chain(picture.as_str()) {
        // Twice, because the second answer may come from the page cache.
        for _ in 0..2 {
            let get = world.anonymous.get(path).await;
            let head = world.anonymous.send(world.anonymous.request(Method::HEAD, path)).await;
            assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0), "{path}");
            for name in ["content-length", "content-type", "cache-control"] {
                assert_eq!(head.headers.get(name), get.headers.get(name), "{name} of {path}");
            }
        }
    }
    for path in ["/api/logout", "/api/v1.0/smscode/13855555555?text=a&id=b", "/api/v1.0/orders"] {
        let head = world.guest.send(world.guest.request(Method::HEAD, path)).await;
        assert_eq!((head.status.as_u16(), head.bytes.len()), (405, 0), "{path}");
    }
    world.guest.get("/api/v1.0/user").await.ok();
}
