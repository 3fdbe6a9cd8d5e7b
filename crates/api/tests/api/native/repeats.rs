//! Idempotency keys: one effect and one answer, however often a request comes.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, World, world::day};

async fn post(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    client.send(client.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

fn stay(world: &World, offset: u64) -> Value {
    json!({"listing_id": world.house, "start": day(offset), "end": day(offset + 1)})
}

/// The same again until the first of them has answered.
async fn insist(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    loop {
        let answer = post(client, path, key, body).await;
        if !matches!(answer.json["code"].as_str(), Some("in_progress" | "unavailable")) {
            return answer;
        }
        assert!(answer.headers.contains_key("retry-after"));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn fifty_simultaneous_orders_under_one_key_are_one() {
    let world = World::new().await;
    let body = stay(&world, 60);
    let answers = join_all((0..50).map(|_| insist(&world.guest, "/api/v2/orders", "a key", &body))).await;
    // A blank is no visible character.
    assert!(answers.iter().all(|answer| answer.faults() == [("/Idempotency-Key".into(), "format".into())]));
    let answers = join_all((0..50).map(|_| insist(&world.guest, "/api/v2/orders", "one-key", &body))).await;
    let bodies: BTreeSet<_> = answers.iter().map(|answer| answer.bytes.to_vec()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let location = |answer: &Answer| answer.headers["location"].to_str().unwrap().to_owned();
    let places: BTreeSet<_> = answers.iter().map(location).collect();
    assert_eq!(places.len(), 1);
    assert!(answers.iter().all(|answer| answer.status.as_u16() == 201));
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotency-replayed")).count();
    assert_eq!(replayed, 49);
    let orders = world.guest.get("/api/v2/orders").await.done(200);
    assert_eq!(orders["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_person() {
    let world = World::new().await;
    let without = world.guest.post("/api/v2/orders", &stay(&world, 60)).await;
    without.problem(422, "idempotency_key_missing");
    let first = post(&world.guest, "/api/v2/orders", "k1", &stay(&world, 60)).await.done(201);
    post(&world.guest, "/api/v2/orders", "k1", &stay(&world, 70)).await.problem(422, "idempotency_key_reused");
    let accept = format!("/api/v2/orders/{}/accept", first["id"]);
    post(&world.guest, &accept, "k1", &json!({})).await.problem(422, "idempotency_key_reused");
    // The same text from another account is another key; a refusal is an answer like any other.
    let taken = post(&world.stranger, "/api/v2/orders", "k1", &stay(&world, 60)).await.problem(409, "days_taken");
    let again = post(&world.stranger, "/api/v2/orders", "k1", &stay(&world, 60)).await.problem(409, "days_taken");
    assert_eq!(taken.bytes, again.bytes);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    // A repeated call accepts once, and each caller gets the same answer.
    let accepted = post(&world.landlord, &accept, "k2", &json!({})).await.done(200);
    assert_eq!(post(&world.landlord, &accept, "k2", &json!({})).await.done(200), accepted);
    post(&world.landlord, &accept, "k3", &json!({})).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn answers_that_waiting_changes_are_not_kept_and_secrets_are_shown_once() {
    let world = World::new().await;
    let anonymous = Client::new(&world.server);
    post(&anonymous, "/api/v2/orders", "k1", &stay(&world, 60)).await.problem(401, "not_logged_in");
    let token = json!({"name": "sync", "scopes": ["orders:write"]});
    let made = post(&world.guest, "/api/v2/me/tokens", "k1", &token).await.done(201);
    let again = post(&world.guest, "/api/v2/me/tokens", "k1", &token).await.done(201);
    assert_eq!((made["id"].clone(), again.get("token")), (again["id"].clone(), None));
    assert!(made["token"].as_str().unwrap().starts_with("minsu_"));
    // A session and a token of one person have the same keys.
    let body = stay(&world, 80);
    let placed = post(&world.guest, "/api/v2/orders", "k2", &body).await.done(201);
    let program = anonymous.request(Method::POST, "/api/v2/orders").bearer_auth(made["token"].as_str().unwrap());
    let replayed = anonymous.send(program.header("idempotency-key", "k2").json(&body)).await;
    assert_eq!(replayed.done(201), placed);
    let wrong = json!({"mobile": "13800000002", "password": "wrong password"});
    for _ in 0..2 {
        let refused = post(&anonymous, "/api/v2/session", "k1", &wrong).await.problem(401, "wrong_credentials");
        assert!(!refused.headers.contains_key("idempotency-replayed"));
    }
}

#[tokio::test]
async fn a_price_that_changed_is_told_and_nothing_is_placed() {
    let world = World::new().await;
    let mut body = stay(&world, 60);
    body["total"] = json!(1);
    let refused = post(&world.guest, "/api/v2/orders", "k1", &body).await.problem(409, "price_changed");
    assert_eq!((&refused.json["quote"]["total"], &refused.json["quote"]["days"]), (&json!(3998), &json!(2)));
    body["total"] = refused.json["quote"]["total"].clone();
    let placed = post(&world.guest, "/api/v2/orders", "k2", &body).await;
    assert_eq!(placed.headers["location"], format!("/api/v2/orders/{}", placed.json["id"]).as_str());
    placed.done(201);
    for (change, code, rule) in [
        (json!({"guests": 5}), "stay_not_allowed", "guests"),
        (json!({"start": "2020-01-01", "end": "2020-01-02"}), "stay_not_allowed", "past"),
        (json!({"start": "2099-01-01", "end": "2099-01-02"}), "stay_not_allowed", "too_far_ahead"),
    ] {
        let mut wrong = stay(&world, 90);
        wrong.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = post(&world.guest, "/api/v2/orders", &format!("key-{rule}"), &wrong).await.problem(422, code);
        assert_eq!(refused.json["rule"], rule);
    }
    let own = post(&world.landlord, "/api/v2/orders", "k1", &stay(&world, 95)).await;
    own.problem(403, "own_listing");
}
