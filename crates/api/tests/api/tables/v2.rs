//! The native API over sockets: every call of the table of rows, and what each refuses.

use std::{collections::BTreeSet, time::Duration};

use minsu_domain::Scope;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use self::{
    rows::{Row, Sends, Who, rows},
    shapes::{new_listing, with},
};
use super::{fill, fresh_mobile};
use crate::support::{
    Answer, Client, World,
    picture::{form, png},
    shape::mismatch,
    world,
};

mod calendars;
mod integration;
mod rows;
mod shapes;

/// Fields that may be left out.
const OPTIONAL: [&str; 23] = [
    "start_offset",
    "end_offset",
    "all_closures",
    "feed_id",
    "events",
    "expires_at",
    "old_password",
    "guests",
    "total",
    "description",
    "weekday_prices",
    "arrival_days",
    "departure_days",
    "notice_days",
    "window_days",
    "preparation_days",
    "instant",
    "cancellation",
    "cleaning_fee",
    "guests_included",
    "extra_guest_fee",
    "weekly_discount",
    "monthly_discount",
];

/// Who calls a row.
async fn caller(world: &World, who: Who) -> Client {
    match who {
        Who::Anyone => Client::new(&world.server),
        Who::Guest => world.guest.clone(),
        Who::Landlord => world.landlord.clone(),
        Who::Newcomer => {
            let newcomer = Client::new(&world.server);
            newcomer.register(&fresh_mobile()).await;
            newcomer
        }
    }
}

/// The path of a row with its placeholders filled in; `owner` is whose session it names.
async fn path(world: &World, owner: &Client, row: &Row) -> String {
    let mut path = format!("/api/v2{}", row.path);
    if path.contains("{session}") {
        let sessions = owner.get("/api/v2/me/sessions").await.done(200);
        path = path.replace("{session}", sessions["items"][0]["id"].as_str().unwrap());
    }
    if path.contains("{token}") {
        let body = json!({"name": "calendar", "scopes": ["orders:read"]});
        let token = owner.post("/api/v2/me/tokens", &body).await.done(201);
        path = path.replace("{token}", &token["id"].to_string());
    }
    if path.contains("{webhook}") {
        let webhook = owner.post("/api/v2/webhooks", &json!({"url": "http://127.0.0.1:9/hook"})).await.done(201);
        let webhook = webhook["id"].to_string();
        if path.contains("{delivery}") {
            let of = format!("/api/v2/webhooks/{webhook}");
            let delivery = owner.post(&format!("{of}/test"), &json!({})).await.done(202);
            // Turned off, it parks what waits.
            let off = owner.request(Method::PATCH, &of).header("if-match", "*").json(&json!({"enabled": false}));
            owner.send(off).await.done(200);
            path = path.replace("{delivery}", &delivery["id"].to_string());
        }
        path = path.replace("{webhook}", &webhook);
    }
    for placeholder in ["{draft}", "{pictured}", "{public}"] {
        if path.contains(placeholder) {
            let draft = owner.post("/api/v2/listings", &new_listing()).await.done(201)["id"].to_string();
            if placeholder != "{draft}" {
                let pictures = format!("/api/v2/listings/{draft}/pictures");
                let picture = owner.upload(&pictures, form("picture", png(9))).await.done(201);
                path = path.replace("{picture}", &picture["id"].to_string());
            }
            if placeholder == "{public}" {
                owner.post(&format!("/api/v2/listings/{draft}/publish"), &json!({})).await.done(200);
            }
            path = path.replace(placeholder, &draft);
        }
    }
    let listing = path.split("/feeds/").next().and_then(|start| start.split("/exports/").next()).map(str::to_owned);
    let listing = listing.unwrap_or_default();
    if path.contains("{paused}") || path.contains("{unread}") {
        let body = json!({
            "name": "Airbnb", "url": "http://127.0.0.1:9/c.ics", "start_offset": -1, "end_offset": 1, "all_closures": true,
        });
        let feed = owner.post(&format!("{listing}/feeds"), &body).await.done(201)["id"].to_string();
        while owner.get(&format!("{listing}/feeds/{feed}")).await.done(200)["fetched_at"].is_null() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if path.contains("{paused}") {
            let pause = owner.request(Method::PATCH, &format!("{listing}/feeds/{feed}"));
            owner.send(pause.header("if-match", "*").json(&json!({"paused": true}))).await.done(200);
        }
        path = path.replace("{paused}", &feed).replace("{unread}", &feed);
    }
    if path.contains("{export}") {
        let export = owner.post(&format!("{listing}/exports"), &json!({"name": "Airbnb"})).await.done(201);
        path = path.replace("{export}", &export["id"].to_string());
    }
    if path.contains("{kept}") {
        let captcha = world.anonymous.post("/api/v2/captchas", &json!({})).await.done(201);
        path = path.replace("{kept}", captcha["id"].as_str().unwrap());
    }
    if path.starts_with("/api/v2/orders?") {
        world.order().await;
    }
    fill(world, path).await
}

