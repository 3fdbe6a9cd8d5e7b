//! Payments for orders that wait for none: everything goes back by itself, once.

use chrono::TimeDelta;
use minsu_ports::Job;
use serde_json::json;

use super::{
    service::Service,
    site::{Paying, with_every_provider},
};
use crate::{deadlines::on_every_engine, support::world::day};

impl Paying<Service> {
    /// The one refund of an order, which gives all back.
    async fn demand_paid_back(&self, order: i64, reason: &str) {
        self.come_to_rest().await;
        let payments = self.order(order).await["payments"].clone();
        let refunds: Vec<_> =
            payments.as_array().unwrap().iter().flat_map(|payment| payment["refunds"].as_array().unwrap()).collect();
        assert_eq!(refunds.len(), 1, "{payments}");
        let refund = refunds[0];
        let told = (&refund["state"], &refund["amount"], &refund["reason"]);
        assert_eq!(told, (&json!("done"), &json!(1999), &json!(reason)));
        self.demand_agreement().await;
    }
}

/// A payment of the last moment pays the order, however late it is learnt. The order expires when the provider says that
/// nothing was paid, and what it takes after that goes back.
async fn paid_after_the_expiry(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (in_time, late) = (site.accepted().await, site.accepted().await);
    let (paying, waiting) = (site.start(in_time).await, site.start(late).await);
    site.clock.forward(TimeDelta::minutes(29));
    site.pay(&paying);
    site.clock.forward(TimeDelta::minutes(2));
    // The deadline is past, and the provider was not asked yet: the days are kept.
    assert_eq!(site.work(Job::ExpireUnpaid).await, 0, "{kind}");
    assert_eq!(site.work(Job::SettlePayments).await, 2, "{kind}");
    assert_eq!(site.work(Job::ExpireUnpaid).await, 1, "{kind}");
    let states = (site.order(in_time).await["state"].clone(), site.order(late).await["state"].clone());
    assert_eq!(states, (json!("paid"), json!("canceled")), "{kind}");
    assert_eq!(site.order(late).await["history"].as_array().unwrap().last().unwrap()["by"], "clock");
    // It was closed before the days were freed.
    assert!(!site.side.pay(&waiting.number), "{kind}");
    site.try_start(late, site.side.method()).await.problem(409, "wrong_state");
    site.demand_agreement().await;
}

/// A page that was not opened can still be paid until the provider's own time for it is over: so long the days are kept.
async fn a_link_that_was_not_opened_keeps_the_days(url: &str) {
    let site = Paying::with(url, "alipay").await;
    let order = site.accepted().await;
    let payment = site.try_start(order, "alipay_page").await.done(201);
    site.clock.forward(TimeDelta::minutes(31));
    // Five minutes for clocks that differ.
    assert_eq!((site.work(Job::SettlePayments).await, site.work(Job::ExpireUnpaid).await), (0, 0));
    assert_eq!(site.order(order).await["state"], "wait_payment");
    assert!(site.side.open(&payment["action"]).is_err(), "the provider's time is over");
    site.clock.forward(TimeDelta::minutes(5));
    assert_eq!((site.work(Job::SettlePayments).await, site.work(Job::ExpireUnpaid).await), (1, 1));
    assert_eq!(site.order(order).await["state"], "canceled");
    site.demand_agreement().await;
}

/// The order is cancelled, by the guest or by the landlord, then paid.
async fn paid_after_the_cancellation(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    let path = format!("/api/v2/orders/{order}/cancel");
    let person = if kind != "wechatpay" { &site.world.guest } else { &site.world.landlord };
    let key = uuid::Uuid::new_v4().to_string();
    let request = person.request(reqwest::Method::POST, &path).header("idempotency-key", key).json(&json!({}));
    person.send(request).await.done(200);
    for notice in site.pay(&started) {
        assert!(site.deliver(&notice).await, "{kind}");
        assert!(site.deliver(&notice).await, "{kind}");
    }
    assert_eq!(site.order(order).await["state"], "canceled", "{kind}");
    assert_eq!(site.committed("order.paid"), 0, "{kind}");
    site.demand_paid_back(order, "late").await;
}

