//! Stays of another site on days of orders.

use reqwest::Method;
use serde_json::{Value, json};

use super::{channel::Channel, scene::Scene};
use crate::support::{Answer, Client};

async fn seen(client: &Client, order: i64) -> Value {
    client.get(&format!("/api/v2/orders/{order}")).await.done(200)
}

async fn accept(scene: &Scene, order: i64, body: Option<&Value>) -> Answer {
    let path = format!("/api/v2/orders/{order}/accept");
    let request = scene.world.landlord.request(Method::POST, &path);
    scene.world.landlord.send(body.into_iter().fold(request, |request, body| request.json(body))).await
}

#[tokio::test]
async fn an_order_over_a_stay_elsewhere_is_accepted_by_who_insists() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Airbnb").await;
    let order = scene.order(40, 42).await.unwrap();
    channel.has(&[(scene.day(42), scene.day(44))]);
    let feed = scene.next(id).await;
    let days = json!([scene.day(42)]);
    assert_eq!(feed["conflicts"], json!([{"order_id": order, "days": days}]));
    let of_order = seen(&scene.world.landlord, order).await;
    assert_eq!(of_order["conflicts"], json!([{"feed_id": id.get(), "days": days}]));
    assert_eq!(of_order["state"], "wait_accept", "the order stays");
    assert!(seen(&scene.world.guest, order).await.get("conflicts").is_none(), "it is the landlord's business");
    scene.next(id).await;
    assert_eq!(scene.committed("listing.conflict_opened"), 1, "told once");
    let refused = accept(&scene, order, None).await.problem(409, "conflict_open");
    assert_eq!(refused.json["days"], days);
    accept(&scene, order, Some(&json!({"despite_conflict": false}))).await.problem(409, "conflict_open");
    accept(&scene, order, Some(&json!({"despite_conflict": "yes"}))).await.problem(422, "invalid_fields");
    let accepted = accept(&scene, order, Some(&json!({"despite_conflict": true}))).await.done(200);
    assert_eq!(accepted["state"], "wait_comment");
    // The overlap goes, and with it the conflict.
    channel.has(&[(scene.day(43), scene.day(44))]);
    scene.next(id).await;
    scene.next(id).await;
    assert_eq!(scene.feed(id).await["conflicts"], json!([]));
    assert_eq!(scene.whose(42).await, "order");
}

#[tokio::test]
async fn an_order_that_ends_hands_its_days_to_the_feed() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Airbnb").await;
    let order = scene.order(40, 42).await.unwrap();
    channel.has(&[(scene.day(42), scene.day(44))]);
    assert_eq!(scene.next(id).await["conflicts"][0]["order_id"], order);
    scene.cancel(order).await;
    assert_eq!(scene.closed().await, [42, 43].into());
    assert_eq!(scene.whose(42).await, "feed");
    assert_eq!(scene.feed(id).await["conflicts"], json!([]));
    assert!(scene.order(41, 42).await.is_none(), "the day is the feed's");
    assert!(scene.order(40, 41).await.is_some());
}

#[tokio::test]
async fn closures_raise_no_conflict() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let body = json!({"name": "Airbnb", "url": channel.url, "all_closures": true});
    let made = scene.world.landlord.post(&format!("{}/feeds", scene.listing), &body).await.done(201);
    let id = minsu_domain::FeedId::new(made["id"].as_i64().unwrap()).unwrap();
    scene.polled(id, &Value::Null).await;
    let order = scene.order(40, 42).await.unwrap();
    channel.has(&[(scene.day(42), scene.day(44))]);
    assert_eq!(scene.next(id).await["conflicts"], json!([]));
    accept(&scene, order, None).await.done(200);
}
