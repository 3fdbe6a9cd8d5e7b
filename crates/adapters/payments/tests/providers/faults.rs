//! Whatever happens on the way, a call ends in time, and what is not known is told as that.

use std::time::{Duration, Instant};

use minsu_fakes::{Fault, Faults, unused_url};
use minsu_ports::{
    PaymentError, PaymentProvider, RefundState,
    testkit::payments::{OtherSide, paid, refund, request},
};

use crate::{DEADLINE, alipay, is_pending, stripe, told, wechat};

fn every_fault() -> Vec<Fault> {
    vec![
        Fault::Portal,
        Fault::Silence,
        Fault::ResetMidRequest,
        Fault::CutAnswer,
        Fault::LostAnswer,
        Fault::Trickle,
        Fault::Endless,
        Fault::Late(DEADLINE * 3),
        Fault::Redirect("http://127.0.0.1:1/".to_owned()),
        Fault::Refusal("500".to_owned()),
    ]
}

/// A refund under each fault is unknown, in time; the same refund afterwards is carried out, and only once.
async fn refunds_under_faults(provider: &dyn PaymentProvider, other: &dyn OtherSide, faults: &Faults) {
    let payment = paid(provider, other, 1, 19_999).await;
    for (digit, fault) in (1..).zip(every_fault()) {
        let wanted = refund(other, &payment, digit, 1);
        other.forward(chrono::TimeDelta::minutes(2));
        faults.fail(fault.clone());
        let start = Instant::now();
        let error = provider.refund(&wanted).await.unwrap_err();
        assert!(start.elapsed() < DEADLINE + Duration::from_secs(2), "{fault:?}");
        assert!(matches!(error, PaymentError::Unknown(_)), "{fault:?}: {error:?}");
        assert!(!told(&error).contains("http://"), "{}", told(&error));
        let asked = provider.query(&payment.0).await;
        assert!(matches!(asked, Err(PaymentError::Unknown(_))), "{fault:?}: {asked:?}");
        faults.recover();
        let state = provider.refund(&wanted).await.unwrap();
        other.settle_refunds().await;
        assert!(state == RefundState::Done || is_pending(&state), "{fault:?}: {state:?}");
        other.forward(chrono::TimeDelta::seconds(15));
        assert_eq!(provider.query_refund(&wanted).await.unwrap(), RefundState::Done, "{fault:?}");
    }
    // Each of them counted once.
    let day = other.now();
    other.forward(chrono::TimeDelta::days(2));
    let bill = provider.bill((day + chrono::TimeDelta::hours(8)).date_naive()).await.unwrap();
    assert_eq!(bill.iter().filter(|entry| entry.refund.is_some()).count(), every_fault().len());
}

/// A start whose answer was lost is repeated without a second attempt.
async fn a_lost_start(provider: &dyn PaymentProvider, other: &dyn OtherSide, faults: &Faults) {
    let request = request(provider, other, 7, 100);
    for fault in [Fault::LostAnswer, Fault::CutAnswer, Fault::Refusal("500".to_owned())] {
        faults.fail_once(fault);
        let lost = provider.start(&request).await;
        assert!(matches!(lost, Err(PaymentError::Unknown(_))), "{lost:?}");
    }
    let started = provider.start(&request).await.unwrap();
    other.open(&started).await;
    assert!(other.pay(&request.number).await);
}

#[tokio::test]
async fn alipay_under_faults() {
    let (provider, other) = alipay::both().await;
    refunds_under_faults(&provider, &other, other.0.faults()).await;
    for code in ["ACQ.SYSTEM_ERROR", "isp.unknow-error", "20000", "10003"] {
        other.0.faults().fail_once(Fault::Refusal(code.to_owned()));
        let payment = paid_again(&provider, &other).await;
        assert!(matches!(payment, Err(PaymentError::Unknown(_))), "{code}: {payment:?}");
    }
}

async fn paid_again(provider: &dyn PaymentProvider, other: &dyn OtherSide) -> Result<(), PaymentError> {
    let request = request(provider, other, 8, 100);
    let started = provider.start(&request).await?;
    provider.close(&minsu_ports::testkit::payments::attempt(&request, &started)).await
}

#[tokio::test]
async fn wechat_under_faults() {
    let (provider, other) = wechat::both().await;
    a_lost_start(&provider, &other, other.0.faults()).await;
    let (provider, other) = wechat::both().await;
    refunds_under_faults(&provider, &other, other.0.faults()).await;
}

#[tokio::test]
async fn stripe_under_faults() {
    let (provider, other) = stripe::both().await;
    a_lost_start(&provider, &other, other.0.faults()).await;
    let (provider, other) = stripe::both().await;
    refunds_under_faults(&provider, &other, other.0.faults()).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_twice_and_nothing_is_known() {
    let http = crate::http();
    let clock = || std::sync::Arc::new(minsu_fakes::SetClock::default());
    let gone = unused_url();
    let providers: [Box<dyn PaymentProvider>; 3] = [
        Box::new(minsu_payments::Alipay::new(alipay::options(&gone), &http, clock()).unwrap()),
        Box::new(minsu_payments::WechatPay::new(wechat::options(&gone), &http, clock()).unwrap()),
        Box::new(minsu_payments::Stripe::new(stripe::options(gone.clone()), &http, clock()).unwrap()),
    ];
    for provider in providers {
        let error = provider.probe(chrono::DateTime::default()).await.unwrap_err();
        assert!(matches!(error, PaymentError::Unknown(_)), "{:?}", provider.kind());
        assert!(!told(&error).contains(&gone), "{}", told(&error));
    }
}
