//! The stand-in refuses what Alipay refuses.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::*;

type Fields = BTreeMap<String, String>;

async fn service() -> (Alipay, SetClock) {
    let clock = SetClock::default();
    (Alipay::start(clock.clone()).await, clock)
}

fn fields(method: &str, content: &Value, clock: &SetClock) -> Fields {
    let timestamp = request::china(clock.now()).format("%Y-%m-%d %H:%M:%S").to_string();
    let content = content.to_string();
    [
        ("app_id", Alipay::APP_ID),
        ("method", method),
        ("format", "JSON"),
        ("charset", "utf-8"),
        ("sign_type", "RSA2"),
        ("timestamp", &timestamp),
        ("version", "1.0"),
        ("biz_content", &content),
        ("notify_url", "https://minsu.example/n"),
        ("return_url", "https://minsu.example/r"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn signed(mut fields: Fields) -> Fields {
    let sign = keys::sign(keys::KEY, signed_text(&fields).as_bytes());
    fields.insert("sign".to_owned(), sign);
    fields
}

/// The code and the sub code of the answer to a form, and whether it is signed.
async fn posted(service: &Alipay, fields: &Fields) -> (String, String, bool) {
    let request = Request::post("/gateway.do")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded;charset=utf-8")
        .body(Bytes::from(encoded(fields)))
        .unwrap();
    let answer = service.state.answer(request).await;
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let object = body.as_object().unwrap();
    let node = object.iter().find(|(name, _)| name.ends_with("_response")).unwrap().1;
    let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("sub_code"), object.contains_key("sign"))
}

/// The sub code that a signed call gets.
async fn called(service: &Alipay, clock: &SetClock, method: &str, content: Value) -> String {
    posted(service, &signed(fields(method, &content, clock))).await.1
}

fn order(clock: &SetClock) -> Value {
    let end = request::china(clock.now() + TimeDelta::minutes(30)).format("%Y-%m-%d %H:%M:%S").to_string();
    json!({ "out_trade_no": "MP1", "total_amount": "1.00", "subject": "小院", "time_expire": end })
}

fn with(mut value: Value, name: &str, changed: Value) -> Value {
    value[name] = changed;
    value
}

#[tokio::test]
async fn only_the_signed_text_is_taken() {
    let (service, clock) = service().await;
    let right = fields("alipay.trade.query", &json!({ "out_trade_no": "MP1" }), &clock);
    let (_, told, is_signed) = posted(&service, &signed(right.clone())).await;
    assert_eq!((told.as_str(), is_signed), ("ACQ.TRADE_NOT_EXIST", true));
    for (name, value) in [
        ("sign", "AAAA"),
        ("notify_url", "https://other.example/n"),
        ("biz_content", r#"{"out_trade_no":"MP2"}"#),
        ("sign_type", ""),
    ] {
        let mut changed = signed(right.clone());
        changed.insert(name.to_owned(), value.to_owned());
        let (_, told, is_signed) = posted(&service, &changed).await;
        assert_eq!((told.as_str(), is_signed), ("isv.invalid-signature", false), "{name}");
    }
    for (name, value) in [("app_id", "2021"), ("charset", "GBK"), ("version", "2.0"), ("format", "XML")] {
        let mut changed = right.clone();
        changed.insert(name.to_owned(), value.to_owned());
        let told = posted(&service, &signed(changed)).await.1;
        assert_eq!(told, format!("isv.invalid-{}", name.replace('_', "-")));
    }
    // The time in UTC.
    let mut changed = right;
    changed.insert("timestamp".to_owned(), clock.now().format("%Y-%m-%d %H:%M:%S").to_string());
    assert_eq!(posted(&service, &signed(changed)).await.1, "isv.invalid-timestamp");
}

#[tokio::test]
async fn orders_are_looked_at() {
    let (service, clock) = service().await;
    let right = order(&clock);
    for bad in [
        with(right.clone(), "out_trade_no", "MP-1".into()),
        with(right.clone(), "out_trade_no", "x".repeat(65).into()),
        with(right.clone(), "total_amount", "0.00".into()),
        with(right.clone(), "total_amount", "1".into()),
        with(right.clone(), "total_amount", "1.0".into()),
        with(right.clone(), "total_amount", json!(1.00)),
        with(right.clone(), "total_amount", "100000000.01".into()),
        with(right.clone(), "subject", "a=b".into()),
        with(right.clone(), "subject", "a/b".into()),
        with(right.clone(), "subject", "".into()),
        with(right.clone(), "time_expire", "30m".into()),
        with(right.clone(), "time_expire", "2026-01-01 00:00:00".into()),
        with(right.clone(), "time_expire", "2027-01-01 00:00:00".into()),
        with(right.clone(), "timeout_express", "30m".into()),
    ] {
        let told = called(&service, &clock, "alipay.trade.precreate", bad.clone()).await;
        assert_eq!(told, "ACQ.INVALID_PARAMETER", "{bad}");
    }
    assert_eq!(called(&service, &clock, "alipay.trade.precreate", right.clone()).await, "");
    // The same number with other fields.
    let other = with(right.clone(), "total_amount", "2.00".into());
    assert_eq!(called(&service, &clock, "alipay.trade.precreate", other).await, "ACQ.CONTEXT_INCONSISTENT");
    // Before it is scanned there is no trade.
    for method in ["alipay.trade.query", "alipay.trade.close"] {
        let told = called(&service, &clock, method, json!({ "out_trade_no": "MP1" })).await;
        assert_eq!(told, "ACQ.TRADE_NOT_EXIST", "{method}");
    }
}

#[tokio::test]
async fn a_page_needs_its_signature_and_its_product() {
    let (service, clock) = service().await;
    let page = |content: &Value, method: &str| {
        format!("{}/gateway.do?{}", service.url(), encoded(&signed(fields(method, content, &clock))))
    };
    let desktop = with(order(&clock), "product_code", "FAST_INSTANT_TRADE_PAY".into());
    let right = page(&desktop, "alipay.trade.page.pay");
    service.open(&right).unwrap();
    service.open(&right).unwrap();
    assert_eq!(service.open(&right.replace("1.00", "1.01")), Err("isv.invalid-signature".to_owned()));
    service.open(&page(&desktop, "alipay.trade.wap.pay")).unwrap_err();
    let dearer = with(desktop, "total_amount", "2.00".into());
    let told = service.open(&page(&dearer, "alipay.trade.page.pay"));
    assert_eq!(told, Err("ACQ.CONTEXT_INCONSISTENT".to_owned()));
    clock.forward(TimeDelta::minutes(30));
    assert!(!service.pay("MP1"));
    assert_eq!(service.open(&right), Err("ACQ.TRADE_HAS_CLOSE".to_owned()));
}

#[tokio::test]
async fn refunds_have_one_amount_a_pause_and_an_end() {
    let (service, clock) = service().await;
    called(&service, &clock, "alipay.trade.precreate", order(&clock)).await;
    service.scan("https://qr.alipay.com/baxMP1").unwrap();
    let back = |number: &str, amount: &str| {
        let content = json!({ "out_trade_no": "MP1", "refund_amount": amount, "out_request_no": number });
        signed(fields("alipay.trade.refund", &content, &clock))
    };
    assert_eq!(posted(&service, &back("a", "0.40")).await.1, "ACQ.TRADE_STATUS_ERROR");
    assert!(service.pay("MP1") && !service.pay("MP1"));
    for (number, amount, seconds, expected) in [
        ("a", "0.40", 0, ""),
        ("a", "0.40", 0, ""),
        ("a", "0.41", 0, "ACQ.DISCORDANT_REPEAT_REQUEST"),
        ("b", "0.10", 2, "ACQ.REFUND_TOO_FREQUENT"),
        ("b", "0.61", 1, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"),
        ("b", "0.60", 0, ""),
        ("c", "0.01", 3, "ACQ.TRADE_STATUS_ERROR"),
    ] {
        clock.forward(TimeDelta::seconds(seconds));
        assert_eq!(posted(&service, &back(number, amount)).await.1, expected, "{number} {amount}");
    }
    // Paid, and two refunds: each repeated one was told once.
    assert_eq!(service.take_notices().len(), 3);
}
