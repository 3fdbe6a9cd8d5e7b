use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::AttemptNumber;
use minsu_fakes::{Alipay as Service, Answers, SetClock};
use minsu_payments::{Alipay, AlipayOptions};
use minsu_ports::{
    Clock, NoticeRefused, NoticeState, PaymentAction, PaymentError, PaymentProvider, ProviderState, RawNotice,
    RefundRequest, RefundState, StartedPayment,
    testkit::payments::{self as contract, OtherSide, attempt, money, number, paid, refund, request},
};

use crate::{contract, http, is_pending, told};

pub(crate) struct Other(pub(crate) Service, SetClock);

#[async_trait]
impl OtherSide for Other {
    fn now(&self) -> DateTime<Utc> {
        self.1.now()
    }

    fn forward(&self, by: TimeDelta) {
        self.1.forward(by);
    }

    async fn open(&self, started: &StartedPayment) {
        match &started.action {
            PaymentAction::Redirect(url) => self.0.open(url),
            PaymentAction::Qr(code) => self.0.scan(code),
        }
        .unwrap();
    }

    async fn pay(&self, number: &AttemptNumber) -> bool {
        self.0.pay(number.as_str())
    }

    async fn settle_refunds(&self) {}

    async fn notices(&self) -> Vec<RawNotice> {
        self.0.take_notices().into_iter().map(|outgoing| outgoing.notice).collect()
    }
}

pub(crate) fn options(url: &str) -> AlipayOptions {
    AlipayOptions {
        endpoint: url.to_owned(),
        app_id: Service::APP_ID.to_owned(),
        seller_id: Service::SELLER_ID.to_owned(),
        private_key: Service::PRIVATE_KEY.into(),
        public_keys: vec![Service::public_keys()[0].clone()],
        notify_url: "https://minsu.example/api/v2/payments/notices/alipay".to_owned(),
    }
}

pub(crate) async fn both() -> (Alipay, Other) {
    let clock = SetClock::default();
    let service = Service::start(clock.clone()).await;
    let provider = Alipay::new(options(service.url()), &http(), Arc::new(clock.clone())).unwrap();
    (provider, Other(service, clock))
}

async fn slow() -> (Alipay, Other) {
    let both = both().await;
    both.1.0.refund_slowly(true, false);
    both
}

contract!(both);

#[tokio::test]
async fn refunds_that_take_their_time_are_asked_about() {
    let (provider, other) = slow().await;
    contract::refunds_are_carried_out_once(&provider, &other).await;
    let (provider, other) = slow().await;
    let payment = paid(&provider, &other, 1, 100).await;
    let wanted = refund(&other, &payment, 1, 40);
    assert!(is_pending(&provider.refund(&wanted).await.unwrap()));
    // Too early, the answer says nothing; the call may be repeated.
    assert_eq!(provider.query_refund(&wanted).await.unwrap(), RefundState::NotFound);
    assert!(is_pending(&provider.refund(&wanted).await.unwrap()));
    other.forward(TimeDelta::seconds(10));
    assert_eq!(provider.query_refund(&wanted).await.unwrap(), RefundState::Done);
}

#[tokio::test]
async fn a_page_that_was_not_opened_is_unknown_and_can_be_paid_all_the_same() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 100);
    let started = provider.start(&request).await.unwrap();
    assert_eq!(other.0.faults().requests(), 0);
    let attempt = attempt(&request, &started);
    assert_eq!(provider.query(&attempt).await.unwrap(), ProviderState::NotFound);
    let error = provider.close(&attempt).await.unwrap_err();
    assert!(matches!(&error, PaymentError::Refused(code) if code == "ACQ.TRADE_NOT_EXIST"), "{error:?}");
    other.open(&started).await;
    assert!(other.pay(&attempt.number).await);
}

#[tokio::test]
async fn refunds_are_refused_for_now_or_for_good() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    let refunded = async |digit, fen| provider.refund(&refund(&other, &payment, digit, fen)).await;
    assert_eq!(refunded(1, 10).await.unwrap(), RefundState::Done);
    let later = |error: PaymentError| matches!(error, PaymentError::Later(_));
    assert!(later(refunded(2, 10).await.unwrap_err()), "two within three seconds");
    other.forward(TimeDelta::seconds(3));
    other.0.refund_slowly(false, true);
    assert!(later(refunded(2, 10).await.unwrap_err()), "no balance");
    other.0.refund_slowly(false, false);
    assert_eq!(refunded(2, 10).await.unwrap(), RefundState::Done);
    other.0.finish(number(1).as_str());
    assert_eq!(refunded(3, 10).await.unwrap(), RefundState::Failed("ACQ.TRADE_HAS_FINISHED".to_owned()));
    let other_trade = RefundRequest { attempt: attempt_of(9, 100), ..refund(&other, &payment, 4, 10) };
    assert!(matches!(provider.refund(&other_trade).await, Err(PaymentError::Refused(_))));
}

fn attempt_of(digit: u8, fen: i64) -> minsu_ports::PaymentAttempt {
    minsu_ports::PaymentAttempt { number: number(digit), reference: None, amount: money(fen) }
}

