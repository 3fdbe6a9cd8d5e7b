//! What arrives: the events of the feed, signed, in their order.

use serde_json::{Value, json};

use super::scene::Scene;
use crate::support::world::day;

#[tokio::test]
async fn the_events_of_the_feed_arrive_signed() {
    let scene = Scene::new().await;
    let (guest, landlord) = (&scene.world.guest, &scene.world.landlord);
    let from = landlord.get("/api/v2/events?limit=100").await.done(200)["next"].as_str().unwrap().to_owned();
    let (receiver, webhook) = scene.receiver(landlord).await;
    let orders = guest.post("/api/v2/webhooks", &json!({"url": receiver.url(), "events": ["order.rejected"]})).await;
    assert_eq!(orders.done(201)["events"], json!(["order.rejected"]));
    let order = scene.world.accepted_order().await;
    scene.deliver().await;

    let taken = receiver.taken();
    let feed = landlord.get(&format!("/api/v2/events?after={from}&limit=100")).await.done(200);
    let told: Vec<_> = taken.iter().map(|delivery| delivery.body.clone()).collect();
    let expected: Vec<_> = feed["items"].as_array().unwrap().iter().map(with_timestamp).collect();
    assert_eq!(told, expected);
    assert_eq!(taken.iter().map(|delivery| delivery.kind()).collect::<Vec<_>>(), ["order.placed", "order.accepted"]);
    for delivery in &taken {
        assert_eq!((delivery.order(), delivery.signatures), (order, (1, 1)));
        assert_eq!(delivery.body["id"], delivery.id.as_str());
    }
    let listed = scene.deliveries(landlord, &webhook).await;
    let listed: Vec<_> = listed.iter().map(|one| (one["event_id"].clone(), one["state"].clone())).collect();
    let expected: Vec<_> = taken.iter().map(|one| (json!(one.id), json!("delivered"))).collect();
    assert_eq!(listed, expected);
    // Nothing is sent twice, and what happens later still comes.
    scene.deliver().await;
    assert_eq!(receiver.deliveries().len(), 2);
    scene.world.order().await;
    scene.deliver().await;
    assert_eq!(receiver.taken().len(), 3);
    assert_eq!(
        scene.world.server.metrics.text().unwrap().matches("minsu_webhooks_total{result=\"delivered\"} 3").count(),
        1
    );
}

/// An event of the feed as a webhook tells it.
fn with_timestamp(event: &Value) -> Value {
    let mut event = event.as_object().unwrap().clone();
    let at = event["at"].clone();
    event.insert("timestamp".to_owned(), at);
    event.into()
}

#[tokio::test]
async fn a_new_secret_signs_beside_the_one_before_for_a_day() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let (receiver, webhook) = scene.receiver(landlord).await;
    let renewed = landlord.post(&format!("{webhook}/secret"), &json!({})).await.done(200);
    assert!(renewed["former_secret_until"].is_string());
    scene.world.order().await;
    scene.deliver().await;
    assert_eq!(receiver.taken()[0].signatures, (2, 1));
    receiver.knows(renewed["secret"].as_str().unwrap());
    scene.world.order().await;
    scene.deliver().await;
    assert_eq!(receiver.taken()[1].signatures, (2, 1));
    scene.world.order().await;
    scene.deliver_after(&receiver, chrono::TimeDelta::hours(25)).await;
    assert_eq!(receiver.taken()[2].signatures, (1, 1));
}

#[tokio::test]
async fn a_webhook_hears_of_what_happens_while_it_is_on() {
    let scene = Scene::new().await;
    let (guest, landlord) = (&scene.world.guest, &scene.world.landlord);
    scene.world.order().await;
    let (receiver, webhook) = scene.receiver(landlord).await;
    let (of_guest, _) = scene.receiver(guest).await;
    scene.world.order().await;
    scene.deliver().await;
    let before = receiver.taken().len();
    assert_eq!(before, 1, "nothing of before its time");
    let off = landlord.patch(&webhook, &json!({"enabled": false}), "\"1\"").await.done(200);
    assert_eq!(off["state"], "off");
    scene.world.order().await;
    scene.deliver().await;
    landlord.patch(&webhook, &json!({"enabled": true}), "\"2\"").await.done(200);
    let order = scene.world.order().await;
    scene.deliver().await;
    let taken = receiver.taken();
    assert_eq!((taken.len(), taken.last().unwrap().order()), (before + 1, order));
    assert!(of_guest.taken().len() >= 3);
    landlord.delete(&webhook).await.done(204);
    scene.world.order().await;
    scene.deliver().await;
    assert_eq!(receiver.taken().len(), before + 1);
}

#[tokio::test]
async fn many_orders_keep_their_order_each() {
    let scene = Scene::new().await;
    let (guest, landlord) = (&scene.world.guest, &scene.world.landlord);
    let (receiver, _) = scene.receiver(landlord).await;
    for ahead in 0..12 {
        let date = day(100 + ahead);
        let body = json!({"house_id": scene.world.house, "start_date": date, "end_date": date});
        let order = guest.post("/api/v1.0/orders", &body).await.ok()["data"]["order_id"].clone();
        let accept = json!({"action": "accept"});
        landlord.put(&format!("/api/v1.0/orders/{order}/status"), &accept).await.ok();
    }
    scene.deliver().await;
    let taken = receiver.taken();
    assert_eq!(taken.len(), 24);
    for pair in taken.iter().filter(|delivery| delivery.kind() == "order.placed") {
        let of_order: Vec<_> = taken.iter().filter(|one| one.order() == pair.order()).map(|one| one.kind()).collect();
        assert_eq!(of_order, ["order.placed", "order.accepted"]);
    }
}
