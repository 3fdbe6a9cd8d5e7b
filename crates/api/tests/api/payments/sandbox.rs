//! The sandbox as the provider, on every engine, and what the pages of before call.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use minsu_application::payments;
use minsu_payments::{Sandbox, SandboxOptions};
use minsu_ports::{Job, PaymentSandbox as _, RawNotice, SandboxButton};
use minsu_store::StoreOptions;
use reqwest::Method;
use serde_json::json;

use super::site::{Paying, stopped_clock};
use crate::deadlines::on_every_engine;

impl Paying<Arc<Sandbox>> {
    async fn on(url: &str) -> Self {
        let clock = stopped_clock();
        let of_sandbox = Arc::new(clock.clone());
        Self::on_store(&StoreOptions::new(url), clock, |folder| {
            let options = SandboxOptions {
                folder: folder.join("payments"),
                secret: None,
                site_url: "http://127.0.0.1:8080".to_owned(),
            };
            let sandbox = Arc::new(Sandbox::new(options, of_sandbox).unwrap());
            (sandbox.clone(), sandbox)
        })
        .await
    }

    /// Starts to pay; the payment and the token of its page.
    async fn start(&self, order: i64) -> (i64, String) {
        let path = format!("/api/v2/orders/{order}/payments");
        let payment = self.post(&path, &json!({"method": "sandbox"})).await.done(201);
        assert_eq!((&payment["state"], &payment["amount"]), (&json!("open"), &json!(1999)));
        let page = payment["action"]["redirect"].as_str().unwrap();
        (payment["id"].as_i64().unwrap(), page.rsplit('/').next().unwrap().to_owned())
    }

    /// What the payer does on the provider's page; the message that follows is not delivered.
    async fn press(&self, token: &str, button: SandboxButton) -> RawNotice {
        self.side.press(token, button).await.unwrap().unwrap().notice
    }
}

/// The same message twenty times at once, to both processes, has one effect; a forged one has none.
async fn the_same_notice_twenty_times_at_once(url: &str) {
    let site = Paying::on(url).await;
    let order = site.accepted().await;
    let (payment, token) = site.start(order).await;
    // The same way again is the same attempt.
    assert_eq!(site.start(order).await.0, payment);
    let notice = site.press(&token, SandboxButton::Pay).await;
    let forged = RawNotice { body: [notice.body.as_slice(), b" "].concat(), ..notice.clone() };
    assert_eq!(site.deliver_to(&forged, false).await, 400);
    assert_eq!(site.order(order).await["state"], "wait_payment");
    let answers = join_all((0..20).map(|turn| site.deliver_to(&notice, turn % 2 == 0))).await;
    // One that met the database at its busiest is sent again by the provider.
    assert!(answers.iter().all(|status| [204, 400].contains(status)) && answers.contains(&204), "{answers:?}");
    assert_eq!(site.deliver_to(&notice, true).await, 204);
    let paid = site.order(order).await;
    assert_eq!((&paid["state"], &paid["payments"][0]["state"]), (&json!("paid"), &json!("paid")));
    assert_eq!(paid["history"].as_array().unwrap().last().unwrap()["by"], "payment");
    assert_eq!(site.committed("order.paid"), 1);
    site.demand_sound_books().await;
    // Old pages know no paid order that is not to be commented.
    let list = site.world.guest.get("/api/v1.0/user/orders?role=custom").await.ok();
    assert_eq!(list["data"]["orders"][0]["status"], "WAIT_COMMENT");
    let again = format!("/api/v2/orders/{order}/payments");
    site.post(&again, &json!({"method": "sandbox"})).await.problem(409, "wrong_state");
}

/// A message that never comes is made up for by asking, from the page or by the clock.
async fn a_lost_notice(url: &str) {
    let site = Paying::on(url).await;
    let orders = [site.accepted().await, site.accepted().await];
    for (order, by_page) in orders.into_iter().zip([true, false]) {
        let (payment, token) = site.start(order).await;
        site.press(&token, SandboxButton::Pay).await;
        if by_page {
            let path = format!("/api/v2/payments/{payment}");
            assert_eq!(site.world.guest.get(&path).await.done(200)["state"], "paid");
            site.world.landlord.get(&path).await.problem(404, "not_found");
        } else {
            assert_eq!(site.work(Job::SettlePayments).await, 1);
        }
        assert_eq!(site.order(order).await["state"], "paid");
    }
    site.demand_sound_books().await;
}