async fn body(world: &World, owner: &Client, row: &Row, path: &str) -> Option<Value> {
    match &row.sends {
        Sends::OwnPictures => {
            let listing = owner.get(path.strip_suffix("/pictures").unwrap()).await.done(200);
            let ids = listing["pictures"].as_array().unwrap().iter().map(|picture| picture["id"].clone());
            Some(json!({"pictures": ids.map(|id| json!({"id": id, "caption": "院子"})).collect::<Vec<_>>()}))
        }
        Sends::Json(body) => {
            let mut body: Value = serde_json::from_str(&fill(world, body.to_string()).await).unwrap();
            if let Some(id) = body["listing_id"].as_str() {
                body["listing_id"] = id.parse::<i64>().unwrap().into();
            }
            Some(body)
        }
        Sends::Nothing | Sends::Picture => None,
    }
}

async fn path_and_body(world: &World, owner: &Client, row: &Row) -> (String, Option<Value>) {
    let path = path(world, owner, row).await;
    let body = body(world, owner, row, &path).await;
    (path, body)
}

/// A request of a row with this body, and with the version that it needs.
async fn request(client: &Client, row: &Row, path: &str, body: Option<&Value>) -> RequestBuilder {
    let mut request = client.request(row.method.clone(), path);
    if row.edits() {
        let me = client.get("/api/v2/me").await;
        let of_me = me.headers.get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        // A listing is changed in whichever version it has: strangers know none.
        let version = of_me.filter(|_| row.route.starts_with("/me")).unwrap_or("*".to_owned());
        request = request.header("if-match", version);
    }
    if row.method == Method::POST && ["/orders", "/orders/{id}/cancel", "/orders/{id}/payments"].contains(&row.route) {
        request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
    }
    match (&row.sends, body) {
        (Sends::Picture, _) => request.multipart(form("picture", png(9))),
        (_, Some(body)) => request.json(body),
        (_, None) => request,
    }
}

fn demand(answer: Answer, row: &Row) {
    let label = format!("{} {}", row.method, row.path);
    assert_eq!(answer.status.as_u16(), row.status, "{label}: {}", answer.json);
    if row.shape.is_null() {
        let is_there = row.status == 200;
        return assert_eq!(!answer.bytes.is_empty(), is_there, "{label}");
    }
    assert_eq!(mismatch(&answer.json, &row.shape), None, "{label}");
}

#[tokio::test]
async fn every_call_stands_in_the_table_and_answers_as_it_says() {
    let routes = minsu_dialect_v2::routes();
    let routed: BTreeSet<_> = routes.calls().iter().map(|call| (call.verb.method().to_string(), call.path)).collect();
    let listed: BTreeSet<_> = rows().iter().map(|row| (row.method.to_string(), row.route)).collect();
    assert_eq!(routed, listed, "routes and rows differ");
    let world = World::new().await;
    for row in rows() {
        let client = caller(&world, row.who).await;
        let (path, body) = path_and_body(&world, &client, &row).await;
        let request = request(&client, &row, &path, body.as_ref()).await;
        demand(client.send(request).await, &row);
    }
}

#[tokio::test]
async fn without_a_login_and_with_that_of_a_stranger_a_call_is_refused() {
    let world = World::new().await;
    for row in rows().iter().filter(|row| row.who != Who::Anyone) {
        let owner = caller(&world, row.who).await;
        let (path, body) = path_and_body(&world, &owner, row).await;
        let anonymous = Client::new(&world.server);
        anonymous.send(request(&anonymous, row, &path, body.as_ref()).await).await.problem(401, "not_logged_in");
        if let Some((status, code)) = row.stranger {
            let request = request(&world.stranger, row, &path, body.as_ref()).await;
            world.stranger.send(request).await.problem(status, code);
        }
    }
}

