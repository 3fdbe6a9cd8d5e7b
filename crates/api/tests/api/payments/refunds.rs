//! Paying back: once, never more than came in, and until the provider has confirmed it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use minsu_application::{AppError, PaymentFailed, jobs, payments};
use minsu_domain::{Money, PaymentId, RefundId};
use minsu_fakes::Fault;
use minsu_ports::{Clock as _, Job};
use serde_json::json;

use super::site::{Paying, with_every_provider};

/// A paid order is cancelled many times at once, and two processes send the refund: the guest gets it once.
async fn refunded_twice_at_once(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (order, _) = site.paid().await;
    let preview = site.world.guest.get(&format!("/api/v2/orders/{order}/cancellation")).await.done(200);
    assert_eq!((&preview["paid"], &preview["refund"]), (&json!(1999), &json!(1999)), "{kind}");
    let (path, body) = (format!("/api/v2/orders/{order}/cancel"), json!({}));
    let answers = join_all((0..6).map(|_| site.post(&path, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{kind}");
    site.clock.forward(TimeDelta::seconds(20));
    let apps = [&site.app, &site.other_app, &site.app, &site.other_app];
    for run in join_all(apps.map(|app| jobs::run_job(app, Job::SendRefunds))).await {
        run.unwrap();
    }
    site.come_to_rest().await;
    let refunds = site.order(order).await["payments"][0]["refunds"].clone();
    assert_eq!(refunds.as_array().unwrap().len(), 1, "{kind}");
    assert_eq!((&refunds[0]["state"], &refunds[0]["reason"]), (&json!("done"), &json!("canceled")), "{kind}");
    assert_eq!(site.committed("order.refunded"), 1, "{kind}");
    site.demand_agreement().await;
}

/// Two refunds of more than a half race: one is written, the other is too much.
async fn two_partial_refunds_race(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (order, started) = site.paid().await;
    let guest = &site.world.guest;
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
    let (id, fen) = (PaymentId::new(started.id).unwrap(), |fen| Money::from_fen(fen).unwrap());
    let results = join_all((0..6).map(|_| payments::pay_back(&site.app, id, fen(1200)))).await;
    let too_much = |result: &&Result<(), AppError>| matches!(result, Err(AppError::Payment(PaymentFailed::TooMuch)));
    let done = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!((done, results.iter().filter(too_much).count()), (1, 5), "{kind}: {results:?}");
    payments::pay_back(&site.app, id, fen(799)).await.unwrap();
    assert!(payments::pay_back(&site.app, id, fen(1)).await.is_err(), "{kind}");
    site.come_to_rest().await;
    let refunds = site.order(order).await["payments"][0]["refunds"].clone();
    let amounts: Vec<_> =
        refunds.as_array().unwrap().iter().map(|one| (one["amount"].as_i64(), &one["state"])).collect();
    assert_eq!(amounts, [(Some(1200), &json!("done")), (Some(799), &json!("done"))], "{kind}");
    site.demand_agreement().await;
}

/// The answer to a refund is lost, late, cut or an error of the server: it is sent again under its number, and the
/// provider carries it out once.
async fn a_refund_whose_answer_is_lost(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    for fault in [Fault::LostAnswer, Fault::CutAnswer, Fault::Refusal("500".to_owned()), Fault::Portal] {
        let (order, _) = site.paid().await;
        site.cancel(order).await;
        // The one that repeats a call of its own fails, too.
        site.side.faults().fail(fault.clone());
        assert_eq!(site.work(Job::SendRefunds).await, 0, "{kind}: {fault:?}");
        let refund = site.order(order).await["payments"][0]["refunds"][0].clone();
        assert!(["asked", "pending"].contains(&refund["state"].as_str().unwrap()), "{kind}: {fault:?}: {refund}");
        site.side.faults().recover();
        site.come_to_rest().await;
        let refund = site.order(order).await["payments"][0]["refunds"][0].clone();
        assert_eq!(refund["state"], "done", "{kind}: {fault:?}");
    }
    assert_eq!(site.committed("order.refunded"), 4, "{kind}");
    site.demand_agreement().await;
}

/// The answer to a refund of a part is lost, and the site is down for more than a day: afterwards it is sent again, and
/// the provider has carried it out once.
async fn a_refund_whose_answer_is_lost_for_a_day(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    // In the morning of both calendars: the day after is not the day after the next.
    let hour = site.clock.now().timestamp().rem_euclid(86_400) / 3600;
    site.clock.forward(TimeDelta::hours(26 - hour));
    let begun = site.clock.now().date_naive();
    let (order, started) = site.paid().await;
    let guest = &site.world.guest;
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
    payments::pay_back(&site.app, PaymentId::new(started.id).unwrap(), Money::from_fen(800).unwrap()).await.unwrap();
    site.side.faults().fail(Fault::LostAnswer);
    assert_eq!(site.work(Job::SendRefunds).await, 0, "{kind}");
    site.side.faults().recover();
    assert_eq!(site.order(order).await["payments"][0]["refunds"][0]["state"], "asked", "{kind}");
    // The older a refund is, the longer it is until it is asked about again.
    for hours in [25, 2] {
        site.clock.forward(TimeDelta::hours(hours));
        site.come_to_rest().await;
    }
    assert_eq!(site.order(order).await["payments"][0]["refunds"][0]["state"], "done", "{kind}");
    site.demand_agreement().await;
    // Two refunds of one number on two days would agree with ours, each on its day.
    let (provider, mut times) = (site.app.payment.as_deref().unwrap(), 0);
    for day in begun.iter_days().take(3) {
        let bill = provider.bill(day).await.unwrap();
        times += bill.iter().filter(|entry| entry.refund.is_some()).count();
    }
    assert_eq!(times, 1, "{kind}");
}

/// What a provider answers to a wrong key, a wrong address or a wrong clock ends no refund; and what it answers to the
/// question about one that it accepted does not either.
async fn refusals_of_the_site_end_no_refund(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let refusals: &[&str] = match kind {
        "alipay" => &["isv.invalid-signature", "isv.invalid-app-id", "40002"],
        "wechatpay" => &["401 SIGN_ERROR", "403 NO_AUTH", "404 NOT_FOUND", "403 FORBIDDEN"],
        _ => &["401 api_key_expired", "403 more_permissions_required", "404 url_invalid", "403 FORBIDDEN"],
    };
    for refusal in refusals {
        let (order, _) = site.paid().await;
        let refund = async || site.order(order).await["payments"][0]["refunds"][0]["state"].clone();
        site.cancel(order).await;
        site.side.faults().fail(Fault::Refusal((*refusal).to_owned()));
        assert_eq!(site.work(Job::SendRefunds).await, 0, "{kind}: {refusal}");
        assert_eq!(refund().await, "asked", "{kind}: {refusal}");
        site.side.faults().recover();
        site.work(Job::SendRefunds).await;
        if refund().await == "pending" {
            site.side.faults().fail(Fault::Refusal((*refusal).to_owned()));
            assert_eq!(site.work(Job::SendRefunds).await, 0, "{kind}: {refusal}");
            assert_eq!(refund().await, "pending", "{kind}: {refusal}");
            site.side.faults().recover();
        }
        site.come_to_rest().await;
        assert_eq!(refund().await, "done", "{kind}: {refusal}");
    }
    site.demand_agreement().await;
}

/// A refund that the provider refused for good is asked for again by hand, under its number, and is carried out once.
async fn a_failed_refund_is_asked_for_again(url: &str, kind: &str) {
    let refusal = match kind {
        "alipay" => "ACQ.TRADE_NOT_ALLOW_REFUND",
        "wechatpay" => "403 USER_ACCOUNT_ABNORMAL",
        _ => "400 charge_disputed",
    };
    let site = Paying::with(url, kind).await;
    let (order, _) = site.paid().await;
    site.cancel(order).await;
    let refund = async || site.order(order).await["payments"][0]["refunds"][0].clone();
    let id = RefundId::new(refund().await["id"].as_i64().unwrap()).unwrap();
    assert!(!payments::retry_refund(&site.app, id).await.unwrap(), "{kind}: it has not failed");
    site.side.faults().fail_once(Fault::Refusal(refusal.to_owned()));
    assert_eq!(site.work(Job::SendRefunds).await, 1, "{kind}");
    assert_eq!(refund().await["state"], "failed", "{kind}");
    let failed = payments::failed_refunds(&site.app).await.unwrap();
    let told = refusal.rsplit(' ').next().unwrap();
    assert_eq!(failed.iter().map(|one| (one.refund.id, one.code.as_str())).collect::<Vec<_>>(), [(id, told)], "{kind}");
    site.come_to_rest().await;
    assert_eq!(refund().await["state"], "failed", "{kind}");
    let retried = join_all((0..4).map(|_| payments::retry_refund(&site.app, id))).await;
    assert_eq!(retried.into_iter().filter(|retried| *retried.as_ref().unwrap()).count(), 1, "{kind}");
    assert_eq!(payments::failed_refunds(&site.app).await.unwrap(), [], "{kind}");
    site.come_to_rest().await;
    assert_eq!((&refund().await["state"], site.committed("order.refunded")), (&json!("done"), 1), "{kind}");
    assert!(!payments::retry_refund(&site.app, id).await.unwrap(), "{kind}: it is done");
    site.demand_agreement().await;
}

with_every_provider! {
    a_refund_whose_answer_is_lost_for_a_day,
    refusals_of_the_site_end_no_refund,
    a_failed_refund_is_asked_for_again,
    refunded_twice_at_once,
    two_partial_refunds_race,
    a_refund_whose_answer_is_lost,
}