/// The order is not paid: the attempt is closed first, then the order is cancelled and its days are free.
async fn an_unpaid_order_expires(url: &str) {
    let site = Paying::on(url).await;
    let order = site.accepted().await;
    let (payment, token) = site.start(order).await;
    assert_eq!(site.work(Job::ExpireUnpaid).await, 0);
    site.clock.forward(TimeDelta::minutes(31));
    assert_eq!(site.work(Job::ExpireUnpaid).await, 0, "its attempt can still be paid");
    assert_eq!(site.work(Job::SettlePayments).await, 1);
    assert!(site.side.press(&token, SandboxButton::Pay).await.is_err());
    assert_eq!(site.work(Job::ExpireUnpaid).await, 1);
    let expired = site.order(order).await;
    assert_eq!((&expired["state"], &expired["payments"][0]["id"]), (&json!("canceled"), &json!(payment)));
    assert_eq!(expired["history"].as_array().unwrap().last().unwrap()["by"], "clock");
    site.demand_sound_books().await;
}

/// The order is cancelled, then paid: everything goes back by itself, once.
async fn a_payment_after_the_cancellation_goes_back(url: &str) {
    let site = Paying::on(url).await;
    let order = site.accepted().await;
    let (_, token) = site.start(order).await;
    site.post(&format!("/api/v2/orders/{order}/cancel"), &json!({})).await.done(200);
    let notice = site.press(&token, SandboxButton::Pay).await;
    assert_eq!(site.deliver_to(&notice, false).await, 204);
    assert_eq!(site.order(order).await["state"], "canceled");
    assert_eq!((site.work(Job::SendRefunds).await, site.work(Job::SendRefunds).await), (1, 0));
    let refund = site.order(order).await["payments"][0]["refunds"][0].clone();
    assert_eq!(
        (&refund["state"], &refund["amount"], &refund["reason"]),
        (&json!("done"), &json!(1999), &json!("late"))
    );
    site.demand_sound_books().await;
    let today = minsu_ports::Clock::now(&site.clock) + TimeDelta::hours(8);
    let reconciled = payments::reconcile(&site.app, today.date_naive()).await.unwrap();
    assert_eq!((reconciled.entries, reconciled.differences), (2, vec![]));
}

/// A paid order is cancelled twenty times at once: one refund of what the policy gives back.
async fn a_paid_order_is_refunded_once(url: &str) {
    let site = Paying::on(url).await;
    let order = site.accepted().await;
    let (_, token) = site.start(order).await;
    let notice = site.press(&token, SandboxButton::Pay).await;
    assert_eq!(site.deliver_to(&notice, true).await, 204);
    let preview = site.world.guest.get(&format!("/api/v2/orders/{order}/cancellation")).await.done(200);
    assert_eq!((&preview["paid"], &preview["refund"]), (&json!(1999), &json!(1999)));
    let path = format!("/api/v2/orders/{order}/cancel");
    let body = json!({});
    let answers = join_all((0..8).map(|_| site.post(&path, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    site.work(Job::SendRefunds).await;
    let canceled = site.order(order).await;
    let refunds = canceled["payments"][0]["refunds"].as_array().unwrap();
    assert_eq!(refunds.len(), 1);
    assert_eq!((&refunds[0]["state"], &refunds[0]["reason"]), (&json!("done"), &json!("canceled")));
    assert_eq!(site.committed("order.refunded"), 1);
    site.demand_sound_books().await;
}

/// The pages of before: they get an address, send the query string of the return page, and comment; the string sent
/// again changes nothing.
async fn old_pages_pay(url: &str) {
    let site = Paying::on(url).await;
    let order = site.accepted().await;
    let call = async |client: &crate::support::Client, method: Method, path: &str, body: String| {
        client.send_oddly(client.request(method, path).body(body).build().unwrap()).await
    };
    let (guest, path) = (&site.world.guest, format!("/api/v1.0/orders/{order}/payment"));
    assert_eq!(call(&site.world.anonymous, Method::POST, &path, String::new()).await.code(), "4101");
    assert_eq!(call(&site.world.stranger, Method::POST, &path, String::new()).await.code(), "4004");
    let started = call(guest, Method::POST, &path, String::new()).await.ok();
    let token = started["data"]["pay_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let reply = site.side.press(&token, SandboxButton::Pay).await.unwrap().unwrap();
    let query = reply.return_url.split_once('?').unwrap().1.to_owned();
    assert!(reply.return_url.contains("/payComplete.html?"), "{}", reply.return_url);
    assert_eq!(call(guest, Method::POST, "/api/v1.0/payment", "out_trade_no=MP1".to_owned()).await.code(), "4004");
    call(guest, Method::PUT, "/api/v1.0/order/payment", query.clone()).await.ok();
    assert_eq!(site.order(order).await["state"], "paid");
    assert_eq!(call(guest, Method::POST, &path, String::new()).await.code(), "4004");
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
    call(guest, Method::POST, "/api/v1.0/payment", query).await.ok();
    assert_eq!(site.order(order).await["state"], "complete");
    assert_eq!(site.committed("order.paid"), 1);
    site.demand_sound_books().await;
}

on_every_engine! {
    the_same_notice_twenty_times_at_once,
    a_lost_notice,
    an_unpaid_order_expires,
    a_payment_after_the_cancellation_goes_back,
    a_paid_order_is_refunded_once,
    old_pages_pay,
}
