use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::AttemptNumber;
use minsu_fakes::{SetClock, Stripe as Service};
use minsu_payments::{Stripe, StripeOptions};
use minsu_ports::{
    Clock, NoticeRefused, NoticeState, PaymentAction, PaymentAttempt, PaymentError, PaymentProvider, PaymentRequest,
    ProviderState, RawNotice, RefundState, StartedPayment,
    testkit::payments::{self as contract, OtherSide, attempt, money, number, paid, refund, refund_number, request},
};
use serde_json::json;

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
        let PaymentAction::Redirect(url) = &started.action else { panic!("{started:?}") };
        self.0.open(url).unwrap();
    }

    async fn pay(&self, number: &AttemptNumber) -> bool {
        self.0.pay(number.as_str())
    }

    async fn settle_refunds(&self) {
        self.0.end_refunds("succeeded");
    }

    async fn notices(&self) -> Vec<RawNotice> {
        self.0.take_notices().into_iter().map(|outgoing| outgoing.notice).collect()
    }
}

pub(crate) fn options(url: String) -> StripeOptions {
    StripeOptions {
        endpoint: url,
        secret_key: Service::SECRET_KEY.into(),
        webhook_secrets: vec![Service::WEBHOOK_SECRET.into()],
    }
}

pub(crate) async fn both() -> (Stripe, Other) {
    let clock = SetClock::default();
    let service = Service::start(clock.clone()).await;
    let provider = Stripe::new(options(service.url()), &http(), Arc::new(clock.clone())).unwrap();
    (provider, Other(service, clock))
}

async fn slow() -> (Stripe, Other) {
    let both = both().await;
    both.1.0.refund_slowly(true, false);
    both
}

contract!(both);

#[tokio::test]
async fn refunds_that_take_their_time_are_asked_about_and_may_fail() {
    let (provider, other) = slow().await;
    contract::refunds_are_carried_out_once(&provider, &other).await;
    let (provider, other) = slow().await;
    let payment = paid(&provider, &other, 1, 100).await;
    other.notices().await;
    let wanted = refund(&other, &payment, 1, 40);
    let RefundState::Pending(reference) = provider.refund(&wanted).await.unwrap() else { panic!("not pending") };
    let known = minsu_ports::RefundRequest { reference, ..wanted.clone() };
    assert!(is_pending(&provider.query_refund(&known).await.unwrap()));
    other.0.end_refunds("failed");
    for asked in [&known, &wanted] {
        let state = provider.query_refund(asked).await.unwrap();
        assert_eq!(state, RefundState::Failed("failed".to_owned()));
    }
    // It is not on the bill, which has the payment alone.
    let bill = provider.bill(other.now().date_naive()).await.unwrap();
    assert_eq!(bill.iter().map(|entry| entry.refund.is_some()).collect::<Vec<_>>(), [false]);
    let notice = provider.read_notice(&other.notices().await[0]).unwrap().unwrap();
    assert_eq!(notice.number, number(1));
    let expected = NoticeState::Refund(refund_number(1), RefundState::Failed("failed".to_owned()));
    assert_eq!(notice.state, expected);
}

/// Under a key that Stripe has forgotten, a repeated call would be a second refund.
#[tokio::test]
async fn a_refund_is_carried_out_once_also_after_its_key_is_forgotten() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    let (part, rest) = (refund(&other, &payment, 1, 40), refund(&other, &payment, 2, 60));
    let first = other.now();
    for hours in [0, 19, 20, 25, 60] {
        other.forward(TimeDelta::hours(hours));
        assert_eq!(provider.refund(&part).await.unwrap(), RefundState::Done, "{hours}");
    }
    assert_eq!(provider.refund(&rest).await.unwrap(), RefundState::Done);
    other.forward(TimeDelta::hours(30));
    // Nothing is left, and the call that took it was this one.
    let made_anew = minsu_ports::RefundRequest { created_at: other.now(), ..rest.clone() };
    for again in [&rest, &made_anew] {
        assert_eq!(provider.refund(again).await.unwrap(), RefundState::Done);
    }
    let error = provider.refund(&refund(&other, &payment, 3, 1)).await.unwrap_err();
    assert!(matches!(&error, PaymentError::Refused(code) if code == "charge_already_refunded"), "{error:?}");
    let mut refunds = Vec::new();
    for day in first.date_naive().iter_days().take(9) {
        refunds.extend(provider.bill(day).await.unwrap().into_iter().filter_map(|entry| entry.refund));
    }
    assert_eq!(refunds.len(), 2, "{refunds:?}");
}

