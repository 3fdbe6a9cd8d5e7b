use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, PaymentMethod};
use minsu_fakes::{Answers, SetClock, WechatPay as Service};
use minsu_payments::{WechatOptions, WechatPay};
use minsu_ports::{
    Clock, NoticeRefused, NoticeState, PaymentAction, PaymentError, PaymentProvider, PaymentRequest, ProviderState,
    RawNotice, RefundState, StartedPayment,
    testkit::payments::{OtherSide, money, number, paid, refund, refund_number, request},
};
use serde_json::json;

use crate::{contract, http, is_pending, told};

pub(crate) struct Other(pub(crate) Service, pub(crate) SetClock);

#[async_trait]
impl OtherSide for Other {
    fn now(&self) -> DateTime<Utc> {
        self.1.now()
    }

    fn forward(&self, by: TimeDelta) {
        self.1.forward(by);
    }

    async fn open(&self, started: &StartedPayment) {
        let (PaymentAction::Redirect(link) | PaymentAction::Qr(link)) = &started.action;
        self.0.open(link).unwrap();
    }

    async fn pay(&self, number: &AttemptNumber) -> bool {
        self.0.pay(number.as_str())
    }

    async fn settle_refunds(&self) {
        self.0.end_refunds("SUCCESS");
    }

    async fn notices(&self) -> Vec<RawNotice> {
        self.0.take_notices().into_iter().map(|outgoing| outgoing.notice).collect()
    }
}

pub(crate) fn options(url: &str) -> WechatOptions {
    WechatOptions {
        endpoint: url.to_owned(),
        app_id: Service::APP_ID.to_owned(),
        merchant_id: Service::MERCHANT_ID.to_owned(),
        serial: Service::SERIAL.to_owned(),
        private_key: Service::PRIVATE_KEY.into(),
        api_key: Service::API_KEY.into(),
        public_keys: vec![Service::public_keys()[0].clone()],
        notify_url: "https://minsu.example/api/v2/payments/notices/wechatpay".to_owned(),
    }
}

pub(crate) async fn both() -> (WechatPay, Other) {
    let clock = SetClock::default();
    let service = Service::start(clock.clone()).await;
    let provider = WechatPay::new(options(service.url()), &http(), Arc::new(clock.clone())).unwrap();
    (provider, Other(service, clock))
}

contract!(both);

#[tokio::test]
async fn a_telephone_comes_back_to_the_page() {
    let (provider, other) = both().await;
    let request = PaymentRequest { method: PaymentMethod::WechatH5, ..request(&provider, &other, 1, 100) };
    let started = provider.start(&request).await.unwrap();
    let PaymentAction::Redirect(link) = &started.action else { panic!("{started:?}") };
    let back = "https%3A%2F%2Fminsu.example%2Forders%2F1%3Ffrom%3Dpay%26out_trade_no%3DMP";
    assert!(link.contains(&format!("&redirect_url={back}")), "{link}");
    let nowhere = PaymentRequest { payer_address: None, ..request };
    assert!(matches!(provider.start(&nowhere).await, Err(PaymentError::Refused(_))));
}

#[tokio::test]
async fn a_number_with_other_fields_is_refused() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 100);
    provider.start(&request).await.unwrap();
    let error = provider.start(&PaymentRequest { amount: money(99), ..request }).await.unwrap_err();
    assert!(matches!(&error, PaymentError::Refused(code) if code == "OUT_TRADE_NO_USED"), "{error:?}");
}

#[tokio::test]
async fn refunds_are_refused_for_now_or_end_in_one_of_three_ways() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    let refunded = async |digit, fen| provider.refund(&refund(&other, &payment, digit, fen)).await;
    assert!(is_pending(&refunded(1, 10).await.unwrap()));
    other.forward(TimeDelta::seconds(59));
    let later = |error: PaymentError| matches!(error, PaymentError::Later(_));
    assert!(later(refunded(2, 10).await.unwrap_err()), "two within a minute");
    other.forward(TimeDelta::seconds(1));
    other.0.be_poor(true);
    assert!(later(refunded(2, 10).await.unwrap_err()), "no balance");
    other.0.be_poor(false);
    let unknown = refund(&other, &payment, 9, 10);
    assert_eq!(provider.query_refund(&unknown).await.unwrap(), RefundState::NotFound);
    other.notices().await;
    let ends = [
        (2, "ABNORMAL", RefundState::Failed("ABNORMAL".to_owned())),
        (3, "CLOSED", RefundState::Failed("CLOSED".to_owned())),
        (4, "SUCCESS", RefundState::Done),
    ];
    other.0.end_refunds("SUCCESS");
    other.notices().await;
    for (digit, status, expected) in ends {
        assert!(is_pending(&refunded(digit, 10).await.unwrap()));
        other.forward(TimeDelta::minutes(1));
        other.0.end_refunds(status);
        assert_eq!(provider.query_refund(&refund(&other, &payment, digit, 10)).await.unwrap(), expected);
        let notice = provider.read_notice(&other.notices().await[0]).unwrap().unwrap();
        assert_eq!(notice.number, number(1));
        assert_eq!(notice.state, NoticeState::Refund(refund_number(digit), expected));
    }
}

