//! Providers that refuse, fail, are silent, lose their answers or sign with another key: nothing is taken as paid or as
//! unpaid for it, and when they are well again everything goes on.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use minsu_domain::{PaymentMethod, PaymentProviderKind};
use minsu_fakes::{Answers, Fault};
use minsu_ports::{
    Clock as _, Job, PaymentAction, PaymentError, PaymentProvider, RawNotice, StartedPayment,
    testkit::MockPaymentProvider,
};
use minsu_store::StoreOptions;
use serde_json::json;

use super::site::{Paying, stopped_clock, with_every_provider};
use crate::deadlines::on_every_engine;

fn faults() -> Vec<Fault> {
    vec![
        Fault::Refusal("500".to_owned()),
        Fault::Silence,
        Fault::LostAnswer,
        Fault::CutAnswer,
        Fault::Portal,
        Fault::Redirect("http://127.0.0.1:1/".to_owned()),
        Fault::Endless,
    ]
}

/// The start of a payment under each fault is a 502; afterwards the same attempt goes on.
async fn a_start_that_fails_is_told_and_goes_on_with_the_same_attempt(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    for fault in faults() {
        let order = site.accepted().await;
        let method = site.side.called_method();
        site.side.faults().fail(fault.clone());
        site.try_start(order, method).await.problem(502, "provider_failed");
        let failed = site.order(order).await;
        assert_eq!((&failed["state"], &failed["payments"][0]["state"]), (&json!("wait_payment"), &json!("new")));
        site.side.faults().recover();
        let payment = site.try_start(order, method).await.done(201);
        assert_eq!(payment["id"], failed["payments"][0]["id"], "{kind}: {fault:?}");
        site.side.open(&payment["action"]).unwrap();
        assert!(site.side.pay(&site.number(payment["id"].as_i64().unwrap()).await));
        for notice in site.side.notices() {
            assert!(site.deliver(&notice).await, "{kind}: {fault:?}");
        }
        assert_eq!(site.order(order).await["state"], "paid", "{kind}: {fault:?}");
    }
    site.demand_agreement().await;
}

/// A provider that refuses the start for good: the attempt is over, and the next one is another.
async fn a_start_that_is_refused_ends_the_attempt(url: &str, kind: &str) {
    let refusal = match kind {
        "alipay" => "ACQ.RISK_REFUSED",
        "wechatpay" => "400 PARAM_ERROR",
        _ => "400 parameter_invalid",
    };
    let site = Paying::with(url, kind).await;
    let order = site.accepted().await;
    let method = site.side.called_method();
    site.side.faults().fail_once(Fault::Refusal(refusal.to_owned()));
    site.try_start(order, method).await.problem(502, "provider_failed");
    let payment = site.try_start(order, method).await.done(201);
    site.side.open(&payment["action"]).unwrap();
    assert!(site.side.pay(&site.number(payment["id"].as_i64().unwrap()).await));
    assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
    assert_eq!(site.order(order).await["state"], "paid", "{kind}");
    site.demand_agreement().await;
}

/// A guest asks for a new page of an open attempt, and the provider refuses: what was told before can still be paid.
async fn a_refused_repetition_leaves_the_attempt_open(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let order = site.accepted().await;
    let started = site.try_start(order, "wechat_h5").await.done(201);
    site.side.open(&started["action"]).unwrap();
    site.clock.forward(TimeDelta::minutes(6));
    site.side.faults().fail_once(Fault::Refusal("400 PARAM_ERROR".to_owned()));
    site.try_start(order, "wechat_h5").await.problem(502, "provider_failed");
    let payment = site.order(order).await["payments"][0].clone();
    assert_eq!((&payment["state"], &payment["id"]), (&json!("open"), &started["id"]));
    assert!(site.side.pay(&site.number(started["id"].as_i64().unwrap()).await));
    for notice in site.side.notices() {
        assert!(site.deliver(&notice).await);
    }
    let paid = site.order(order).await;
    assert_eq!((&paid["state"], paid["payments"].as_array().unwrap().len()), (&json!("paid"), 1));
    site.demand_agreement().await;
}

