//! Orders: which users may place and decide them, from which state, on which days.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    World,
    world::{day, house_form, order},
};

#[tokio::test]
async fn past_endless_own_and_unknown_stays_are_refused() {
    let world = World::new().await;
    let yesterday = {
        let today: chrono::NaiveDate = day(0).parse().unwrap();
        (today - chrono::Days::new(1)).to_string()
    };
    order(&world.guest, world.house, &yesterday, &day(1)).await.refused("4103");
    order(&world.guest, world.house, &day(1), &day(3650)).await.refused("4103");
    order(&world.guest, world.house, "9999-12-31", "9999-12-31").await.refused("4103");
    order(&world.guest, world.house, &day(3), &day(2)).await.refused("4103");
    order(&world.guest, world.house, "2026-02-30", "2026-03-01").await.refused("4103");
    order(&world.landlord, world.house, &day(1), &day(1)).await.refused("4105");
    order(&world.guest, 999_999, &day(1), &day(1)).await.refused("4002");
    assert_eq!(world.guest.get("/api/v1.0/user/orders").await.ok()["data"]["orders"], json!([]));
}

#[tokio::test]
async fn the_house_sets_the_length_of_a_stay() {
    let world = World::new().await;
    let mut form = house_form();
    form["min_days"] = json!(2);
    form["max_days"] = json!(3);
    let house = world.landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap();
    order(&world.guest, house, &day(1), &day(1)).await.refused("4103");
    order(&world.guest, house, &day(1), &day(4)).await.refused("4103");
    order(&world.guest, house, &day(1), &day(3)).await.ok();
}

#[tokio::test]
async fn one_day_orders_one_after_the_other_clash() {
    let world = World::new().await;
    order(&world.guest, world.house, &day(0), &day(0)).await.ok();
    order(&world.guest, world.house, &day(0), &day(0)).await.refused("4004");
    order(&world.stranger, world.house, &day(0), &day(0)).await.refused("4004");
    order(&world.stranger, world.house, &day(1), &day(1)).await.ok();
}

#[tokio::test]
async fn only_the_other_party_decides_and_a_call_that_changes_nothing_is_no_success() {
    let world = World::new().await;
    let id = world.order().await;
    let (status, comment) = (format!("/api/v1.0/orders/{id}/status"), format!("/api/v1.0/orders/{id}/comment"));
    let accept = json!({"action": "accept"});
    let words = json!({"comment": "好"});
    world.guest.put(&status, &accept).await.refused("4105");
    world.stranger.put(&status, &accept).await.refused("4105");
    world.landlord.put("/api/v1.0/orders/999999/status", &accept).await.refused("4002");
    world.landlord.put(&status, &json!({"action": "destroy"})).await.refused("4103");
    world.landlord.put(&status, &json!({"action": "reject", "reason": ""})).await.refused("4103");
    world.landlord.put(&comment, &words).await.refused("4105");
    world.guest.put(&comment, &words).await.refused("4004");
    world.landlord.put(&status, &accept).await.ok();
    world.landlord.put(&status, &json!({"action": "reject", "reason": "x"})).await.refused("4004");
    world.guest.put(&comment, &json!({"comment": " "})).await.refused("4103");
    world.guest.put(&comment, &words).await.ok();
    world.guest.put(&comment, &words).await.refused("4004");
}

#[tokio::test]
async fn twenty_simultaneous_decisions_count_once() {
    let world = World::new().await;
    let id = world.order().await;
    let path = format!("/api/v1.0/orders/{id}/status");
    let codes = join_all((0..20).map(|i| {
        let body = if i % 2 == 0 { json!({"action": "accept"}) } else { json!({"action": "reject", "reason": "x"}) };
        let (landlord, path) = (world.landlord.clone(), path.clone());
        async move { landlord.put(&path, &body).await.code() }
    }))
    .await;
    assert_eq!(codes.iter().filter(|code| *code == "0").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "4004").count(), 19);
}

#[tokio::test]
async fn extra_fields_change_nothing() {
    let world = World::new().await;
    let body = json!({
        "house_id": world.house, "start_date": day(1), "end_date": day(1), "user_id": 1, "status": "COMPLETE",
        "price": 1, "amount": 1, "is_admin": true,
    });
    world.guest.post("/api/v1.0/orders", &body).await.ok();
    let seen = world.guest.get("/api/v1.0/user/orders").await.ok()["data"]["orders"][0].clone();
    assert_eq!((&seen["status"], &seen["amount"]), (&json!("WAIT_ACCEPT"), &json!(1999)));
}
