//! No secret and nothing of the payer in `Debug`, in errors or in the log, with everything in it.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use minsu_fakes::{Fault, SetClock, Stripe as StripeService, WechatPay as WechatService, unused_url};
use minsu_payments::{Alipay, Stripe, WechatPay};
use minsu_ports::{
    PaymentProvider,
    testkit::payments::{OtherSide, paid, refund, request},
};

use crate::{alipay, http, sandbox, stripe, told, wechat};

/// What must not be seen: pieces of keys and secrets, and what the stand-ins know of the payer.
fn canaries() -> Vec<String> {
    vec![
        WechatService::PRIVATE_KEY[800..840].to_owned(),
        WechatService::API_KEY.to_owned(),
        StripeService::SECRET_KEY.to_owned(),
        StripeService::WEBHOOK_SECRET.to_owned(),
        "203.0.113.7".to_owned(),
        "payer@example.com".to_owned(),
        "159****5620".to_owned(),
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned(),
    ]
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Uses everything, well and under faults, and returns what was told of it.
async fn used(provider: &dyn PaymentProvider, other: &dyn OtherSide, faults: Option<&minsu_fakes::Faults>) -> String {
    let payment = paid(provider, other, 1, 100).await;
    let wanted = refund(other, &payment, 1, 10);
    let mut seen = String::new();
    for fault in [Fault::Refusal("400".to_owned()), Fault::Portal, Fault::CutAnswer, Fault::Refusal("500".to_owned())] {
        let Some(faults) = faults else { break };
        faults.fail(fault);
        let open = request(provider, other, 2, 100);
        let attempt = minsu_ports::PaymentAttempt { number: open.number.clone(), ..payment.0.clone() };
        let errors = [
            provider.start(&open).await.err(),
            provider.query(&attempt).await.err(),
            provider.close(&attempt).await.err(),
            provider.refund(&wanted).await.err(),
            provider.query_refund(&wanted).await.err(),
            provider.probe(other.now()).await.err(),
            provider.bill(other.now().date_naive()).await.err(),
        ];
        errors.iter().flatten().for_each(|error| seen.push_str(&told(error)));
    }
    for mut notice in other.notices().await {
        seen.push_str(&format!("{:?}", provider.read_notice(&notice)));
        notice.body.push(b' ');
        seen.push_str(&format!("{:?}", provider.read_notice(&notice)));
    }
    seen
}

#[tokio::test]
async fn nothing_is_told_that_must_not_be() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    // For all threads: what another test reaches first would stay silent here. So their lines are looked at, too.
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let mut seen = String::new();
    let (provider, other) = alipay::both().await;
    seen.push_str(&format!("{provider:?} {:?}", alipay::options("https://example.com")));
    seen.push_str(&used(&provider, &other, Some(other.0.faults())).await);
    let (provider, other) = wechat::both().await;
    seen.push_str(&format!("{provider:?} {:?}", wechat::options("https://example.com")));
    seen.push_str(&used(&provider, &other, Some(other.0.faults())).await);
    let (provider, other) = stripe::both().await;
    seen.push_str(&format!("{provider:?} {:?}", stripe::options("https://example.com".to_owned())));
    seen.push_str(&used(&provider, &other, Some(other.0.faults())).await);
    let (provider, other) = sandbox::both().await;
    seen.push_str(&format!("{provider:?}"));
    seen.push_str(&used(&provider, &other, None).await);
    let secret = std::fs::read_to_string(other.folder.path().join("sandbox-payments/secret")).unwrap();

    // Settings that cannot work, and a server that is not there.
    let clock = || Arc::new(SetClock::default());
    let mut wrong = alipay::options(&unused_url());
    wrong.app_id = "a b".to_owned();
    seen.push_str(&format!("{:?}", Alipay::new(wrong, &http(), clock()).err()));
    let mut wrong = wechat::options(&unused_url());
    wrong.public_keys.clear();
    seen.push_str(&format!("{:?}", WechatPay::new(wrong, &http(), clock()).err()));
    let gone = Stripe::new(stripe::options(unused_url()), &http(), clock()).unwrap();
    seen.push_str(&told(&gone.probe(chrono::DateTime::default()).await.unwrap_err()));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("trying once more"), "the log is not looked at: {log}");
    for canary in canaries().into_iter().chain([secret]) {
        assert!(!seen.contains(&canary), "{canary} in {seen}");
        assert!(!log.contains(&canary), "{canary} in {log}");
    }
}
