//! Messages of providers: repeated, early, late, missing, and such as prove nothing.

use chrono::TimeDelta;
use futures_util::future::join_all;
use minsu_ports::{Clock as _, Job, RawNotice};
use reqwest::Method;
use serde_json::json;

use super::{
    service::Service,
    site::{Paying, with_every_provider},
};
use crate::deadlines::on_every_engine;

/// The same message twenty times at once, to both processes, has one effect.
async fn the_same_notice_twenty_times_at_once(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    // The same way again is the same attempt.
    assert_eq!(site.start(order).await.id, started.id);
    let notices = site.pay(&started);
    let [notice] = &notices[..] else { panic!("one notice") };
    let answers = join_all((0..20).map(|turn| site.deliver_to(notice, turn % 2 == 0))).await;
    // One that met the database at its busiest is sent again by the provider.
    assert!(answers.iter().all(|status| [204, 400].contains(status)) && answers.contains(&204), "{answers:?}");
    assert_eq!(site.deliver_to(notice, true).await, 204);
    let paid = site.order(order).await;
    assert_eq!((&paid["state"], &paid["payments"][0]["state"]), (&json!("paid"), &json!("paid")));
    assert_eq!(site.committed("order.paid"), 1);
    site.demand_agreement().await;
}

/// The browser's return before the message, after it, and without one. The first of them starts the one transition.
async fn a_notice_before_the_return_after_it_and_never(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let returned = async |number: &str| {
        let query = format!("out_trade_no={number}&trade_status=TRADE_SUCCESS");
        let guest = &site.world.guest;
        let request = guest.request(Method::POST, "/api/v1.0/payment").body(query);
        guest.send_oddly(request.build().unwrap()).await.ok();
    };
    let mut paid = 0;
    for way in ["notice first", "return first", "no notice", "neither"] {
        let order = site.accepted().await;
        let started = site.start(order).await;
        // A browser that comes back without having paid changes nothing.
        returned(&started.number).await;
        assert_eq!(site.order(order).await["state"], "wait_payment", "{kind}, {way}");
        site.clock.forward(TimeDelta::seconds(5));
        let notices = site.pay(&started);
        match way {
            "notice first" => {
                assert!(site.deliver(&notices[0]).await);
                returned(&started.number).await;
            }
            "neither" => assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}"),
            _ => {
                // The provider is asked at most once in some seconds.
                tokio::time::sleep(std::time::Duration::from_millis(3100)).await;
                returned(&started.number).await;
                assert_eq!(site.order(order).await["state"], "paid", "{kind}, {way}");
                if way == "return first" {
                    assert!(site.deliver(&notices[0]).await);
                }
            }
        }
        paid += 1;
        assert_eq!(site.order(order).await["state"], "paid", "{kind}, {way}");
        assert_eq!(site.committed("order.paid"), paid, "{kind}, {way}");
    }
    site.demand_agreement().await;
}

/// The string of an old return page, sent again after the guest commented, changes nothing.
async fn an_old_return_string_after_a_comment(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (order, started) = site.paid().await;
    let guest = &site.world.guest;
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
    let before = site.order(order).await;
    assert_eq!(before["state"], "complete");
    for (method, path) in [(Method::POST, "/api/v1.0/payment"), (Method::PUT, "/api/v1.0/order/payment")] {
        let query = format!("out_trade_no={}&total_amount=19.99&sign=AAAA", started.number);
        guest.send_oddly(guest.request(method, path).body(query).build().unwrap()).await.ok();
    }
    assert_eq!(site.order(order).await, before, "{kind}");
    site.demand_agreement().await;
}

/// A message with a changed body, or with the signature of another one.
fn forged(notice: &RawNotice) -> Vec<RawNotice> {
    let changed = |from: &str, to: &str| {
        let body = String::from_utf8(notice.body.clone()).unwrap().replacen(from, to, 1).into_bytes();
        RawNotice { body, ..notice.clone() }
    };
    let longer = RawNotice { body: [notice.body.as_slice(), b" "].concat(), ..notice.clone() };
    let unsigned = RawNotice {
        headers: notice.headers.iter().filter(|(name, _)| name == "content-type").cloned().collect(),
        body: changed("sign=", "signature=").body,
        ..notice.clone()
    };
    let empty = RawNotice { body: Vec::new(), ..notice.clone() };
    let of_another_number = changed("MP", "MQ");
    [longer, unsigned, empty, of_another_number].into_iter().filter(|forged| forged != notice).collect()
}

