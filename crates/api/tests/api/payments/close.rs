//! Closing an attempt against paying it.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::future::join;
use minsu_application::{
    jobs,
    payments::{self, ReturnPage, StartPayment},
};
use minsu_domain::{Means, OrderId, PaymentMethod, Principal, Role};
use minsu_fakes::SetClock;
use minsu_ports::{Clock as _, Job};
use serde_json::json;

use super::site::{Paying, with_every_provider};
use crate::deadlines::on_every_engine;

/// A cancelled order's attempt is closed before the payer pays, or after: no money is taken, or all of it goes back.
async fn close_against_pay_in_both_orders(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    for pays_first in [true, false] {
        let order = site.accepted().await;
        let started = site.start(order).await;
        site.cancel(order).await;
        if pays_first {
            // The message is lost: closing finds that it is paid.
            assert!(site.side.pay(&started.number), "{kind}");
            assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
        } else {
            assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
            assert!(!site.side.pay(&started.number), "{kind}");
        }
        site.come_to_rest().await;
        let payment = site.order(order).await["payments"][0].clone();
        let state = if pays_first { "paid" } else { "closed" };
        assert_eq!(payment["state"], state, "{kind}");
        assert_eq!(payment["refunds"].as_array().unwrap().len(), usize::from(pays_first), "{kind}");
    }
    site.demand_agreement().await;
}

/// Both at once, over and over, with the message of the payment on top.
async fn close_and_pay_at_once(url: &str) {
    let site = Paying::with(url, "alipay").await;
    for _ in 0..8 {
        let order = site.accepted().await;
        let started = site.start(order).await;
        site.cancel(order).await;
        site.clock.forward(TimeDelta::seconds(90));
        let pay = async {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(..12))).await;
            let paid = site.side.pay(&started.number);
            for notice in site.side.notices() {
                site.deliver_to(&notice, true).await;
            }
            paid
        };
        let (paid, settled) = join(pay, jobs::run_job(&site.other_app, Job::SettlePayments)).await;
        settled.unwrap();
        site.come_to_rest().await;
        let payment = site.order(order).await["payments"][0].clone();
        assert_eq!(payment["state"], if paid { "paid" } else { "closed" });
        let refunds = payment["refunds"].as_array().unwrap();
        assert_eq!(refunds.len(), usize::from(paid));
        assert!(refunds.iter().all(|refund| refund["state"] == "done"), "{payment}");
    }
    site.demand_agreement().await;
}

/// A guest changes the way to pay: the first attempt is closed, and where it is paid meanwhile it pays the order.
async fn another_method_closes_the_first_attempt(url: &str) {
    let site = Paying::with(url, "alipay").await;
    let order = site.accepted().await;
    let first = site.start(order).await;
    let second = site.try_start(order, "alipay_qr").await.done(201);
    assert_ne!(second["id"], json!(first.id));
    assert!(!site.side.pay(&first.number), "it was closed");
    site.side.open(&second["action"]).unwrap();
    let number = site.number(second["id"].as_i64().unwrap()).await;
    assert!(site.side.pay(&number));
    // The way is changed again, and the message of the payment is lost.
    site.try_start(order, "alipay_page").await.problem(409, "wrong_state");
    let seen = site.order(order).await;
    let states: Vec<_> = seen["payments"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!((&seen["state"], states), (&json!("paid"), vec![json!("closed"), json!("paid")]));
    site.demand_agreement().await;
}

/// A process whose clock is behind starts a payment while another one lets the order expire: one of the two happens.
async fn a_start_against_the_expiry(url: &str) {
    let site = Paying::with(url, "alipay").await;
    let behind = SetClock::at(site.clock.now().timestamp());
    let mut early = site.app.clone();
    early.clock = Arc::new(behind.clone());
    let mut outcomes = [0, 0];
    for _ in 0..12 {
        let order = OrderId::new(site.accepted().await).unwrap();
        let guest = site.app.store.read_own().await.unwrap().orders().find(order).await.unwrap().unwrap().guest;
        let viewer = Principal { user: guest, role: Role::User, means: Means::Session { confirmed: false } };
        let method = Some(PaymentMethod::AlipayPage);
        let command = StartPayment { order, method, return_to: ReturnPage::Site, payer_address: None };
        site.clock.forward(TimeDelta::minutes(31));
        let start = async {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(..8))).await;
            payments::start(&early, viewer, &command).await
        };
        let (started, expired) = join(start, jobs::run_job(&site.app, Job::ExpireUnpaid)).await;
        expired.unwrap();
        let seen = site.order(order.get()).await;
        let (ended, attempts) = (seen["state"] == "canceled", seen["payments"].as_array().unwrap().len());
        assert_eq!((started.is_ok(), attempts), (!ended, usize::from(!ended)), "{started:?}: {seen}");
        outcomes[usize::from(ended)] += 1;
        behind.forward(TimeDelta::minutes(31));
    }
    println!("started {}, expired {}", outcomes[0], outcomes[1]);
    site.clock.forward(TimeDelta::minutes(10));
    site.demand_agreement().await;
}

/// A page of WeChat Pay opens for five minutes: afterwards it is not shown any more, and the guest who pays again gets a
/// new one for the same attempt.
async fn a_link_that_has_ended_is_renewed(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let order = site.accepted().await;
    let first = site.try_start(order, "wechat_h5").await.done(201);
    let path = format!("/api/v2/payments/{}", first["id"]);
    site.clock.forward(TimeDelta::minutes(3));
    assert_eq!(site.try_start(order, "wechat_h5").await.done(201)["action"], first["action"]);
    assert_eq!(site.side.faults().requests(), 1, "it is good yet");
    site.clock.forward(TimeDelta::minutes(3));
    assert_eq!(site.side.open(&first["action"]), Err("LINK_EXPIRED".to_owned()));
    assert!(site.world.guest.get(&path).await.done(200).get("action").is_none());
    let again = site.try_start(order, "wechat_h5").await.done(201);
    assert_eq!(again["id"], first["id"]);
    site.side.open(&again["action"]).unwrap();
    assert!(site.side.pay(&site.number(first["id"].as_i64().unwrap()).await));
    for notice in site.side.notices() {
        assert!(site.deliver(&notice).await);
    }
    assert_eq!(site.order(order).await["state"], "paid");
    // Paid meanwhile, and the message is lost: there is nothing to renew.
    let other = site.accepted().await;
    let started = site.try_start(other, "wechat_h5").await.done(201);
    assert!(site.side.pay(&site.number(started["id"].as_i64().unwrap()).await));
    site.clock.forward(TimeDelta::minutes(6));
    site.try_start(other, "wechat_h5").await.problem(409, "wrong_state");
    assert_eq!(site.order(other).await["state"], "paid");
    site.demand_agreement().await;
}

on_every_engine! {
    a_link_that_has_ended_is_renewed,
    a_start_against_the_expiry,
    close_and_pay_at_once,
    another_method_closes_the_first_attempt,
}

with_every_provider! {
    close_against_pay_in_both_orders,
}