#[tokio::test]
async fn a_number_with_other_fields_is_refused() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 100);
    provider.start(&request).await.unwrap();
    let error = provider.start(&PaymentRequest { amount: money(99), ..request }).await.unwrap_err();
    assert!(matches!(&error, PaymentError::Refused(code) if code == "idempotency_error"), "{error:?}");
}

#[tokio::test]
async fn without_a_session_nothing_was_handed_out() {
    let (provider, other) = both().await;
    let lost = PaymentAttempt { number: number(1), reference: None, amount: money(100) };
    assert_eq!(provider.query(&lost).await.unwrap(), ProviderState::NotFound);
    assert!(matches!(provider.close(&lost).await, Err(PaymentError::Refused(_))));
    assert_eq!(other.0.faults().requests(), 0);
    let wrong = PaymentAttempt { reference: Some("cs_test_0".to_owned()), ..lost };
    assert_eq!(provider.query(&wrong).await.unwrap(), ProviderState::NotFound);
}

#[tokio::test]
async fn a_session_of_another_attempt_is_no_answer() {
    let (provider, other) = both().await;
    let (attempt, _) = paid(&provider, &other, 1, 100).await;
    let mixed = PaymentAttempt { number: number(2), ..attempt };
    assert!(matches!(provider.query(&mixed).await, Err(PaymentError::Unknown(_))));
}

#[tokio::test]
async fn refusals_for_now_are_told_apart() {
    let (provider, other) = both().await;
    let payment = paid(&provider, &other, 1, 100).await;
    other.0.refund_slowly(false, true);
    let error = provider.refund(&refund(&other, &payment, 1, 10)).await.unwrap_err();
    assert!(matches!(error, PaymentError::Later(_)), "{error:?}");
    for (code, expected) in [
        ("409 lock_timeout", true),
        ("429 rate_limit", true),
        ("401 api_key_expired", true),
        ("403 more_permissions_required", true),
        ("404 url_invalid", true),
        ("400 odd", false),
    ] {
        other.0.faults().fail_once(minsu_fakes::Fault::Refusal(code.to_owned()));
        let error = provider.query(&payment.0).await.unwrap_err();
        assert_eq!(matches!(error, PaymentError::Later(_)), expected, "{code}");
    }
    // Money that is owed ends with a code that says so, and with no other.
    other.0.refund_slowly(false, false);
    for (code, is_final) in [
        ("400 odd", false),
        ("404 resource_missing", false),
        ("400 charge_disputed", true),
        ("400 amount_too_large", true),
    ] {
        other.0.faults().fail_once(minsu_fakes::Fault::Refusal(code.to_owned()));
        let error = provider.refund(&refund(&other, &payment, 2, 10)).await.unwrap_err();
        assert_eq!(matches!(error, PaymentError::Refused(_)), is_final, "{code}: {error:?}");
        assert_eq!(matches!(error, PaymentError::Later(_)), !is_final, "{code}: {error:?}");
    }
}