#[tokio::test]
async fn what_a_call_cannot_read_is_told_by_its_problem() {
    let world = World::new().await;
    for row in rows() {
        let client = caller(&world, row.who).await;
        let path = path(&world, &client, &row).await;
        let wrong = client.send(client.request(Method::from_bytes(b"PROPFIND").unwrap(), &path)).await;
        let allow = wrong.headers["allow"].to_str().unwrap().to_owned();
        assert!(allow.split(", ").any(|method| method == row.method.as_str()), "{path}: {allow}");
        wrong.problem(405, "method_not_allowed");
        let Some(body) = body(&world, &client, &row, &path).await else { continue };
        let raw = async |kind: &str, bytes: String| {
            let request = request(&client, &row, &path, None).await;
            client.send(request.header("content-type", kind).body(bytes)).await
        };
        raw("text/plain", body.to_string()).await.problem(415, "unsupported_media_type");
        raw("application/json", "{".into()).await.problem(400, "malformed");
        raw("application/json", "[]".into()).await.problem(422, "invalid_fields");
        raw("application/json", format!("\"{}\"", "x".repeat(70_000))).await.problem(413, "too_large");
        let unknown = with(body.clone(), "unheard_of", json!(1));
        let answer = client.send(request(&client, &row, &path, Some(&unknown)).await).await;
        let answer = answer.problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [("/unheard_of".into(), "unknown".into())], "{path}");
        // All of them null: each is told.
        let mut nulls = body.clone();
        nulls.as_object_mut().unwrap().values_mut().for_each(|value| *value = Value::Null);
        let answer = client.send(request(&client, &row, &path, Some(&nulls)).await).await;
        let faults: BTreeSet<_> = answer.problem(422, "invalid_fields").faults().into_iter().collect();
        let expected = body.as_object().unwrap().keys().map(|name| (format!("/{name}"), "type".to_owned()));
        assert_eq!(faults, expected.collect(), "{path}");
        let optional = [&OPTIONAL[..], world::OPTIONAL].concat();
        let needed: Vec<_> =
            body.as_object().unwrap().keys().filter(|name| !optional.contains(&name.as_str())).collect();
        // A guest may cancel without a reason, a landlord does not reject without one.
        if row.method == Method::PATCH || needed.is_empty() || row.route == "/orders/{id}/cancel" {
            continue;
        }
        let answer = client.send(request(&client, &row, &path, Some(&json!({}))).await).await;
        let faults: BTreeSet<_> = answer.problem(422, "invalid_fields").faults().into_iter().collect();
        let expected = needed.into_iter().map(|name| (format!("/{name}"), "required".to_owned()));
        assert_eq!(faults, expected.collect(), "{path}");
    }
}

/// A token of this person with every scope but one, or with that one alone.
async fn token(owner: &Client, scope: Option<Scope>, has_it: bool) -> (String, String) {
    let scopes = Scope::ALL.into_iter().filter(|known| (Some(*known) == scope) == has_it);
    let scopes: Vec<_> = scopes.map(Scope::name).collect();
    let token = owner.post("/api/v2/me/tokens", &json!({"name": "test", "scopes": scopes})).await.done(201);
    (format!("/api/v2/me/tokens/{}", token["id"]), token["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_and_for_no_call_that_needs_a_session() {
    let world = World::new().await;
    let routes = minsu_dialect_v2::routes();
    for row in rows().iter().filter(|row| row.who != Who::Anyone) {
        let call = routes
            .calls()
            .iter()
            .find(|call| call.path == row.route && call.verb.method().as_str() == row.method.as_str())
            .unwrap();
        let scope = call.native.scope;
        let owner = caller(&world, row.who).await;
        let (path, body) = path_and_body(&world, &owner, row).await;
        let anonymous = Client::new(&world.server);
        let send = async |token: &str| {
            let request = request(&anonymous, row, &path, body.as_ref()).await;
            // A program is no page: what it says of its origin does not matter.
            anonymous.send(request.bearer_auth(token).header("origin", "https://elsewhere.example")).await
        };
        send("minsu_nonsense").await.problem(401, "token_invalid");
        let code = if scope.is_some() { "scope_missing" } else { "forbidden" };
        // Each goes before the next one: an account has so many at a time.
        let (place, without) = token(&owner, scope, false).await;
        send(&without).await.problem(403, code);
        owner.delete(&place).await.done(204);
        if scope.is_some() {
            let (place, with) = token(&owner, scope, true).await;
            demand(send(&with).await, row);
            owner.delete(&place).await.done(204);
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let world = World::new().await;
    for row in rows().iter().filter(|row| row.method != Method::GET) {
        let client = caller(&world, row.who).await;
        let (path, body) = path_and_body(&world, &client, row).await;
        let request = request(&client, row, &path, body.as_ref()).await;
        let request = request.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
        client.send(request).await.problem(403, "cross_site");
    }
}