/// While the provider cannot be asked, nothing expires and nothing is paid; what it says without a right signature is
/// not believed.
async fn what_is_not_known_is_neither_paid_nor_unpaid(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    assert!(site.side.pay(&started.number));
    site.side.notices();
    site.clock.forward(TimeDelta::minutes(40));
    let signed = [Answers::WrongSignature, Answers::Unsigned].map(Err).into_iter().filter(|_| kind != "stripe");
    for way in faults().into_iter().map(Ok).chain(signed) {
        match &way {
            Ok(fault) => site.side.faults().fail(fault.clone()),
            Err(answers) => site.side.answer(*answers),
        }
        for job in [Job::SettlePayments, Job::ExpireUnpaid] {
            assert_eq!(site.work(job).await, 0, "{kind}, {way:?}");
        }
        site.side.faults().recover();
        site.side.answer(Answers::Usual);
        let seen = site.order(order).await;
        assert_eq!((&seen["state"], &seen["payments"][0]["state"]), (&json!("wait_payment"), &json!("open")));
    }
    // In the end it answers, and the guest had paid in time.
    assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
    assert_eq!(site.order(order).await["state"], "paid", "{kind}");
    site.demand_agreement().await;
}

/// A provider that does not answer holds a run up by its whole deadline for each attempt: the run ends before its lease
/// does, and the next one goes on with the others.
async fn a_silent_provider_ends_the_run_before_its_lease(url: &str) {
    const ATTEMPTS: usize = 12;
    let clock = stopped_clock();
    let (asked, of_provider) = (Arc::new(AtomicUsize::new(0)), clock.clone());
    let options = StoreOptions::new(url);
    let site = Paying::on_store(&options, clock, |_| {
        let mut provider = MockPaymentProvider::new();
        provider.expect_kind().return_const(PaymentProviderKind::WechatPay);
        provider.expect_methods().returning(|| vec![PaymentMethod::WechatQr]);
        provider.expect_start().returning(|_| {
            let action = PaymentAction::Qr("weixin://wxpay/bizpayurl?pr=1".to_owned());
            Ok(StartedPayment { action, reference: None, ends_at: None })
        });
        let asked = asked.clone();
        provider.expect_query().returning(move |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            of_provider.forward(TimeDelta::seconds(6));
            Err(PaymentError::Unknown("silent".into()))
        });
        (Arc::new(provider) as Arc<dyn PaymentProvider>, ())
    });
    let site = site.await;
    for _ in 0..ATTEMPTS {
        let order = site.accepted().await;
        let path = format!("/api/v2/orders/{order}/payments");
        site.post(&path, &json!({"method": "wechat_qr"})).await.done(201);
    }
    site.clock.forward(TimeDelta::seconds(90));
    for run in 1..=2 {
        let begun = site.clock.now();
        minsu_application::jobs::run_job(&site.app, Job::SettlePayments).await.unwrap();
        assert!(site.clock.now() - begun < TimeDelta::seconds(45), "run {run}");
        assert_eq!(asked.load(Ordering::Relaxed), run * ATTEMPTS / 2, "run {run}");
    }
}

/// Answers in GBK are read, and their signature is over the bytes as they came.
async fn answers_in_gbk(url: &str) {
    let site = Paying::with(url, "alipay").await;
    site.side.answer(Answers::Gbk);
    let order = site.accepted().await;
    let payment = site.try_start(order, "alipay_qr").await.done(201);
    site.side.open(&payment["action"]).unwrap();
    assert!(site.side.pay(&site.number(payment["id"].as_i64().unwrap()).await));
    assert_eq!(site.work(Job::SettlePayments).await, 1);
    site.cancel(order).await;
    site.come_to_rest().await;
    assert_eq!(site.order(order).await["payments"][0]["refunds"][0]["state"], "done");
    site.demand_agreement().await;
}

/// Notices in GBK are read, with a signature over their own bytes; one that names another charset is not believed.
async fn notices_in_gbk(url: &str) {
    let site = Paying::with(url, "alipay").await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    site.side.answer(Answers::Gbk);
    let notices = site.pay(&started);
    let [notice] = &notices[..] else { panic!("one notice") };
    let body = str::from_utf8(&notice.body).unwrap();
    assert!(body.contains("charset=GBK&") && !body.contains("%E6%B0%91"), "{body}");
    let renamed = RawNotice { body: body.replacen("charset=GBK", "charset=utf-8", 1).into(), ..notice.clone() };
    assert!(!site.deliver(&renamed).await);
    assert_eq!(site.order(order).await["state"], "wait_payment");
    assert!(site.deliver(notice).await);
    assert_eq!((&site.order(order).await["state"], site.committed("order.paid")), (&json!("paid"), 1));
    site.demand_agreement().await;
}

with_every_provider!(
    a_start_that_fails_is_told_and_goes_on_with_the_same_attempt,
    a_start_that_is_refused_ends_the_attempt,
    what_is_not_known_is_neither_paid_nor_unpaid,
);
on_every_engine!(
    answers_in_gbk,
    notices_in_gbk,
    a_silent_provider_ends_the_run_before_its_lease,
    a_refused_repetition_leaves_the_attempt_open
);