/// Forged and foreign messages, and true ones that say other than what the provider's books say, move nothing.
async fn notices_that_prove_nothing(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    let unmoved = async |what: &str| {
        let seen = site.order(order).await;
        let states = (&seen["state"], &seen["payments"][0]["state"]);
        assert_eq!(states, (&json!("wait_payment"), &json!("open")), "{kind}: {what}");
    };
    site.side.tell_foreign(&started.number);
    for notice in site.side.notices() {
        assert!(!site.deliver(&notice).await, "{kind}: foreign");
    }
    unmoved("foreign").await;
    // Its signature is right, and the provider says on being asked that nothing was paid.
    site.side.tell_other_amount(&started.number);
    for notice in site.side.notices() {
        assert!(!site.deliver(&notice).await, "{kind}: other amount");
    }
    unmoved("other amount").await;
    let notices = site.pay(&started);
    let [notice] = &notices[..] else { panic!("one notice") };
    for forged in forged(notice) {
        assert!(!site.deliver(&forged).await, "{kind}: {:?}", String::from_utf8_lossy(&forged.body));
    }
    unmoved("forged").await;
    // A provider's message that comes late by more than five minutes is not believed where it tells its time; what
    // it says is found by asking.
    site.clock.forward(TimeDelta::seconds(301));
    assert_eq!(site.deliver(notice).await, kind == "alipay", "{kind}: stale");
    if kind != "alipay" {
        unmoved("stale").await;
    }
    site.work(Job::SettlePayments).await;
    assert_eq!(site.order(order).await["state"], "paid", "{kind}");
    // Paid is paid, whatever a later message says.
    site.side.tell_other_amount(&started.number);
    site.side.tell_foreign(&started.number);
    for notice in site.side.notices() {
        site.deliver(&notice).await;
    }
    let seen = site.order(order).await;
    let payment = &seen["payments"][0];
    assert_eq!((&seen["state"], &payment["state"], &payment["amount"]), (&json!("paid"), &json!("paid"), &json!(1999)));
    assert_eq!(payment["refunds"], json!([]), "{kind}");
    // Bodies have a limit, and a provider that the site does not have is none.
    let long = RawNotice { body: vec![b'a'; 70_000], ..notice.clone() };
    assert_eq!(site.deliver_to(&long, false).await, 413, "{kind}");
    for other in Service::ALL.into_iter().chain(["sandbox", "paypal"]).filter(|other| *other != kind) {
        let path = format!("/api/v2/payments/notices/{other}");
        let client = &site.world.anonymous;
        let request = client.request(Method::POST, &path).body(notice.body.clone());
        assert_eq!(client.send_oddly(request.build().unwrap()).await.status, 404, "{kind}: {other}");
    }
    site.demand_agreement().await;
}

/// What a provider tells when it closed an attempt or paid a part back ends nothing that is paid.
async fn notices_of_closing_and_of_partial_refunds(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (order, started) = site.paid().await;
    match &site.side {
        Service::Alipay(service) => service.tell(&started.number, &[("trade_status", "TRADE_CLOSED")]),
        Service::Wechat(service) => service.tell(&started.number, json!({"trade_state": "CLOSED"})),
        Service::Stripe(service) => service.tell("checkout.session.expired", &service.session(&started.number)),
    }
    if let Service::Alipay(service) = &site.side {
        let partly = [("refund_fee", "0.01"), ("out_biz_no", "MR1"), ("trade_status", "TRADE_SUCCESS")];
        service.tell(&started.number, &partly);
    }
    let before = site.order(order).await;
    for notice in site.side.notices() {
        site.deliver(&notice).await;
    }
    assert_eq!(site.order(order).await, before, "{kind}");
    // The refund of the cancellation is told by messages, too, whose repetition pays nothing back again.
    site.cancel(order).await;
    site.work(Job::SendRefunds).await;
    site.side.end_refunds();
    let told = site.side.notices();
    for notice in told.iter().chain(&told) {
        site.deliver(notice).await;
    }
    site.come_to_rest().await;
    let refunds = site.order(order).await["payments"][0]["refunds"].clone();
    assert_eq!(refunds.as_array().unwrap().len(), 1, "{kind}: {refunds}");
    assert_eq!((&refunds[0]["state"], &refunds[0]["amount"]), (&json!("done"), &json!(1999)), "{kind}");
    assert_eq!(site.committed("order.refunded"), 1, "{kind}");
    site.demand_agreement().await;
}

