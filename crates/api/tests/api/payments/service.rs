//! The three providers, under one name for each thing that a payer does.

use std::{path::Path, sync::Arc};

use minsu_api::wiring;
use minsu_fakes::{Alipay, Answers, Faults, SetClock, Stripe, WechatPay};
use minsu_ports::{Clock, PaymentProvider, RawNotice};
use minsu_settings::{Profile, Settings};
use serde_json::{Value, json};

/// A running provider.
pub(super) enum Service {
    Alipay(Alipay),
    Wechat(WechatPay),
    Stripe(Stripe),
}

/// The keys of the provider that a site has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The one that it signs with.
    One,
    /// And the one that follows, as during a change.
    Both,
}

impl Keys {
    fn of<T>(self, mut keys: Vec<T>) -> Vec<T> {
        if self == Self::One {
            keys.truncate(1);
        }
        keys
    }
}

impl Service {
    /// Every provider.
    pub(super) const ALL: [&str; 3] = ["alipay", "wechatpay", "stripe"];

    pub(super) async fn start(kind: &str, clock: SetClock) -> Self {
        match kind {
            "alipay" => Self::Alipay(Alipay::start(clock).await),
            "wechatpay" => Self::Wechat(WechatPay::start(clock).await),
            "stripe" => Self::Stripe(Stripe::start(clock).await),
            other => panic!("no provider {other}"),
        }
    }

    /// The adapter, as the settings of a site make it.
    pub(super) fn provider(&self, folder: &Path, clock: Arc<dyn Clock>, keys: Keys) -> Arc<dyn PaymentProvider> {
        let mut settings = Settings::defaults(Profile::Dev, folder);
        let payment = &mut settings.payment;
        payment.site_url = Some("https://minsu.example".to_owned());
        payment.deadline_ms = 1500;
        match self {
            Self::Alipay(service) => {
                payment.url = "alipay:".parse().unwrap();
                payment.endpoint = Some(service.url().to_owned());
                payment.app_id = Some(Alipay::APP_ID.to_owned());
                payment.seller_id = Some(Alipay::SELLER_ID.to_owned());
                payment.private_key = Some(Alipay::PRIVATE_KEY.into());
                payment.public_keys = keys.of(Alipay::public_keys().into());
            }
            Self::Wechat(service) => {
                payment.url = "wechatpay:".parse().unwrap();
                payment.endpoint = Some(service.url().to_owned());
                payment.app_id = Some(WechatPay::APP_ID.to_owned());
                payment.merchant_id = Some(WechatPay::MERCHANT_ID.to_owned());
                payment.serial = Some(WechatPay::SERIAL.to_owned());
                payment.private_key = Some(WechatPay::PRIVATE_KEY.into());
                payment.api_key = Some(WechatPay::API_KEY.into());
                payment.public_keys = keys.of(WechatPay::public_keys().into());
            }
            Self::Stripe(service) => {
                payment.url = "stripe:".parse().unwrap();
                payment.endpoint = Some(service.url());
                payment.secret_key = Some(Stripe::SECRET_KEY.into());
                payment.webhook_secrets =
                    keys.of(vec![Stripe::WEBHOOK_SECRET.into(), Stripe::NEXT_WEBHOOK_SECRET.into()]);
            }
        }
        wiring::payments(&settings, clock).unwrap().provider.unwrap()
    }