/// What waits for an answer or was rejected is not paid: no attempt comes to be.
async fn paid_before_an_answer_and_after_the_rejection(url: &str) {
    let site = Paying::with(url, "stripe").await;
    let order = site.world.order().await;
    for state in ["wait_accept", "rejected"] {
        assert_eq!(site.order(order).await["state"], state);
        site.try_start(order, "stripe_checkout").await.problem(409, "wrong_state");
        if state == "wait_accept" {
            let reject = json!({"action": "reject", "reason": "装修"});
            site.world.landlord.put(&format!("/api/v1.0/orders/{order}/status"), &reject).await.ok();
        }
    }
    assert_eq!((site.side.faults().requests(), &site.order(order).await["payments"]), (0, &json!([])));
    site.demand_agreement().await;
}

/// The days of a cancelled order are another guest's: its late payment does not take them back.
async fn a_late_payment_takes_no_days(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let offset = site.world.next_day();
    let order = site.accepted().await;
    let started = site.start(order).await;
    site.cancel(order).await;
    let (house, day) = (site.world.house, day(offset));
    let other = crate::support::world::order(&site.world.stranger, house, &day, &day).await.ok();
    for notice in site.pay(&started) {
        assert!(site.deliver(&notice).await);
    }
    site.demand_paid_back(order, "late").await;
    let id = &other["data"]["order_id"];
    let seen = site.world.stranger.get(&format!("/api/v2/orders/{id}")).await.done(200);
    assert_ne!(seen["state"], "rejected");
}

/// Another amount than was asked for came in, which the provider's message and its answer tell: all of it goes back, as
/// the provider has it.
async fn another_amount_goes_back(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let Service::Wechat(service) = &site.side else { panic!("{:?}", site.side.method()) };
    for (fen, is_told) in [(1998, true), (2500, false)] {
        let order = site.accepted().await;
        let started = site.start(order).await;
        assert!(service.pay_other_amount(&started.number, fen));
        for notice in site.side.notices().iter().filter(|_| is_told) {
            assert!(site.deliver(notice).await);
        }
        site.come_to_rest().await;
        let seen = site.order(order).await;
        let refund = seen["payments"][0]["refunds"][0].clone();
        let told = (&refund["state"], &refund["amount"], &refund["reason"]);
        assert_eq!(told, (&json!("done"), &json!(fen), &json!("wrong_amount")), "{seen}");
        // It waits for its payment as before, until the deadline.
        assert_ne!(seen["state"], "paid");
    }
    site.demand_agreement().await;
}

/// A slow method of Stripe: the page is done with, and the money comes later or never. Until then the days are kept, and
/// then the order is paid, or its attempt is over, told by a message or on being asked.
async fn a_slow_method_ends(url: &str) {
    let site = Paying::with(url, "stripe").await;
    let Service::Stripe(service) = &site.side else { panic!("{:?}", site.side.method()) };
    for (comes, is_told) in [(true, true), (true, false), (false, true), (false, false)] {
        let order = site.accepted().await;
        let started = site.start(order).await;
        assert!(service.pay_slowly(&started.number));
        for notice in site.side.notices() {
            assert!(site.deliver(&notice).await);
        }
        site.clock.forward(TimeDelta::hours(2));
        assert_eq!((site.work(Job::SettlePayments).await, site.work(Job::ExpireUnpaid).await), (0, 0));
        let seen = site.order(order).await;
        assert_eq!((&seen["state"], &seen["payments"][0]["state"]), (&json!("wait_payment"), &json!("open")));
        service.end_slow(&started.number, comes);
        let notices = site.side.notices();
        if is_told {
            assert!(site.deliver(&notices[0]).await);
        } else {
            assert_eq!(site.work(Job::SettlePayments).await, 1);
        }
        let seen = site.order(order).await;
        let state = &seen["payments"][0]["state"];
        assert_eq!(state, if comes { "paid" } else { "closed" }, "{comes}, {is_told}");
        site.work(Job::ExpireUnpaid).await;
        assert_eq!(site.order(order).await["state"], if comes { "paid" } else { "canceled" });
    }
    site.demand_agreement().await;
}

on_every_engine! {
    a_slow_method_ends,
    another_amount_goes_back,
    a_link_that_was_not_opened_keeps_the_days,
    paid_before_an_answer_and_after_the_rejection,
    a_late_payment_takes_no_days,
}

with_every_provider! {
    paid_after_the_expiry,
    paid_after_the_cancellation,
}
