//! No bytes and no headers of a message make a provider panic, or believe them.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use minsu_fakes::SetClock;
use minsu_payments::{Alipay, Sandbox, SandboxOptions, Stripe, WechatPay};
use minsu_ports::{Clock, PaymentProvider, RawNotice};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{alipay, http, stripe, wechat};

struct Providers(Vec<Box<dyn PaymentProvider>>, #[expect(dead_code, reason = "it is removed when dropped")] TempDir);

static PROVIDERS: LazyLock<Providers> = LazyLock::new(|| {
    let clock = || Arc::new(SetClock::default());
    let (url, folder) = ("https://example.com", TempDir::new().unwrap());
    let sandbox =
        SandboxOptions { folder: folder.path().to_owned(), secret: Some("secret".into()), site_url: url.to_owned() };
    let providers: Vec<Box<dyn PaymentProvider>> = vec![
        Box::new(Alipay::new(alipay::options(url), &http(), clock()).unwrap()),
        Box::new(WechatPay::new(wechat::options(url), &http(), clock()).unwrap()),
        Box::new(Stripe::new(stripe::options(url.to_owned()), &http(), clock()).unwrap()),
        Box::new(Sandbox::new(sandbox, clock()).unwrap()),
    ];
    Providers(providers, folder)
});

fn refused(headers: Vec<(String, String)>, body: Vec<u8>) {
    let notice = RawNotice { headers, body, received_at: now() };
    for provider in &PROVIDERS.0 {
        assert!(provider.read_notice(&notice).is_err(), "{:?} {notice:?}", provider.kind());
    }
}

fn now() -> DateTime<Utc> {
    SetClock::default().now()
}

/// The headers that are read, with values that look like theirs.
fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        Just("stripe-signature"),
        Just("minsu-signature"),
        Just("wechatpay-signature"),
        Just("wechatpay-serial"),
        Just("wechatpay-nonce"),
        Just("wechatpay-timestamp"),
        Just("content-type"),
    ];
    let value = prop_oneof![
        "\\PC{0,40}",
        "t=[0-9]{0,22},v1=[0-9a-fé]{0,70}",
        Just(format!("t={},v1={}", now().timestamp(), "0".repeat(64))),
        "[0-9-]{0,22}",
        "[A-Za-z0-9+/]{0,20}={0,2}",
        Just(minsu_fakes::WechatPay::KEY_ID.to_owned()),
        Just(format!("WECHATPAY/SIGNTEST/{}", "A".repeat(100))),
    ];
    proptest::collection::vec((name.prop_map(str::to_owned), value), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(headers in headers(), body in proptest::collection::vec(any::<u8>(), 0..300)) {
        refused(headers, body);
    }

    #[test]
    fn any_form(headers in headers(), body in "([a-z_]{1,9}=[a-zA-Z0-9%+=]{0,20}&){0,8}(sign|charset|sign_type)=(gbk|RSA2|utf-8|[A-Za-z%]{0,9})") {
        refused(headers, body.into_bytes());
    }

    #[test]
    fn any_json(headers in headers(), id in "\\PC{0,9}", text in "\\PC{0,30}", number in any::<i64>()) {
        let resource = serde_json::json!({ "algorithm": "AEAD_AES_256_GCM", "ciphertext": text, "nonce": id });
        let body = serde_json::json!({
            "id": id, "event_type": text, "type": "checkout.session.completed", "resource": resource,
            "data": { "object": { "id": id, "amount_total": number } }, "number": text, "amount": number,
        });
        refused(headers, body.to_string().into_bytes());
    }
}