#[tokio::test]
async fn only_signed_answers_are_good_and_refusals_need_no_signature() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    // The probe of WeChat Pay itself is among the wrong signatures.
    for answers in [Answers::WrongSignature, Answers::Unsigned] {
        other.0.answer(answers);
        let error = provider.query(&payment.0).await.unwrap_err();
        assert!(matches!(error, PaymentError::Unknown(_)) && told(&error).contains("not signed"), "{answers:?}");
        assert!(matches!(provider.close(&payment.0).await, Err(PaymentError::Refused(code)) if code == "ORDERPAID"));
    }
    // An empty answer is signed, too.
    other.0.answer(Answers::Usual);
    let open = request(&provider, &other, 2, 100);
    let started = provider.start(&open).await.unwrap();
    other.0.answer(Answers::Unsigned);
    let attempt = minsu_ports::testkit::payments::attempt(&open, &started);
    assert!(matches!(provider.close(&attempt).await, Err(PaymentError::Unknown(_))));
    other.0.answer(Answers::Usual);
    provider.close(&attempt).await.unwrap();
}

#[tokio::test]
async fn both_keys_are_taken_during_a_switch() {
    let (provider, other) = both().await;
    let two = WechatOptions { public_keys: Service::public_keys().into(), ..options(other.0.url()) };
    let switching = WechatPay::new(two, &http(), Arc::new(other.1.clone())).unwrap();
    let payment = paid(&switching, &other, 1, 100).await;
    let before = other.notices().await.remove(0);
    other.0.sign_as_platform();
    other.0.tell(number(1).as_str(), json!({}));
    let after = other.notices().await.remove(0);
    for notice in [&before, &after] {
        assert!(switching.read_notice(notice).unwrap().is_some());
    }
    assert!(matches!(switching.query(&payment.0).await.unwrap(), ProviderState::Paid(_)));
    assert_eq!(provider.read_notice(&after), Err(NoticeRefused::Signature));
    assert!(matches!(provider.query(&payment.0).await, Err(PaymentError::Unknown(_))));
}

#[tokio::test]
async fn notices_for_others_are_told_apart() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    let usd = json!({ "total": 100, "currency": "USD" });
    for (change, expected) in [
        (json!({ "mchid": "1900000002" }), NoticeRefused::Foreign),
        (json!({ "appid": "wx0000000000000002" }), NoticeRefused::Foreign),
        (json!({ "amount": usd }), NoticeRefused::Foreign),
        (json!({ "out_trade_no": "1001" }), NoticeRefused::Foreign),
        (json!({ "trade_state": "ODD" }), NoticeRefused::Malformed),
        (json!({ "amount": { "total": 1.5 } }), NoticeRefused::Malformed),
        (json!({ "amount": { "total": -1 } }), NoticeRefused::Malformed),
    ] {
        other.0.tell(number(1).as_str(), change.clone());
        let notice = other.notices().await.pop().unwrap();
        assert_eq!(provider.read_notice(&notice), Err(expected), "{change}");
    }
}

#[tokio::test]
async fn a_notice_is_good_for_five_minutes() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    let mut notice = other.notices().await.pop().unwrap();
    for (minutes, expected) in [(4, true), (5, false), (6, false), (-6, false)] {
        notice.received_at = other.now() + TimeDelta::minutes(minutes);
        match provider.read_notice(&notice) {
            Ok(read) => assert!(expected && read.is_some(), "{minutes}"),
            Err(error) => assert!(!expected && error == NoticeRefused::Stale, "{minutes}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_the_probe_and_does_nothing_else() {
    let (_, other) = both().await;
    for minutes in [6, -6] {
        let off = SetClock::default();
        off.forward(TimeDelta::minutes(minutes));
        let provider = WechatPay::new(options(other.0.url()), &http(), Arc::new(off.clone())).unwrap();
        assert_eq!(provider.probe(off.now()).await.unwrap(), TimeDelta::minutes(-minutes));
        let request = request(&provider, &other, 1, 100);
        assert!(matches!(provider.start(&request).await, Err(PaymentError::Later(code)) if code == "SIGN_ERROR"));
    }
    for wrong in [
        WechatOptions { serial: "00".to_owned(), ..options(other.0.url()) },
        WechatOptions { merchant_id: "1900000002".to_owned(), ..options(other.0.url()) },
    ] {
        let provider = WechatPay::new(wrong, &http(), Arc::new(other.1.clone())).unwrap();
        assert!(told(&provider.probe(other.now()).await.unwrap_err()).contains("SIGN_ERROR"));
    }
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        WechatOptions { endpoint: "api.mch.weixin.qq.com".to_owned(), ..right.clone() },
        WechatOptions { app_id: String::new(), ..right.clone() },
        WechatOptions { merchant_id: "1\"".to_owned(), ..right.clone() },
        WechatOptions { serial: " ".to_owned(), ..right.clone() },
        WechatOptions { private_key: "MIIE".into(), ..right.clone() },
        WechatOptions { api_key: "short".into(), ..right.clone() },
        WechatOptions { public_keys: vec!["MIIB".to_owned()], ..right.clone() },
        WechatOptions { notify_url: "https://minsu.example/n?x".to_owned(), ..right.clone() },
    ] {
        assert!(WechatPay::new(wrong, &http(), Arc::new(SetClock::default())).is_err());
    }
}
