//! A landlord's listings: made, pictured, published, and hidden from others until then.

use std::collections::BTreeSet;

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};

use crate::support::{
    Client, TestServer, World,
    picture::{form, png},
    world::{day, dwelling, verify, with},
};

pub(super) fn new_listing() -> Value {
    let listing = json!({
        "title": "鼓楼小院", "area_id": 1, "address": "鼓楼东大街 1 号", "price": 19_999, "deposit": 0, "min_days": 2,
        "max_days": 30, "facilities": [3, 1, 3],
    });
    with(&listing, &dwelling())
}

pub(super) async fn draft(landlord: &Client) -> i64 {
    landlord.post("/api/v2/listings", &new_listing()).await.done(201)["id"].as_i64().unwrap()
}

pub(super) fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_draft_is_made_pictured_and_published_and_public_from_then_on() {
    let world = World::new().await;
    let made = world.landlord.post("/api/v2/listings", &new_listing()).await;
    let (tag, place) = (made.version(), made.headers["location"].to_str().unwrap().to_owned());
    let made = made.done(201);
    let path = format!("/api/v2/listings/{}", made["id"]);
    assert_eq!((tag.as_str(), place.as_str()), ("\"1\"", path.as_str()));
    assert_eq!((&made["state"], &made["version"], &made["price"]), (&json!("draft"), &json!(1), &json!(19_999)));
    assert_eq!((&made["facilities"], &made["area"]["name"]), (&json!([1, 3]), &json!("东城区")));
    // Its landlord sees it, and no page of the site shows it to others.
    let seen = world.landlord.get(&path).await;
    assert_eq!((seen.version().as_str(), &seen.headers["cache-control"]), ("\"1\"", &"no-store".parse().unwrap()));
    assert_eq!(seen.done(200), made);
    for other in [&world.anonymous, &world.guest] {
        other.get(&path).await.problem(404, "not_found");
    }
    let id = made["id"].as_i64().unwrap();
    assert!(!ids(&world.anonymous.get("/api/v2/listings").await.done(200)).contains(&id));
    world.anonymous.get(&format!("/api/v1.0/houses/{id}")).await.refused("4002");
    let order = json!({"house_id": id, "start_date": day(40), "end_date": day(42)});
    world.guest.post("/api/v1.0/orders", &order).await.refused("4002");
    // Without a picture it stays a draft.
    let publish = format!("{path}/publish");
    world.landlord.post(&publish, &json!({})).await.problem(409, "picture_needed");
    for shade in [1, 2] {
        let added = world.landlord.upload(&format!("{path}/pictures"), form("picture", png(shade))).await;
        assert_eq!(
            (added.version(), &added.headers["location"]),
            (format!("\"{}\"", shade + 1), &path.parse().unwrap())
        );
        assert_eq!(added.status, 201);
    }
    let published = world.landlord.post(&publish, &json!({})).await;
    assert_eq!(published.version(), "\"4\"");
    let published = published.done(200);
    assert_eq!((&published["state"], published["pictures"].as_array().unwrap().len()), (&json!("published"), 2));
    for visitor in [&world.anonymous, &world.guest, &world.landlord] {
        assert_eq!(visitor.get(&path).await.done(200), published);
    }
    assert!(ids(&world.anonymous.get("/api/v2/listings").await.done(200)).contains(&id));
    let v1 = world.anonymous.get(&format!("/api/v1.0/houses/{id}")).await.ok();
    assert_eq!(v1["data"]["house"]["price"], 19_999);
    world.landlord.post(&publish, &json!({})).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn publishing_needs_a_real_name_and_others_may_neither_publish_nor_add_pictures() {
    let world = World::new().await;
    let id = draft(&world.stranger).await;
    let path = format!("/api/v2/listings/{id}");
    world.stranger.upload(&format!("{path}/pictures"), form("picture", png(1))).await.done(201);
    let publish = format!("{path}/publish");
    world.stranger.post(&publish, &json!({})).await.problem(403, "identity_needed");
    // Another landlord's draft is not there, another landlord's published listing is not for them.
    world.landlord.post(&publish, &json!({})).await.problem(404, "not_found");
    world.landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.problem(404, "not_found");
    verify(&world.stranger).await;
    world.stranger.post(&publish, &json!({})).await.done(200);
    world.landlord.post(&publish, &json!({})).await.problem(403, "forbidden");
    world.landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.problem(403, "forbidden");
    for path in ["/api/v2/listings/999999", "/api/v2/listings/0", "/api/v2/listings/x"] {
        world.landlord.post(&format!("{path}/publish"), &json!({})).await.problem(404, "not_found");
        world.landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn every_field_at_fault_is_told_at_once() {
    let world = World::new().await;
    let wrong = json!({
        "title": "<b>", "area_id": 17, "address": 5, "description": "<script>", "price": 0, "deposit": -1,
        "room_count": 0, "acreage": 1.5, "unit": "", "capacity": 1001, "beds": " ", "min_days": 3, "max_days": 2,
        "facilities": [1, 24], "surprise": null,
    });
    let expected = [
        ("/title", "format"),
        ("/area_id", "not_found"),
        ("/address", "type"),
        ("/description", "format"),
        ("/price", "range"),
        ("/deposit", "range"),
        ("/room_count", "range"),
        ("/acreage", "type"),
        ("/unit", "range"),
        ("/capacity", "range"),
        ("/beds", "range"),
        ("/max_days", "range"),
        ("/facilities", "not_found"),
        ("/surprise", "unknown"),
    ];
    let refused = world.landlord.post("/api/v2/listings", &wrong).await.problem(422, "invalid_fields").faults();
    let expected: BTreeSet<_> = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).into();
    assert_eq!((refused.len(), refused.into_iter().collect()), (expected.len(), expected));
    for (field, value, code) in [
        ("price", json!(10_000_000_001_i64), "range"),
        ("deposit", json!(10_000_000_001_i64), "range"),
        ("facilities", json!([0]), "range"),
        ("facilities", json!(["1"]), "type"),
        ("facilities", json!(1), "type"),
        ("area_id", json!(0), "range"),
        ("min_days", json!(181), "range"),
        ("description", json!("x".repeat(2001)), "range"),
        ("description", Value::Null, "type"),
    ] {
        let wrong = with(&with(&new_listing(), &json!({"max_days": 0})), &json!({field: value}));
        let faults = world.landlord.post("/api/v2/listings", &wrong).await.problem(422, "invalid_fields").faults();
        assert_eq!(faults, [(format!("/{field}"), code.to_owned())], "{value}");
    }
    let none = world.landlord.get("/api/v2/me/listings").await.done(200);
    assert_eq!(ids(&none), [world.house]);
}

#[tokio::test]
async fn a_picture_is_one_readable_file_within_the_limits() {
    let server = TestServer::start_with(|state| {
        state.app.policy.quotas.pictures_per_house = 30;
        state.http.upload_limit = 100_000;
    })
    .await;
    let world = World::on(server).await;
    let path = format!("/api/v2/listings/{}/pictures", draft(&world.landlord).await);
    let upload = async |form: Form| world.landlord.upload(&path, form).await;
    upload(form("picture", b"no picture".to_vec())).await.problem(422, "picture_unreadable");
    upload(form("picture", vec![0; 100_001])).await.problem(413, "too_large");
    let faults = upload(form("image", png(1))).await.problem(422, "invalid_fields").faults();
    assert_eq!(faults, [("/picture".to_owned(), "required".to_owned())]);
    world.landlord.post(&path, &json!({})).await.problem(415, "unsupported_media_type");
    for shade in 1..=30 {
        upload(form("picture", png(shade))).await.done(201);
    }
    upload(form("picture", png(31))).await.problem(409, "limit_reached");
    // One that is there already takes no further place.
    upload(form("picture", png(30))).await.done(201);
}

#[tokio::test]
async fn own_listings_come_page_by_page_and_a_key_makes_one() {
    let world = World::new().await;
    let made = [draft(&world.landlord).await, draft(&world.landlord).await];
    let key = async |key: &str, listing: &Value| {
        let request = world.landlord.request(Method::POST, "/api/v2/listings").header("idempotency-key", key);
        world.landlord.send(request.json(listing)).await
    };
    let first = key("k1", &new_listing()).await;
    let again = key("k1", &new_listing()).await;
    assert_eq!((&first.bytes, first.version()), (&again.bytes, again.version()));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.headers["location"], first.headers["location"]);
    let other = with(&new_listing(), &json!({"price": 1}));
    key("k1", &other).await.problem(422, "idempotency_key_reused");
    let last = first.json["id"].as_i64().unwrap();
    let mut walked = Vec::new();
    let mut path = "/api/v2/me/listings?limit=3".to_owned();
    loop {
        let page = world.landlord.get(&path).await.done(200);
        walked.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        // What is made meanwhile moves nothing.
        draft(&world.landlord).await;
        path = format!("/api/v2/me/listings?limit=3&after={next}");
    }
    assert_eq!(walked, [last, made[1], made[0], world.house]);
    let states = world.landlord.get("/api/v2/me/listings?limit=100").await.done(200);
    let states: BTreeSet<_> =
        states["items"].as_array().unwrap().iter().map(|item| item["state"].to_string()).collect();
    assert_eq!(states, ["\"draft\"".to_owned(), "\"published\"".to_owned()].into());
    assert_eq!(ids(&world.guest.get("/api/v2/me/listings").await.done(200)), Vec::<i64>::new());
    for (query, pointer, code) in
        [("after=AAAA", "/after", "mismatch"), ("limit=0", "/limit", "range"), ("p=1", "/p", "unknown")]
    {
        let faults =
            world.landlord.get(&format!("/api/v2/me/listings?{query}")).await.problem(422, "invalid_fields").faults();
        assert_eq!(faults, [(pointer.to_owned(), code.to_owned())]);
    }
    let export = world.landlord.get("/api/v2/me/export").await.done(200);
    assert_eq!(
        export["listings"].as_array().unwrap().len(),
        ids(&world.landlord.get("/api/v2/me/listings?limit=100").await.done(200)).len()
    );
}

#[tokio::test]
async fn a_token_with_the_scope_reads_its_owners_draft() {
    let world = World::new().await;
    let path = format!("/api/v2/listings/{}", draft(&world.landlord).await);
    let token = async |owner: &Client, scope: &str| {
        let token = owner.post("/api/v2/me/tokens", &json!({"name": "test", "scopes": [scope]})).await.done(201);
        token["token"].as_str().unwrap().to_owned()
    };
    let program = Client::new(&world.server);
    let read = async |token: &str| program.send(program.request(Method::GET, &path).bearer_auth(token)).await;
    assert_eq!(read(&token(&world.landlord, "listings:read").await).await.done(200)["state"], "draft");
    read(&token(&world.landlord, "listings:write").await).await.problem(403, "scope_missing");
    read(&token(&world.guest, "listings:read").await).await.problem(404, "not_found");
    read("minsu_nonsense").await.problem(401, "token_invalid");
}