    /// The usual method.
    pub(super) fn method(&self) -> &'static str {
        match self {
            Self::Alipay(_) => "alipay_page",
            Self::Wechat(_) => "wechat_qr",
            Self::Stripe(_) => "stripe_checkout",
        }
    }

    /// A method whose start is a call to the provider.
    pub(super) fn called_method(&self) -> &'static str {
        if let Self::Alipay(_) = self { "alipay_qr" } else { self.method() }
    }

    /// The payer opens the page or scans the code.
    ///
    /// # Errors
    /// What they see instead.
    pub(super) fn open(&self, action: &Value) -> Result<(), String> {
        let (redirect, qr) = (action["redirect"].as_str(), action["qr"].as_str());
        match self {
            Self::Alipay(service) => match redirect {
                Some(url) => service.open(url),
                None => service.scan(qr.unwrap()),
            },
            Self::Wechat(service) => service.open(redirect.or(qr).unwrap()),
            Self::Stripe(service) => service.open(redirect.unwrap()),
        }
    }

    /// The payer pays; false where the provider takes no money.
    pub(super) fn pay(&self, number: &str) -> bool {
        match self {
            Self::Alipay(service) => service.pay(number),
            Self::Wechat(service) => service.pay(number),
            Self::Stripe(service) => service.pay(number),
        }
    }

    /// The messages since the last call of this.
    pub(super) fn notices(&self) -> Vec<RawNotice> {
        let notices = match self {
            Self::Alipay(service) => service.take_notices(),
            Self::Wechat(service) => service.take_notices(),
            Self::Stripe(service) => service.take_notices(),
        };
        notices.into_iter().map(|outgoing| outgoing.notice).collect()
    }

    pub(super) fn faults(&self) -> &Faults {
        match self {
            Self::Alipay(service) => service.faults(),
            Self::Wechat(service) => service.faults(),
            Self::Stripe(service) => service.faults(),
        }
    }

    /// Refunds that are under way succeed.
    pub(super) fn end_refunds(&self) {
        match self {
            Self::Alipay(_) => {}
            Self::Wechat(service) => service.end_refunds("SUCCESS"),
            Self::Stripe(service) => service.end_refunds("succeeded"),
        }
    }

    /// From now on answers are signed like this; Stripe signs none.
    pub(super) fn answer(&self, answers: Answers) {
        match self {
            Self::Alipay(service) => service.answer(answers),
            Self::Wechat(service) => service.answer(answers),
            Self::Stripe(_) => {}
        }
    }

    /// From now on it signs with its next key.
    pub(super) fn change_key(&self) {
        match self {
            Self::Alipay(service) => service.change_key(),
            Self::Wechat(service) => service.sign_as_platform(),
            Self::Stripe(service) => service.sign_with(&[Stripe::NEXT_WEBHOOK_SECRET]),
        }
    }

    /// A signed message that a paid attempt was paid, with another amount.
    pub(super) fn tell_other_amount(&self, number: &str) {
        match self {
            Self::Alipay(service) => {
                service.tell(number, &[("total_amount", "0.01"), ("trade_status", "TRADE_SUCCESS")])
            }
            Self::Wechat(service) => {
                let amount = json!({"total": 1, "payer_total": 1, "currency": "CNY", "payer_currency": "CNY"});
                service.tell(number, json!({"trade_state": "SUCCESS", "transaction_id": "4200001", "amount": amount}));
            }
            Self::Stripe(service) => {
                let mut session = service.session(number);
                session["amount_total"] = 1.into();
                session["payment_status"] = "paid".into();
                session["payment_intent"] = "pi_test_1".into();
                service.tell("checkout.session.completed", &session);
            }
        }
    }

    /// Signed messages that are for others: another merchant, another application, another currency.
    pub(super) fn tell_foreign(&self, number: &str) {
        match self {
            Self::Alipay(service) => {
                let paid = ("trade_status", "TRADE_SUCCESS");
                service.tell(number, &[paid, ("app_id", "2021000000000002")]);
                service.tell(number, &[paid, ("seller_id", "2088000000000002")]);
                service.tell(number, &[paid, ("out_trade_no", "1001")]);
            }
            Self::Wechat(service) => {
                let paid = json!({"trade_state": "SUCCESS", "transaction_id": "4200001"});
                for (name, value) in [
                    ("mchid", json!("1900000002")),
                    ("appid", json!("wx0000000000000002")),
                    ("amount", json!({"total": 1999, "payer_total": 1999, "currency": "USD", "payer_currency": "USD"})),
                ] {
                    let mut changes = paid.clone();
                    changes[name] = value;
                    service.tell(number, changes);
                }
            }
            Self::Stripe(service) => {
                let mut session = service.session(number);
                session["payment_status"] = "paid".into();
                session["payment_intent"] = "pi_test_1".into();
                session["currency"] = "usd".into();
                service.tell("checkout.session.completed", &session);
            }
        }
    }
}
