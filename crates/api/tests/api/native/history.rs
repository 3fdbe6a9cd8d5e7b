//! The version and the history of an order, whichever dialect changes it, and the days that a refusal names.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, World, world::day};

async fn place(guest: &Client, key: &str, house: i64, start: &str, end: &str) -> Answer {
    let request = guest.request(Method::POST, "/api/v2/orders").header("idempotency-key", key);
    guest.send(request.json(&json!({"listing_id": house, "start": start, "end": end}))).await
}

/// Each entry of the history without its instant, after checking that the instants ascend and are of today.
fn entries(order: &Value) -> Vec<Value> {
    let history = order["history"].as_array().unwrap();
    let instants: Vec<_> = history.iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert!(instants.is_sorted(), "{instants:?}");
    assert_eq!(instants[0], order["created_at"].as_str().unwrap());
    assert_eq!(order["version"].as_u64().unwrap() as usize, history.len());
    assert_eq!(history.last().unwrap()["to"], order["state"]);
    let without_instant = |entry: &Value| {
        let mut entry = entry.clone();
        entry.as_object_mut().unwrap().remove("at");
        entry
    };
    history.iter().map(without_instant).collect()
}

/// The order as this client sees it, whose tag is its version.
async fn seen(client: &Client, order: &Value) -> Value {
    let answer = client.get(&format!("/api/v2/orders/{order}")).await;
    let tag = answer.version();
    let order = answer.done(200);
    assert_eq!(tag, format!("\"{}\"", order["version"]));
    order
}

#[tokio::test]
async fn every_dialect_adds_to_the_history_of_an_order() {
    let world = World::new().await;
    let (guest, landlord) = (&world.guest, &world.landlord);
    let placed = json!({"by": "guest", "to": "wait_accept"});
    let accepted = json!({"by": "landlord", "from": "wait_accept", "to": "wait_comment"});
    let commented = json!({"by": "guest", "from": "wait_comment", "to": "complete"});
    let rejected = |reason: &str| json!({"by": "landlord", "from": "wait_accept", "to": "rejected", "reason": reason});

    // The native API: each answer has the history that it made.
    // A stay from today on: the native API takes reviews from the first day on.
    let free = day(0);
    let order = place(guest, "k1", world.house, &free, &free).await;
    assert_eq!(order.version(), "\"1\"");
    let order = order.done(201);
    assert_eq!(entries(&order), std::slice::from_ref(&placed));
    let id = order["id"].clone();
    let answer = landlord.post(&format!("/api/v2/orders/{id}/accept"), &json!({})).await;
    assert_eq!(answer.version(), "\"2\"");
    assert_eq!(entries(&answer.done(200)), [placed.clone(), accepted.clone()]);
    // What changes nothing is no entry.
    landlord.post(&format!("/api/v2/orders/{id}/reject"), &json!({"reason": "no"})).await.problem(409, "wrong_state");
    guest.post(&format!("/api/v2/orders/{id}/review"), &json!({"text": "很好"})).await.done(200);
    let whole = [placed.clone(), accepted.clone(), commented.clone()];
    for party in [guest, landlord] {
        assert_eq!(entries(&seen(party, &id).await), whole);
    }
    let list = guest.get("/api/v2/orders").await.done(200);
    assert_eq!((&list["items"][0]["version"], list["items"][0].get("history")), (&json!(3), None));

    // v1.
    let id = json!(world.order().await);
    assert_eq!(entries(&seen(guest, &id).await), std::slice::from_ref(&placed));
    let no = json!({"action": "reject", "reason": "装修"});
    landlord.put(&format!("/api/v1.0/orders/{id}/status"), &no).await.ok();
    assert_eq!(entries(&seen(guest, &id).await), [placed.clone(), rejected("装修")]);
    let id = json!(world.accepted_order().await);
    guest.put(&format!("/api/v1.0/orders/{id}/comment"), &json!({"comment": "很好"})).await.ok();
    assert_eq!(entries(&seen(guest, &id).await), whole);

    // Classic.
    let mut ids = Vec::new();
    for _ in 0..2 {
        let free = world.free_day();
        let body = json!({"house_id": world.house, "start_date": free, "end_date": free});
        let answer = guest.post("/api/order", &body).await.ok();
        ids.push(json!(answer["order_id"].as_i64().unwrap()));
    }
    landlord.post("/api/order/reject", &json!({"order_id": ids[0], "reject_reason": "满"})).await.ok();
    assert_eq!(entries(&seen(guest, &ids[0]).await), [placed.clone(), rejected("满")]);
    landlord.post("/api/order/accept", &json!({"order_id": ids[1]})).await.ok();
    guest.post("/api/order/comment", &json!({"order_id": ids[1], "comment": "很好"})).await.ok();
    assert_eq!(entries(&seen(landlord, &ids[1]).await), whole);
}

#[tokio::test]
async fn a_refused_order_is_told_which_of_its_days_are_taken() {
    let world = World::new().await;
    let (guest, house) = (&world.guest, world.house);
    place(guest, "k1", house, &day(60), &day(61)).await.done(201);
    let rejected = place(guest, "k2", house, &day(63), &day(63)).await.done(201)["id"].clone();
    place(guest, "k3", house, &day(65), &day(65)).await.done(201);
    let refused = place(&world.stranger, "k1", house, &day(59), &day(66)).await.problem(409, "days_taken");
    assert_eq!(refused.json["days"], json!([day(60), day(61), day(63), day(65)]));
    let no = json!({"reason": "装修"});
    world.landlord.post(&format!("/api/v2/orders/{rejected}/reject"), &no).await.done(200);
    let refused = place(&world.stranger, "k2", house, &day(61), &day(64)).await.problem(409, "days_taken");
    assert_eq!(refused.json["days"], json!([day(61)]));
    // Nothing is left of what was refused, and other problems name no days.
    place(&world.stranger, "k3", house, &day(62), &day(64)).await.done(201);
    let past = place(&world.stranger, "k4", house, "2020-01-01", "2020-01-01").await.problem(422, "stay_not_allowed");
    assert_eq!(past.json.get("days"), None);
}
