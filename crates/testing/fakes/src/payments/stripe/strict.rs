//! The stand-in refuses what Stripe refuses.

use chrono::TimeDelta;

use super::*;

async fn service() -> (Stripe, SetClock) {
    let clock = SetClock::default();
    (Stripe::start(clock.clone()).await, clock)
}

fn request(path: &str, key: &str, body: &str) -> Request<Bytes> {
    Request::post(format!("/v1/{path}"))
        .header(AUTHORIZATION, format!("Bearer {}", Stripe::SECRET_KEY))
        .header("stripe-version", "2024-06-20")
        .header("idempotency-key", key)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}

async fn answered(service: &Stripe, request: Request<Bytes>) -> (String, Value) {
    let answer = service.state.answer(request).await;
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    (body["error"]["code"].as_str().unwrap_or_default().to_owned(), body)
}

async fn posted(service: &Stripe, path: &str, key: &str, body: &str) -> String {
    answered(service, request(path, key, body)).await.0
}

fn session(clock: &SetClock, minutes: i64) -> String {
    format!(
        "mode=payment&client_reference_id=MP1&line_items[0][quantity]=1&line_items[0][price_data][currency]=cny\
         &line_items[0][price_data][unit_amount]=100&line_items[0][price_data][product_data][name]=a\
         &success_url=https://a.example&cancel_url=https://a.example&expires_at={}",
        clock.now().timestamp() + minutes * 60
    )
}

#[tokio::test]
async fn calls_need_their_key_and_their_version() {
    let (service, clock) = service().await;
    let (right, long) = (session(&clock, 30), "k".repeat(256));
    for (header, value, expected) in [
        ("authorization", "Bearer other", "api_key_invalid"),
        ("stripe-version", "2020-01-01", "version_missing"),
        ("idempotency-key", "", "idempotency_key_missing"),
        ("idempotency-key", long.as_str(), "idempotency_key_missing"),
        ("content-type", "application/json", "content_type"),
    ] {
        let mut changed = request("checkout/sessions", "k", &right);
        changed.headers_mut().insert(header, value.parse().unwrap());
        assert_eq!(answered(&service, changed).await.0, expected, "{header}");
    }
}

#[tokio::test]
async fn a_key_is_for_one_call() {
    let (service, clock) = service().await;
    let right = session(&clock, 30);
    let (_, first) = answered(&service, request("checkout/sessions", "k", &right)).await;
    let (_, second) = answered(&service, request("checkout/sessions", "k", &right)).await;
    assert_eq!(first, second);
    for changed in [right.replace("=100", "=101"), session(&clock, 31)] {
        assert_eq!(posted(&service, "checkout/sessions", "k", &changed).await, "idempotency_error");
    }
    // It is forgotten after a day.
    clock.forward(TimeDelta::hours(24));
    let later = session(&clock, 30);
    assert_eq!(posted(&service, "checkout/sessions", "k", &later).await, "");
    // A refusal is kept, too.
    assert_eq!(posted(&service, "refunds", "r", "payment_intent=pi&amount=1").await, "resource_missing");
    assert_eq!(posted(&service, "refunds", "r", "payment_intent=pi&amount=1").await, "resource_missing");
}

#[tokio::test]
async fn sessions_are_looked_at() {
    let (service, clock) = service().await;
    let right = session(&clock, 30);
    for (key, (bad, expected)) in [
        (session(&clock, 29), "parameter_invalid"),
        (session(&clock, 24 * 60 + 1), "parameter_invalid"),
        (right.replace("cny", "usd"), "parameter_invalid"),
        (right.replace("=100", "=0"), "parameter_invalid"),
        (right.replace("=100", "=1.5"), "parameter_invalid_integer"),
        (right.replace("mode=payment", "mode=setup"), "parameter_invalid"),
        (right.replace("&cancel_url=https://a.example", ""), "parameter_missing"),
        (format!("{right}&odd=1"), "parameter_unknown"),
        (format!("{right}&mode=payment"), "parameter_invalid"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(posted(&service, "checkout/sessions", &key.to_string(), &bad).await, expected, "{bad}");
    }
    assert_eq!(posted(&service, "checkout/sessions", "k", &right).await, "");
    clock.forward(TimeDelta::minutes(30));
    assert!(!service.pay("MP1"));
}

#[tokio::test]
async fn refunds_end_at_what_was_paid() {
    let (service, clock) = service().await;
    posted(&service, "checkout/sessions", "k", &session(&clock, 30)).await;
    assert!(service.pay("MP1") && !service.pay("MP1"));
    let intent = service.session("MP1")["payment_intent"].as_str().unwrap().to_owned();
    for (key, amount, expected) in [
        ("a", 101, "amount_too_large"),
        ("b", 40, ""),
        ("b", 40, ""),
        ("b", 41, "idempotency_error"),
        ("c", 61, "amount_too_large"),
        ("d", 60, ""),
        ("e", 1, "charge_already_refunded"),
    ] {
        let body = format!("payment_intent={intent}&amount={amount}");
        assert_eq!(posted(&service, "refunds", key, &body).await, expected, "{key} {amount}");
    }
    let id = service.session("MP1")["id"].as_str().unwrap().to_owned();
    let told = posted(&service, &format!("checkout/sessions/{id}/expire"), "", "").await;
    assert_eq!(told, "checkout_session_not_open");
}
