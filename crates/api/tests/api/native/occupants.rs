//! The people who stay: named by the guest, masked for the landlord, exported, and erased.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestServer, World, client::PASSWORD};

const ZHANG: (&str, &str) = ("张三", "11010519491231002X");
const LI: (&str, &str) = ("=李四", "440524188001010014");

fn people(people: &[(&str, &str)]) -> Value {
    let people = people.iter().map(|(name, number)| json!({"name": name, "id_number": number}));
    json!({"occupants": people.collect::<Vec<_>>()})
}

async fn post(client: &Client, path: &str, body: &Value) -> Answer {
    let key = uuid::Uuid::new_v4().to_string();
    client.send(client.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// An order for two guests; its path.
async fn ordered(world: &World) -> String {
    let day = world.free_day();
    let body = json!({"listing_id": world.house, "start": day, "end": day, "guests": 2});
    let order = post(&world.guest, "/api/v2/orders", &body).await.done(201);
    assert_eq!(order["guests"], 2);
    format!("/api/v2/orders/{}", order["id"])
}

#[tokio::test]
async fn the_landlord_sees_people_masked_from_the_acceptance_on() {
    let world = World::new().await;
    let (guest, landlord) = (&world.guest, &world.landlord);
    let order = ordered(&world).await;
    let occupants = format!("{order}/occupants");
    assert_eq!(guest.get(&occupants).await.done(200), json!({"occupants": []}));
    let named = guest.put(&occupants, &people(&[ZHANG, LI])).await.done(200);
    let masked = |name: &str| json!({"name": name, "id_number": "1101**********002X"});
    assert_eq!(named["occupants"][0], masked("张三"));
    landlord.get(&occupants).await.problem(409, "wrong_state");
    landlord.get(&format!("{occupants}.csv")).await.problem(409, "wrong_state");
    landlord.put(&occupants, &people(&[ZHANG])).await.problem(403, "forbidden");
    for path in [&occupants, &format!("{occupants}.csv")] {
        world.stranger.get(path).await.problem(404, "not_found");
    }
    landlord.post(&format!("{order}/accept"), &json!({})).await.done(200);
    let seen = landlord.get(&occupants).await.done(200);
    assert_eq!(seen["occupants"][0], masked("张*"));
    assert_eq!(seen["occupants"][1], json!({"name": "=*", "id_number": "4405**********0014"}));

    guest.get(&format!("{occupants}.csv")).await.problem(403, "forbidden");
    let report = landlord.get(&format!("{occupants}.csv")).await;
    assert_eq!(report.status, 200);
    assert!(report.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = String::from_utf8(report.bytes.to_vec()).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].ends_with(",\"张三\",\"11010519491231002X\""), "{text}");
    // A formula of a spreadsheet is a text.
    assert!(lines[2].ends_with(",\"'=李四\",\"440524188001010014\""), "{text}");

    // Fewer are named later; the list is replaced.
    guest.put(&occupants, &people(&[LI])).await.done(200);
    assert_eq!(landlord.get(&occupants).await.done(200)["occupants"].as_array().unwrap().len(), 1);
    let export = guest.get("/api/v2/me/export").await.done(200);
    let exported = &export["orders_as_guest"][0]["occupants"];
    assert_eq!(exported, &json!([{"name": "=李四", "id_number": "4405**********0014"}]));
    assert_eq!(landlord.get("/api/v2/me/export").await.done(200)["orders_as_landlord"][0]["occupants"], Value::Null);
    // With the order they go.
    post(guest, &format!("{order}/cancel"), &json!({})).await.done(200);
    assert_eq!(guest.get(&occupants).await.done(200), json!({"occupants": []}));
    guest.put(&occupants, &people(&[LI])).await.problem(409, "wrong_state");
    landlord.get(&occupants).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn every_fault_of_a_list_is_told_at_its_place() {
    let world = World::new().await;
    let occupants = format!("{}/occupants", ordered(&world).await);
    let twice = people(&[ZHANG, ZHANG]);
    let many = people(&[ZHANG, LI, ("王五", "110105194912310038")]);
    for (body, pointer, code) in [
        (json!({}), "/occupants", "required"),
        (json!({"occupants": 1}), "/occupants", "type"),
        (json!({"occupants": [1]}), "/occupants/0", "type"),
        (json!({"occupants": [{"id_number": ZHANG.1}]}), "/occupants/0/name", "required"),
        (people(&[("张三", "110105194912310021")]), "/occupants/0/id_number", "check_digit"),
        (people(&[ZHANG, ("三", LI.1)]), "/occupants/1/name", "range"),
        (twice, "/occupants", "repeated"),
        (many, "/occupants", "range"),
    ] {
        let refused = world.guest.put(&occupants, &body).await.problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(world.guest.get(&occupants).await.done(200), json!({"occupants": []}));
}

/// A site may demand at least one person; old pages order as before.
#[tokio::test]
async fn a_site_may_demand_people() {
    let server = TestServer::start_with(|state| state.app.policy.occupants_required = true).await;
    let world = World::on(server).await;
    let day = world.free_day();
    let mut body = json!({"listing_id": world.house, "start": day, "end": day});
    let refused = post(&world.guest, "/api/v2/orders", &body).await.problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occupants".to_owned(), "required".to_owned())]);
    body["occupants"] = json!([]);
    let refused = post(&world.guest, "/api/v2/orders", &body).await.problem(422, "invalid_fields");
    assert_eq!(refused.faults(), [("/occupants".to_owned(), "range".to_owned())]);
    body["occupants"] = people(&[ZHANG])["occupants"].clone();
    let order = post(&world.guest, "/api/v2/orders", &body).await.done(201);
    let occupants = format!("/api/v2/orders/{}/occupants", order["id"]);
    assert_eq!(world.guest.get(&occupants).await.done(200)["occupants"][0]["name"], "张三");
    world.guest.put(&occupants, &people(&[])).await.problem(422, "invalid_fields");
    world.order().await;
}

/// The file needs a confirmed session, and the people go with the account of the guest.
#[tokio::test]
async fn a_file_needs_the_password_and_the_people_go_with_their_guest() {
    let world = World::new().await;
    let order = world.begun_order().await;
    let occupants = format!("/api/v2/orders/{order}/occupants");
    world.guest.put(&occupants, &people(&[ZHANG])).await.done(200);
    let token = json!({"name": "register", "scopes": ["orders:read", "orders:write"]});
    let token = world.landlord.post("/api/v2/me/tokens", &token).await.done(201);
    let anonymous = Client::new(&world.server);
    let request = anonymous.request(Method::GET, &format!("{occupants}.csv"));
    anonymous.send(request.bearer_auth(token["token"].as_str().unwrap())).await.problem(403, "forbidden");
    assert_eq!(world.landlord.get(&format!("{occupants}.csv")).await.status, 200);
    // The stay is not over: the account stays, and the order is named.
    let delete = async || {
        world.guest.post("/api/v2/session/confirm", &json!({"password": PASSWORD})).await;
        let version = world.guest.get("/api/v2/me").await.version();
        world.guest.send(world.guest.request(Method::DELETE, "/api/v2/me").header("if-match", version)).await
    };
    let refused = delete().await.problem(409, "open_orders");
    assert_eq!(refused.json["orders"], json!([order]));
    let review = json!({"text": "很好"});
    world.guest.post(&format!("/api/v2/orders/{order}/review"), &review).await.done(200);
    assert_eq!(world.landlord.get(&occupants).await.done(200)["occupants"].as_array().unwrap().len(), 1);
    delete().await.done(204);
    assert_eq!(world.landlord.get(&occupants).await.done(200), json!({"occupants": []}));
}
