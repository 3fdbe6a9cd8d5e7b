//! Changes of keys, and clocks that differ.

use chrono::TimeDelta;
use minsu_ports::Job;
use minsu_store::StoreOptions;
use serde_json::json;

use super::{
    service::{Keys, Service},
    site::{Paying, stopped_clock, with_every_provider},
};

/// Both keys are configured during a change: messages and answers of the old one and of the new one are believed.
async fn keys_are_rotated_between_two_messages(url: &str, kind: &str) {
    let clock = stopped_clock();
    let service = Service::start(kind, clock.clone()).await;
    let site = Paying::of(&StoreOptions::new(url), clock, service, Keys::Both).await;
    let orders = [site.accepted().await, site.accepted().await, site.accepted().await];
    let mut before = Vec::new();
    for (number, order) in orders.into_iter().enumerate() {
        let started = site.start(order).await;
        let notices = site.pay(&started);
        match number {
            // Signed by the old key, delivered after the change.
            0 => before = notices,
            1 => {
                site.side.change_key();
                for notice in &before {
                    assert!(site.deliver(notice).await, "{kind}");
                }
                // It is asked about, with an answer by the new key.
                assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
            }
            _ => assert!(site.deliver(&notices[0]).await, "{kind}"),
        }
        if number > 0 {
            assert_eq!(site.order(order).await["state"], "paid", "{kind}, {number}");
        }
    }
    assert_eq!(site.order(orders[0]).await["state"], "paid", "{kind}");
    site.demand_agreement().await;
}

/// The provider's clock is six minutes ahead or behind: what depends on the time is refused on both sides and moves
/// nothing; with the clock set right the payment is found.
async fn six_minutes_off(url: &str, kind: &str, minutes: i64) {
    let (clock, theirs) = (stopped_clock(), stopped_clock());
    let service = Service::start(kind, theirs.clone()).await;
    let site = Paying::of(&StoreOptions::new(url), clock, service, Keys::One).await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    let (owed, _) = site.paid().await;
    site.cancel(owed).await;
    theirs.forward(TimeDelta::minutes(minutes));
    site.clock.forward(TimeDelta::seconds(1));
    minsu_application::jobs::run_job(&site.app, Job::SendRefunds).await.unwrap();
    let refund = site.order(owed).await["payments"][0]["refunds"][0].clone();
    assert_ne!(refund["state"], "failed", "{kind}, {minutes}: money that is owed is owed");
    let notices = site.pay(&started);
    // Alipay's messages tell no time that is to be checked.
    let believed = kind == "alipay";
    assert_eq!(site.deliver(&notices[0]).await, believed, "{kind}, {minutes}");
    let state = if believed { "paid" } else { "wait_payment" };
    assert_eq!(site.order(order).await["state"], state, "{kind}, {minutes}");
    if kind == "wechatpay" {
        let other = site.accepted().await;
        site.try_start(other, "wechat_qr").await.problem(502, "provider_failed");
        site.cancel(other).await;
    }
    theirs.forward(TimeDelta::minutes(-minutes));
    site.clock.forward(TimeDelta::seconds(90));
    theirs.forward(TimeDelta::seconds(90));
    minsu_application::jobs::run_job(&site.app, Job::SettlePayments).await.unwrap();
    let seen = site.order(order).await;
    assert_eq!((&seen["state"], seen["payments"].as_array().unwrap().len()), (&json!("paid"), 1), "{kind}");
    for _ in 0..4 {
        site.clock.forward(TimeDelta::seconds(90));
        theirs.forward(TimeDelta::seconds(90));
        minsu_application::jobs::run_job(&site.app, Job::SendRefunds).await.unwrap();
        site.side.end_refunds();
    }
    let refund = site.order(owed).await["payments"][0]["refunds"][0].clone();
    assert_eq!(refund["state"], "done", "{kind}, {minutes}");
    site.demand_sound_books().await;
}

async fn a_clock_that_is_six_minutes_ahead(url: &str, kind: &str) {
    six_minutes_off(url, kind, 6).await;
}

async fn a_clock_that_is_six_minutes_behind(url: &str, kind: &str) {
    six_minutes_off(url, kind, -6).await;
}

with_every_provider!(
    keys_are_rotated_between_two_messages,
    a_clock_that_is_six_minutes_ahead,
    a_clock_that_is_six_minutes_behind,
);
