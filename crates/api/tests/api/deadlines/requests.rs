//! What a request copies of its listing, and how many of them may wait.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{
    on_every_engine,
    site::{Site, post},
};
use crate::support::world;

on_every_engine! {
    an_order_keeps_the_policy_of_its_listing,
    a_guest_is_told_when_one_more_request_may_wait,
}

/// The policy of the listing is copied into an order of every dialect; a later one changes nothing.
async fn an_order_keeps_the_policy_of_its_listing(url: &str) {
    let site = Site::on(url).await;
    let (world, rules) = (&site.world, format!("/api/v2/listings/{}/rules", site.world.house));
    let adopt = async |policy: &str| {
        let version = world.landlord.get(&rules).await.version();
        let put = world.landlord.request(Method::PUT, &rules).header("if-match", version);
        world.landlord.send(put.json(&json!({"cancellation": policy}))).await.done(200);
    };
    let moderate = site.requested().await;
    adopt("strict").await;
    let strict = site.requested().await;
    let old_page = world.order().await;
    adopt("flexible").await;
    for (order, policy) in [(&moderate["id"], "moderate"), (&strict["id"], "strict"), (&json!(old_page), "strict")] {
        let path = format!("/api/v2/orders/{order}");
        assert_eq!(world.guest.get(&path).await.done(200)["policy"], policy);
        world.landlord.post(&format!("{path}/accept"), &json!({})).await.done(200);
        let preview = world.guest.get(&format!("{path}/cancellation")).await.done(200);
        assert_eq!(preview["policy"], policy);
    }
    assert_eq!(site.requested().await["policy"], "flexible");
}

/// Beyond the limit a guest is told when the first deadline passes; then, and not a second before, one more request is
/// taken, also while nothing has cancelled the first one yet.
async fn a_guest_is_told_when_one_more_request_may_wait(url: &str) {
    let site = Site::with(url, |policy| policy.limits.waiting_orders_per_guest = 2).await;
    site.requested().await;
    site.clock.forward(TimeDelta::minutes(61));
    let second = site.requested().await;
    let day = site.world.free_day();
    let third = json!({"listing_id": site.world.house, "start": day, "end": day});
    let refused = post(&site.world.guest, "/api/v2/orders", &third).await.problem(429, "quota_reached");
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert_eq!(wait, 24 * 3600 - 61 * 60);
    assert_eq!(refused.json["retry_after"], wait);
    site.clock.forward(TimeDelta::seconds(wait - 1));
    let early = post(&site.world.guest, "/api/v2/orders", &third).await.problem(429, "quota_reached");
    assert_eq!(early.json["retry_after"], 1);
    site.clock.forward(TimeDelta::seconds(1));
    post(&site.world.guest, "/api/v2/orders", &third).await.done(201);
    // The old pages count the same orders.
    let old_page = async || world::order(&site.world.guest, site.world.house, &day, &day).await.code();
    assert_eq!(old_page().await, "4201");
    // An answer makes room at once.
    let path = format!("/api/v2/orders/{}/reject", second["id"]);
    site.world.landlord.post(&path, &json!({"reason": "装修"})).await.done(200);
    assert_eq!(old_page().await, "4004", "its days are taken by the third request");
}