/// A message tells another amount than was asked for of an attempt that was closed: it is written down, the provider is
/// asked, and money that did come in goes back.
async fn another_amount_for_a_closed_attempt(url: &str) {
    let site = Paying::with(url, "wechatpay").await;
    let Service::Wechat(service) = &site.side else { panic!("{:?}", site.side.method()) };
    let order = site.accepted().await;
    let started = site.start(order).await;
    let events = async || {
        let end = site.clock.now() + TimeDelta::days(1);
        site.app.store.read_own().await.unwrap().payments().count_events(end).await.unwrap()
    };
    service.tell(&started.number, json!({"trade_state": "CLOSED"}));
    assert!(site.deliver(&site.side.notices()[0]).await);
    assert_eq!((&site.order(order).await["payments"][0]["state"], events().await), (&json!("closed"), 1));
    // It says so, and its answer does not: it is to say so again.
    site.side.tell_other_amount(&started.number);
    assert!(!site.deliver(&site.side.notices()[0]).await);
    assert_eq!((&site.order(order).await["payments"][0]["state"], events().await), (&json!("closed"), 2));
    assert!(service.pay_other_amount(&started.number, 1));
    let notice = site.side.notices().remove(0);
    for _ in 0..2 {
        assert!(site.deliver(&notice).await);
        assert_eq!((&site.order(order).await["payments"][0]["state"], events().await), (&json!("paid"), 3));
    }
    site.come_to_rest().await;
    let refund = site.order(order).await["payments"][0]["refunds"][0].clone();
    let told = (&refund["state"], &refund["amount"], &refund["reason"]);
    assert_eq!(told, (&json!("done"), &json!(1), &json!("wrong_amount")));
    site.demand_agreement().await;
}

/// A provider takes money for an attempt that it said was closed, after another one had paid the order: the second payment
/// goes back whole.
async fn an_order_that_is_paid_twice(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let order = site.accepted().await;
    let first = site.start(order).await;
    match &site.side {
        Service::Alipay(service) => service.tell(&first.number, &[("trade_status", "TRADE_CLOSED")]),
        Service::Wechat(service) => service.tell(&first.number, json!({"trade_state": "CLOSED"})),
        Service::Stripe(service) => {
            let mut session = service.session(&first.number);
            session["status"] = "expired".into();
            service.tell("checkout.session.expired", &session);
        }
    }
    for notice in site.side.notices() {
        assert!(site.deliver(&notice).await, "{kind}");
    }
    let second = site.start(order).await;
    assert_ne!(second.id, first.id, "{kind}");
    for started in [&second, &first] {
        for notice in site.pay(started) {
            assert!(site.deliver(&notice).await, "{kind}");
            assert!(site.deliver(&notice).await, "{kind}");
        }
    }
    assert_eq!(site.committed("order.paid"), 1, "{kind}");
    site.come_to_rest().await;
    let seen = site.order(order).await;
    assert_eq!(seen["state"], "paid", "{kind}");
    for payment in seen["payments"].as_array().unwrap() {
        assert_eq!(payment["state"], "paid", "{kind}");
        let refunds: Vec<_> = payment["refunds"].as_array().unwrap().iter().collect();
        let told: Vec<_> = refunds.iter().map(|one| (&one["state"], &one["amount"], &one["reason"])).collect();
        let (done, all, twice) = (json!("done"), json!(1999), json!("paid_twice"));
        let expected = if payment["id"] == first.id { vec![(&done, &all, &twice)] } else { vec![] };
        assert_eq!(told, expected, "{kind}");
    }
    site.demand_agreement().await;
}

on_every_engine! {
    another_amount_for_a_closed_attempt,
    the_same_notice_twenty_times_at_once,
}

with_every_provider! {
    an_order_that_is_paid_twice,
    a_notice_before_the_return_after_it_and_never,
    an_old_return_string_after_a_comment,
    notices_that_prove_nothing,
    notices_of_closing_and_of_partial_refunds,
}
