//! Problems in two languages, limits and their headers.

use minsu_application::Limits;
use minsu_web::request_limiter::RequestLimiter;
use reqwest::Method;
use serde_json::json;

use crate::support::{Client, TestServer};

#[tokio::test]
async fn a_problem_speaks_the_language_of_the_client() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    for (accepted, tag, title, field) in [
        (None, "zh-CN", "参数错误", "缺少该字段"),
        (Some("en-GB, en;q=0.8"), "en", "Some fields are invalid", "is missing"),
        (Some("fr, zh;q=0.5, en;q=0.4"), "zh-CN", "参数错误", "缺少该字段"),
    ] {
        let mut request = client.request(Method::POST, "/api/v2/session").json(&json!({"mobile": "13800000000"}));
        if let Some(accepted) = accepted {
            request = request.header("accept-language", accepted);
        }
        let answer = client.send(request).await.problem(422, "invalid_fields");
        assert_eq!(answer.headers["content-language"], tag);
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "Accept-Language"));
        assert_eq!(answer.json["title"], title);
        assert_eq!(answer.json["type"], "/problems/invalid_fields");
        assert_eq!(answer.json["errors"], json!([{"pointer": "/password", "code": "required", "title": field}]));
        assert_eq!(answer.json["request_id"], answer.headers["x-request-id"].to_str().unwrap());
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn what_is_no_call_is_a_problem_too() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    for path in ["/api/v2", "/api/v2/", "/api/v2/nothing", "/api/v2/listings/1/nothing"] {
        client.get(path).await.problem(404, "not_found");
    }
    let large = client.request(Method::POST, "/api/v2/session").header("content-type", "application/json");
    client.send(large.body("x".repeat(11_000_000))).await.problem(413, "too_large");
    // Outside of the native API the old envelope stays.
    assert_eq!(client.get("/api/v2x").await.code(), "4201");
}

#[tokio::test]
async fn limits_tell_where_one_stands() {
    let server = TestServer::start_with(|state| {
        state.app.policy.limits = Limits { captchas_per_address_minute: 2, ..state.app.policy.limits };
    })
    .await;
    let client = Client::new(&server);
    let state = |answer: &crate::support::Answer| answer.headers["ratelimit"].to_str().unwrap().to_owned();
    for left in [1, 0] {
        let answer = client.post("/api/v2/captchas", &json!({})).await;
        assert_eq!(answer.headers["ratelimit-policy"], "\"captchas\";q=2;w=60");
        assert!(state(&answer).starts_with(&format!("\"captchas\";r={left};t=")), "{}", state(&answer));
        answer.done(201);
    }
    let answer = client.post("/api/v2/captchas", &json!({})).await.problem(429, "rate_limited");
    assert!(state(&answer).starts_with("\"captchas\";r=0;t="), "{}", state(&answer));
    let wait = answer.json["retry_after"].as_u64().unwrap();
    assert!((1..=60).contains(&wait) && answer.headers["retry-after"] == wait.to_string().as_str());
    // Other calls have no such limit.
    assert!(!client.get("/api/v2/site").await.headers.contains_key("ratelimit"));
}

#[tokio::test]
async fn the_limit_of_all_requests_is_told_by_every_answer() {
    let server = TestServer::start_with(|state| state.limiter = RequestLimiter::new(1, 4)).await;
    let client = Client::new(&server);
    let mut answers = 0;
    let refused = loop {
        let answer = client.get("/api/v2/site").await;
        assert_eq!(answer.headers["ratelimit-policy"], "\"requests\";q=4;w=4");
        if answer.status.as_u16() != 200 {
            break answer.problem(429, "rate_limited");
        }
        let state = answer.headers["ratelimit"].to_str().unwrap();
        let left = state.strip_prefix("\"requests\";r=").and_then(|rest| rest.split_once(";t=")).unwrap();
        assert!(left.0.parse::<u32>().unwrap() < 4 && left.1.parse::<u32>().unwrap() <= 4, "{state}");
        answers += 1;
        assert!(answers < 100, "no request was refused");
    };
    assert!(answers >= 4);
    assert_eq!(refused.headers["ratelimit"], "\"requests\";r=0;t=4");
    assert_eq!(refused.headers["retry-after"], "1");
}