#[tokio::test]
async fn secrets_of_events_are_replaced_without_a_gap() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    other.notices().await;
    let both = vec![Service::WEBHOOK_SECRET.into(), Service::NEXT_WEBHOOK_SECRET.into()];
    let both = StripeOptions { webhook_secrets: both, ..options(other.0.url()) };
    let changing = Stripe::new(both, &http(), Arc::new(other.1.clone())).unwrap();
    let session = other.0.session(number(1).as_str());
    for (secrets, before) in [
        (&[Service::WEBHOOK_SECRET][..], true),
        (&[Service::NEXT_WEBHOOK_SECRET, Service::WEBHOOK_SECRET], true),
        (&[Service::NEXT_WEBHOOK_SECRET], false),
    ] {
        other.0.sign_with(secrets);
        other.0.tell("checkout.session.completed", &session);
        let notice = other.notices().await.pop().unwrap();
        assert!(changing.read_notice(&notice).unwrap().is_some());
        assert_eq!(provider.read_notice(&notice).is_ok(), before, "{secrets:?}");
    }
}

#[tokio::test]
async fn events_of_other_kinds_say_nothing_and_foreign_ones_are_refused() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    other.notices().await;
    let session = other.0.session(number(1).as_str());
    let with = |name: &str, value: serde_json::Value| {
        let mut changed = session.clone();
        changed[name] = value;
        changed
    };
    let complete = "checkout.session.completed";
    for (kind, object, expected) in [
        ("payout.paid", json!({}), Ok(false)),
        ("refund.created", json!({ "id": "re_1", "amount": 1, "status": "succeeded" }), Ok(false)),
        (complete, with("client_reference_id", json!("order-7")), Ok(false)),
        (complete, with("payment_status", json!("unpaid")), Ok(true)),
        (complete, with("currency", json!("usd")), Err(NoticeRefused::Foreign)),
        (complete, with("amount_total", json!(-1)), Err(NoticeRefused::Malformed)),
        (complete, json!([]), Err(NoticeRefused::Malformed)),
    ] {
        other.0.tell(kind, &object);
        let notice = other.notices().await.pop().unwrap();
        assert_eq!(provider.read_notice(&notice).map(|read| read.is_some()), expected, "{kind} {object}");
    }
    let old = other.notices().await;
    assert!(old.is_empty());
}

#[tokio::test]
async fn a_probe_tells_the_other_clock_and_wrong_keys() {
    let (_, other) = both().await;
    let late = SetClock::default();
    late.forward(TimeDelta::minutes(-6));
    let provider = Stripe::new(options(other.0.url()), &http(), Arc::new(late.clone())).unwrap();
    assert_eq!(provider.probe(late.now()).await.unwrap(), TimeDelta::minutes(6));
    let wrong = StripeOptions { secret_key: "sk_test_other".into(), ..options(other.0.url()) };
    let provider = Stripe::new(wrong, &http(), Arc::new(late.clone())).unwrap();
    let told = told(&provider.probe(late.now()).await.unwrap_err());
    assert!(told.contains("api_key_invalid") && !told.contains("sk_test_other"), "{told}");
}

#[tokio::test]
async fn an_attempt_that_ends_soon_lives_as_long_as_stripe_wants() {
    let (provider, other) = both().await;
    for (digit, minutes) in [(1, 5), (2, 24 * 60)] {
        let expires_at = other.now() + TimeDelta::minutes(minutes);
        let request = PaymentRequest { expires_at, ..request(&provider, &other, digit, 100) };
        let started = provider.start(&request).await.unwrap();
        let state = provider.query(&attempt(&request, &started)).await.unwrap();
        assert_eq!(state, ProviderState::Open, "{minutes}");
    }
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://api.stripe.com/v1".to_owned());
    for wrong in [
        StripeOptions { endpoint: "api.stripe.com".to_owned(), ..right.clone() },
        StripeOptions { secret_key: "".into(), ..right.clone() },
        StripeOptions { webhook_secrets: Vec::new(), ..right.clone() },
        StripeOptions { webhook_secrets: vec!["".into()], ..right.clone() },
    ] {
        assert!(Stripe::new(wrong, &http(), Arc::new(SetClock::default())).is_err());
    }
}