#[tokio::test]
async fn a_partial_and_a_whole_refund_are_told_as_a_payment() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    other.notices().await;
    for (digit, fen, sum) in [(1, 40, 40), (2, 60, 100)] {
        provider.refund(&refund(&other, &payment, digit, fen)).await.unwrap();
        other.forward(TimeDelta::seconds(3));
        let notice = provider.read_notice(&other.notices().await[0]).unwrap().unwrap();
        let NoticeState::Payment(ProviderState::Paid(receipt)) = notice.state else { panic!("{notice:?}") };
        assert_eq!((receipt.amount, receipt.refunded), (money(100), money(sum)));
    }
    // A trade that is closed because all of it was paid back is no unpaid one.
    let state = provider.query(&payment.0).await.unwrap();
    assert!(matches!(state, ProviderState::Paid(receipt) if receipt.refunded == money(100)));
}

#[tokio::test]
async fn answers_in_gbk_are_read_and_others_than_alipays_are_not() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 19_999).await;
    other.0.answer(Answers::Gbk);
    assert_eq!(provider.query(&payment.0).await.unwrap(), ProviderState::Paid(payment.1.clone()));
    for answers in [Answers::WrongSignature, Answers::Unsigned] {
        other.0.answer(answers);
        let error = provider.query(&payment.0).await.unwrap_err();
        assert!(matches!(error, PaymentError::Unknown(_)), "{answers:?}");
        assert!(told(&error).contains("not signed"), "{}", told(&error));
        assert!(matches!(provider.close(&payment.0).await, Err(PaymentError::Unknown(_))), "{answers:?}");
    }
}

#[tokio::test]
async fn both_keys_are_taken_during_a_change() {
    let (provider, other) = both().await;
    let two = AlipayOptions { public_keys: Service::public_keys().into(), ..options(other.0.url()) };
    let changing = Alipay::new(two, &http(), Arc::new(other.1.clone())).unwrap();
    let payment = paid(&changing, &other, 1, 100).await;
    let before = other.notices().await.remove(0);
    other.0.change_key();
    other.0.tell(number(1).as_str(), &[]);
    let after = other.notices().await.remove(0);
    for notice in [&before, &after] {
        assert!(changing.read_notice(notice).unwrap().is_some());
    }
    assert_eq!(changing.query(&payment.0).await.unwrap(), ProviderState::Paid(payment.1.clone()));
    assert_eq!(provider.read_notice(&after), Err(NoticeRefused::Signature));
    assert!(provider.query(&payment.0).await.is_err());
}

#[tokio::test]
async fn notices_for_others_are_told_apart() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    for (change, expected) in [
        (("app_id", "2021000000000002"), NoticeRefused::Foreign),
        (("seller_id", "2088000000000002"), NoticeRefused::Foreign),
        (("out_trade_no", "1001"), NoticeRefused::Foreign),
        (("total_amount", "1e2"), NoticeRefused::Malformed),
        (("trade_status", "PAID"), NoticeRefused::Malformed),
    ] {
        other.0.tell(number(1).as_str(), &[change]);
        let notice = other.notices().await.pop().unwrap();
        assert_eq!(provider.read_notice(&notice), Err(expected), "{change:?}");
    }
    // Another amount is for the application to compare.
    other.0.tell(number(1).as_str(), &[("total_amount", "0.99")]);
    let notice = provider.read_notice(&other.notices().await.pop().unwrap()).unwrap().unwrap();
    assert!(matches!(notice.state, NoticeState::Payment(ProviderState::Paid(receipt)) if receipt.amount == money(99)));
}

#[tokio::test]
async fn a_probe_tells_the_other_clock_and_wrong_keys() {
    let (_, other) = both().await;
    let late = SetClock::default();
    late.forward(TimeDelta::minutes(-6));
    let provider = Alipay::new(options(other.0.url()), &http(), Arc::new(late.clone())).unwrap();
    assert_eq!(provider.probe(late.now()).await.unwrap(), TimeDelta::minutes(6));
    let wrong = AlipayOptions { public_keys: vec![Service::public_keys()[1].clone()], ..options(other.0.url()) };
    let provider = Alipay::new(wrong, &http(), Arc::new(late.clone())).unwrap();
    assert!(told(&provider.probe(late.now()).await.unwrap_err()).contains("not signed"));
    let wrong = AlipayOptions { app_id: "2021000000000002".to_owned(), ..options(other.0.url()) };
    let provider = Alipay::new(wrong, &http(), Arc::new(late.clone())).unwrap();
    assert!(told(&provider.probe(late.now()).await.unwrap_err()).contains("isv.invalid-app-id"));
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        AlipayOptions { endpoint: "openapi.alipay.com".to_owned(), ..right.clone() },
        AlipayOptions { app_id: String::new(), ..right.clone() },
        AlipayOptions { seller_id: "a b".to_owned(), ..right.clone() },
        AlipayOptions { private_key: "MIIE".into(), ..right.clone() },
        AlipayOptions { public_keys: Vec::new(), ..right.clone() },
        AlipayOptions { public_keys: vec!["MIIB".to_owned()], ..right.clone() },
        AlipayOptions { notify_url: "/notices".to_owned(), ..right.clone() },
    ] {
        assert!(Alipay::new(wrong, &http(), Arc::new(SetClock::default())).is_err());
    }
}
