//! Security headers of every answer, and CORS: which other sites may read answers.

use reqwest::Method;

use crate::support::{TestServer, World};

#[tokio::test]
async fn every_answer_has_the_headers_that_tie_a_browser_down() {
    let world = World::new().await;
    let picture = world.anonymous.get("/api/v1.0/houses/index").await.ok()["data"][0]["img_url"].clone();
    for path in ["/api/v1.0/areas", "/api/house/area", "/api/v1.0/no/such", "/healthz", picture.as_str().unwrap()] {
        let answer = world.anonymous.get(path).await;
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
        {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(
            answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"),
            "{path}"
        );
        assert!(!answer.headers.contains_key("server") && !answer.headers.contains_key("strict-transport-security"));
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
    }
    let secure = TestServer::start_with(|state| state.http.secure_cookies = true).await;
    let answer = crate::support::Client::new(&secure).get("/api/v1.0/areas").await;
    assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
}

#[tokio::test]
async fn only_listed_origins_may_read() {
    const LISTED: &str = "https://www.example.com";
    let server = TestServer::start_with(|state| state.http.allowed_origins = vec![LISTED.to_owned()]).await;
    let world = World::on(server).await;
    let client = &world.anonymous;
    let ask = |method: Method, origin: &str| {
        let request = client.request(method, "/api/v1.0/user/name").header("origin", origin);
        client.send(request.header("access-control-request-method", "PUT"))
    };
    let preflight = ask(Method::OPTIONS, LISTED).await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.headers["access-control-allow-origin"], LISTED);
    assert_eq!(preflight.headers["access-control-allow-credentials"], "true");
    assert_eq!(preflight.headers["vary"], "Origin");
    for foreign in ["https://evil.example", "null", "https://www.example.com.evil.example", "http://www.example.com"] {
        let refused = ask(Method::OPTIONS, foreign).await;
        assert_ne!(refused.status, 204, "{foreign}");
        assert!(!refused.headers.contains_key("access-control-allow-origin"), "{foreign}");
    }
    let read = client.send(client.request(Method::GET, "/api/v1.0/areas").header("origin", LISTED)).await;
    assert_eq!(read.headers["access-control-allow-origin"], LISTED);
    // Off where nothing is listed.
    let closed = World::new().await;
    let request = closed.anonymous.request(Method::OPTIONS, "/api/v1.0/areas").header("origin", LISTED);
    let answer = closed.anonymous.send(request.header("access-control-request-method", "GET")).await;
    assert_eq!(answer.status, 405);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
