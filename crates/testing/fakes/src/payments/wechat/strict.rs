//! The stand-in refuses what WeChat Pay refuses.

use chrono::TimeDelta;
use hyper::header::{ACCEPT, AUTHORIZATION, USER_AGENT};

use super::*;

const ORDER: &str = "/v3/pay/transactions/native";

async fn service() -> (WechatPay, SetClock) {
    let clock = SetClock::default();
    (WechatPay::start(clock.clone()).await, clock)
}

/// A request as it should be; `change` gets the parts of its authorization.
fn request(
    clock: &SetClock,
    method: Method,
    target: &str,
    body: &Value,
    change: impl FnOnce(&mut [(&'static str, String); 5]),
) -> Request<Bytes> {
    static NONCES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let nonce = format!("{:032}", NONCES.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let body = if method == Method::GET { String::new() } else { body.to_string() };
    let time = clock.now().timestamp();
    let text = format!("{method}\n{target}\n{time}\n{nonce}\n{body}\n");
    let mut parts = [
        ("mchid", WechatPay::MERCHANT_ID.to_owned()),
        ("nonce_str", nonce),
        ("signature", keys::sign(keys::KEY, text.as_bytes())),
        ("timestamp", time.to_string()),
        ("serial_no", WechatPay::SERIAL.to_owned()),
    ];
    change(&mut parts);
    let parts: Vec<_> = parts.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    Request::builder()
        .method(method)
        .uri(target)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "test")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("WECHATPAY2-SHA256-RSA2048 {}", parts.join(",")))
        .body(Bytes::from(body))
        .unwrap()
}

/// The status, the code, and whether the answer is signed.
async fn answered(service: &WechatPay, request: Request<Bytes>) -> (u16, String, bool) {
    let answer = service.state.answer(request).await;
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    (answer.status().as_u16(), code, answer.headers().contains_key("wechatpay-signature"))
}

async fn posted(service: &WechatPay, clock: &SetClock, target: &str, body: &Value) -> String {
    answered(service, request(clock, Method::POST, target, body, |_| {})).await.1
}

fn order(clock: &SetClock) -> Value {
    json!({
        "appid": WechatPay::APP_ID,
        "mchid": WechatPay::MERCHANT_ID,
        "description": "小院",
        "out_trade_no": "MP0001",
        "time_expire": (clock.now() + TimeDelta::minutes(30)).to_rfc3339(),
        "notify_url": "https://minsu.example/n",
        "amount": { "total": 100, "currency": "CNY" },
    })
}

fn with(mut value: Value, name: &str, changed: Value) -> Value {
    value[name] = changed;
    value
}

#[tokio::test]
async fn only_the_signed_text_of_now_is_taken_and_once() {
    let (service, clock) = service().await;
    let body = order(&clock);
    let right = || request(&clock, Method::POST, ORDER, &body, |_| {});
    assert_eq!(answered(&service, right()).await, (200, String::new(), true));
    let again = right();
    let twice = again.clone();
    assert_eq!(answered(&service, again).await.0, 200);
    let sign_error = (401, "SIGN_ERROR".to_owned(), false);
    assert_eq!(answered(&service, twice).await, sign_error);
    for (at, value) in [(0, "1900000002"), (1, "other"), (1, ""), (2, "AAAA"), (3, "1"), (3, "x"), (4, "00"), (4, "")] {
        let changed = request(&clock, Method::POST, ORDER, &body, |parts| parts[at].1 = value.to_owned());
        assert_eq!(answered(&service, changed).await, sign_error, "{at} {value}");
    }
    let mut changed = right();
    *changed.body_mut() = Bytes::from(with(body.clone(), "description", "x".into()).to_string());
    assert_eq!(answered(&service, changed).await, sign_error);
    let mut changed = right();
    *changed.uri_mut() = "/v3/pay/transactions/h5".parse().unwrap();
    assert_eq!(answered(&service, changed).await, sign_error);
    for header in [ACCEPT, USER_AGENT, AUTHORIZATION, CONTENT_TYPE] {
        let mut changed = right();
        changed.headers_mut().remove(&header);
        assert!(answered(&service, changed).await.0 >= 400, "{header}");
    }
    for minutes in [5, -5] {
        let late = right();
        clock.forward(TimeDelta::minutes(minutes));
        assert_eq!(answered(&service, late).await, sign_error, "{minutes}");
        clock.forward(TimeDelta::minutes(-minutes));
    }
}

#[tokio::test]
async fn orders_are_looked_at() {
    let (service, clock) = service().await;
    let right = order(&clock);
    for bad in [
        with(right.clone(), "out_trade_no", "MP001".into()),
        with(right.clone(), "out_trade_no", "x".repeat(33).into()),
        with(right.clone(), "out_trade_no", "MP 0001".into()),
        with(right.clone(), "notify_url", "http://minsu.example/n".into()),
        with(right.clone(), "notify_url", "https://minsu.example/n?a=1".into()),
        with(right.clone(), "amount", json!({ "total": 0, "currency": "CNY" })),
        with(right.clone(), "amount", json!({ "total": 1.5, "currency": "CNY" })),
        with(right.clone(), "amount", json!({ "total": "1", "currency": "CNY" })),
        with(right.clone(), "amount", json!({ "total": 1, "currency": "USD" })),
        with(right.clone(), "time_expire", "2026-06-21 10:00:00".into()),
        with(right.clone(), "time_expire", clock.now().to_rfc3339().into()),
        with(right.clone(), "odd", "x".into()),
        with(right.clone(), "scene_info", json!({})),
    ] {
        assert_eq!(posted(&service, &clock, ORDER, &bad).await, "PARAM_ERROR", "{bad}");
    }
    for (name, value) in [("appid", "wx1"), ("mchid", "19")] {
        let bad = with(right.clone(), name, value.into());
        assert!(!posted(&service, &clock, ORDER, &bad).await.is_empty(), "{bad}");
    }
    assert_eq!(posted(&service, &clock, ORDER, &right).await, "");
    let other = with(right.clone(), "description", "x".into());
    assert_eq!(posted(&service, &clock, ORDER, &other).await, "OUT_TRADE_NO_USED");
    assert!(service.pay("MP0001") && !service.pay("MP0001"));
    assert_eq!(posted(&service, &clock, ORDER, &right).await, "ORDERPAID");
    let close = json!({ "mchid": WechatPay::MERCHANT_ID });
    let target = "/v3/pay/transactions/out-trade-no/MP0001/close";
    assert_eq!(posted(&service, &clock, target, &close).await, "ORDERPAID");
    for query in ["", "?mchid=1"] {
        let target = format!("/v3/pay/transactions/out-trade-no/MP0001{query}");
        let asked = answered(&service, request(&clock, Method::GET, &target, &Value::Null, |_| {})).await;
        assert_eq!(asked, (400, "PARAM_ERROR".to_owned(), false), "{query}");
    }
}

#[tokio::test]
async fn refunds_have_one_body_a_pause_and_an_end() {
    let (service, clock) = service().await;
    posted(&service, &clock, ORDER, &order(&clock)).await;
    let back = |number: &str, amount: i64, total: i64| {
        let amount = json!({ "refund": amount, "total": total, "currency": "CNY" });
        json!({ "out_trade_no": "MP0001", "out_refund_no": number, "amount": amount })
    };
    let target = "/v3/refund/domestic/refunds";
    assert_eq!(posted(&service, &clock, target, &back("a", 40, 100)).await, "INVALID_REQUEST");
    assert!(service.pay("MP0001"));
    for (body, seconds, expected) in [
        (back("a", 40, 99), 0, "INVALID_REQUEST"),
        (back("a", 0, 100), 0, "PARAM_ERROR"),
        (back("a", 40, 100), 0, ""),
        (back("a", 40, 100), 0, ""),
        (back("a", 41, 100), 0, "INVALID_REQUEST"),
        (back("b", 10, 100), 59, "FREQUENCY_LIMITED"),
        (back("b", 61, 100), 1, "INVALID_REQUEST"),
        (back("b", 60, 100), 0, ""),
        (back("c", 1, 100), 60, "INVALID_REQUEST"),
    ] {
        clock.forward(TimeDelta::seconds(seconds));
        assert_eq!(posted(&service, &clock, target, &body).await, expected, "{body}");
    }
}
