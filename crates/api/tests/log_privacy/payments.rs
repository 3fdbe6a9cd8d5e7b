//! The same of a story of paying, with each provider.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use minsu_domain::PaymentId;
use minsu_fakes::{Alipay, Collector, Fault, Faults, Outgoing, SetClock, Stripe, WechatPay};
use minsu_ports::Store as _;
use minsu_store::{SqlStore, StoreOptions};
use serde_json::{Value, json};

use super::{MOBILE, client, holds_none_of, register, start_with};

/// A running provider.
enum Provider {
    Alipay(Alipay),
    Wechat(WechatPay),
    Stripe(Stripe),
}

impl Provider {
    async fn start(kind: &str) -> Self {
        let clock = SetClock::at(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed());
        match kind {
            "alipay" => Self::Alipay(Alipay::start(clock).await),
            "wechatpay" => Self::Wechat(WechatPay::start(clock).await),
            _ => Self::Stripe(Stripe::start(clock).await),
        }
    }

    /// The settings of a site that has this provider, without `MINSU_PAYMENT__`, and those of them that are secret.
    fn settings(&self) -> (Vec<(&'static str, String)>, Vec<&'static str>) {
        let (settings, secrets): (Vec<(&str, &str)>, _) = match self {
            Self::Alipay(_) => (
                vec![
                    ("URL", "alipay:"),
                    ("APP_ID", Alipay::APP_ID),
                    ("SELLER_ID", Alipay::SELLER_ID),
                    ("PRIVATE_KEY", Alipay::PRIVATE_KEY),
                ],
                vec![Alipay::PRIVATE_KEY, "159****5620"],
            ),
            Self::Wechat(_) => (
                vec![
                    ("URL", "wechatpay:"),
                    ("APP_ID", WechatPay::APP_ID),
                    ("MERCHANT_ID", WechatPay::MERCHANT_ID),
                    ("SERIAL", WechatPay::SERIAL),
                    ("PRIVATE_KEY", WechatPay::PRIVATE_KEY),
                    ("API_KEY", WechatPay::API_KEY),
                ],
                vec![WechatPay::PRIVATE_KEY, WechatPay::API_KEY, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"],
            ),
            Self::Stripe(_) => (
                vec![
                    ("URL", "stripe:"),
                    ("SECRET_KEY", Stripe::SECRET_KEY),
                    ("WEBHOOK_SECRETS", Stripe::WEBHOOK_SECRET),
                ],
                vec![Stripe::SECRET_KEY, Stripe::WEBHOOK_SECRET, "payer@example.com"],
            ),
        };
        let mut settings: Vec<_> = settings.into_iter().map(|(key, value)| (key, value.to_owned())).collect();
        match self {
            Self::Alipay(service) => settings
                .extend([("ENDPOINT", service.url().to_owned()), ("PUBLIC_KEYS", Alipay::public_keys()[0].clone())]),
            Self::Wechat(service) => settings
                .extend([("ENDPOINT", service.url().to_owned()), ("PUBLIC_KEYS", WechatPay::public_keys()[0].clone())]),
            Self::Stripe(service) => settings.push(("ENDPOINT", service.url())),
        }
        (settings, secrets)
    }

    /// A method whose start is a call to the provider.
    fn method(&self) -> &'static str {
        match self {
            Self::Alipay(_) => "alipay_qr",
            Self::Wechat(_) => "wechat_qr",
            Self::Stripe(_) => "stripe_checkout",
        }
    }

    fn faults(&self) -> &Faults {
        match self {
            Self::Alipay(service) => service.faults(),
            Self::Wechat(service) => service.faults(),
            Self::Stripe(service) => service.faults(),
        }
    }

    /// The payer opens the page or scans the code, and pays.
    fn pay(&self, action: &Value, number: &str) {
        let place = action["redirect"].as_str().or(action["qr"].as_str()).unwrap();
        let paid = match self {
            Self::Alipay(service) => service.scan(place).map(|()| service.pay(number)),
            Self::Wechat(service) => service.open(place).map(|()| service.pay(number)),
            Self::Stripe(service) => service.open(place).map(|()| service.pay(number)),
        };
        assert_eq!(paid, Ok(true));
    }

    /// The messages since the last call of this. Refunds that are under way succeed before.
    fn notices(&self) -> Vec<Outgoing> {
        match self {
            Self::Alipay(service) => service.take_notices(),
            Self::Wechat(service) => {
                service.end_refunds("SUCCESS");
                service.take_notices()
            }
            Self::Stripe(service) => {
                service.end_refunds("succeeded");
                service.take_notices()
            }
        }
    }

    /// What proves that a message is the provider's.
    fn signature(&self, message: &Outgoing) -> String {
        let header = |name| message.notice.header(name).unwrap().to_owned();
        match self {
            Self::Alipay(_) => {
                let body = str::from_utf8(&message.notice.body).unwrap();
                let sign = body.split('&').find_map(|pair| pair.strip_prefix("sign=")).unwrap();
                // The rest of it is escaped.
                sign.split('%').map(str::to_owned).max_by_key(String::len).unwrap()
            }
            Self::Wechat(_) => header("wechatpay-signature"),
            Self::Stripe(_) => header("stripe-signature").rsplit('=').next().unwrap().to_owned(),
        }
    }
}

async fn number(folder: &Path, payment: &Value) -> String {
    let url = format!("sqlite://{}/data/minsu.sqlite3", folder.display());
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    let id = PaymentId::new(payment["id"].as_i64().unwrap()).unwrap();
    let attempt = store.read_own().await.unwrap().payments().attempt(id).await.unwrap().unwrap();
    attempt.number.as_str().to_owned()
}

async fn sent(client: &reqwest::Client, method: &str, url: String, body: Value) -> Value {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let key = uuid::Uuid::new_v4().to_string();
    let answer = client.request(method, url).header("idempotency-key", key).json(&body).send().await.unwrap();
    answer.json().await.unwrap()
}

/// An order that waits for its payment: its path.
async fn unpaid(landlord: &reqwest::Client, guest: &reqwest::Client, base: &str) -> String {
    let api = format!("{base}/api/v1.0");
    let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
    sent(landlord, "POST", format!("{api}/user/auth"), identity).await;
    let house = json!({
        "title": "某房", "price": "19.99", "area_id": 1, "address": "某处", "room_count": 1, "acreage": 30,
        "unit": "一室", "capacity": 2, "beds": "双人床", "deposit": "0", "min_days": 1, "max_days": 0,
    });
    let house = sent(landlord, "POST", format!("{api}/houses"), house).await["data"]["house_id"].clone();
    let later = std::time::UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(20 * 86_400);
    let day = (chrono::DateTime::UNIX_EPOCH + later).date_naive();
    let order = json!({"house_id": house, "start_date": day, "end_date": day});
    let order = sent(guest, "POST", format!("{api}/orders"), order).await["data"]["order_id"].clone();
    sent(landlord, "PUT", format!("{api}/orders/{order}/status"), json!({"action": "accept"})).await;
    format!("{base}/api/v2/orders/{order}")
}

/// An order is paid after failures, cancelled and paid back; returns what must not appear in the log or the traces.
async fn paid_story(folder: &Path, listen: &str, kind: &str, provider: &Provider) -> Vec<String> {
    let (base, landlord, guest) = (format!("http://{listen}"), client(), client());
    let mut secrets = register(&landlord, folder, &format!("{base}/api/v1.0"), MOBILE).await.to_vec();
    secrets.extend(register(&guest, folder, &format!("{base}/api/v1.0"), "13912345678").await);
    let path = unpaid(&landlord, &guest, &base).await;
    let method = json!({"method": provider.method()});
    for fault in [Fault::Portal, Fault::CutAnswer, Fault::Refusal("500".to_owned())] {
        provider.faults().fail(fault);
        let failed = sent(&guest, "POST", format!("{path}/payments"), method.clone()).await;
        assert_eq!(failed["code"], "provider_failed", "{kind}: {failed}");
        provider.faults().recover();
    }
    let payment = sent(&guest, "POST", format!("{path}/payments"), method).await;
    provider.pay(&payment["action"], &number(folder, &payment).await);
    let url = format!("{base}/api/v2/payments/notices/{kind}");
    let messages = provider.notices();
    assert_eq!(messages.len(), 1, "{kind}");
    for message in &messages {
        secrets.push(provider.signature(message));
        let mut forged = message.clone();
        forged.notice.body.push(b' ');
        forged.send_to(&url).await;
        assert_eq!(sent(&guest, "GET", path.clone(), json!({})).await["state"], "wait_payment", "{kind}: forged");
        assert!(message.send_to(&url).await.0 < 300, "{kind}");
    }
    let canceled = sent(&guest, "POST", format!("{path}/cancel"), json!({})).await;
    assert_eq!(canceled["payments"][0]["state"], "paid", "{kind}: {canceled}");
    let begun = Instant::now();
    loop {
        for message in provider.notices() {
            message.send_to(&url).await;
        }
        let seen: Value = guest.get(&path).send().await.unwrap().json().await.unwrap();
        if seen["payments"][0]["refunds"][0]["state"] == "done" {
            return secrets;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{kind}: {seen}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn no_secret_and_nothing_of_the_payer(kind: &str) {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let provider = Provider::start(kind).await;
    let (settings, of_provider) = provider.settings();
    let names: Vec<String> = settings.iter().map(|(name, _)| format!("PAYMENT__{name}")).collect();
    let mut all: Vec<_> =
        names.iter().zip(settings.iter()).map(|(name, (_, value))| (name.as_str(), value.clone())).collect();
    all.push(("PAYMENT__SITE_URL", "https://minsu.example".to_owned()));
    all.push(("JOBS__INTERVAL_SECONDS", "1".to_owned()));
    let (server, listen) = start_with(folder.path(), Some(&collector), &all).await;
    let mut secrets = paid_story(folder.path(), &listen, kind, &provider).await;
    secrets.extend(of_provider.into_iter().map(str::to_owned));
    server.stop().await;
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("a payment notice was refused"), "the log is off");
    holds_none_of(&log, &secrets);
    for secret in &secrets {
        assert!(!collector.was_told(secret), "{secret} is in the traces");
    }
}

#[tokio::test]
async fn paying_by_alipay_leaves_no_secret_and_nothing_of_the_payer() {
    no_secret_and_nothing_of_the_payer("alipay").await;
}

#[tokio::test]
async fn paying_by_wechat_pay_leaves_no_secret_and_nothing_of_the_payer() {
    no_secret_and_nothing_of_the_payer("wechatpay").await;
}

#[tokio::test]
async fn paying_by_stripe_leaves_no_secret_and_nothing_of_the_payer() {
    no_secret_and_nothing_of_the_payer("stripe").await;
}
