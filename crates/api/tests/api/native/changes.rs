//! Listings that change: fields, states, deletion, and what every dialect shows of it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::listings::{draft, ids};
use crate::support::{
    Answer, Client, World,
    picture::{form, png},
    world::{day, with},
};

fn path(id: i64) -> String {
    format!("/api/v2/listings/{id}")
}

async fn version(client: &Client, id: i64) -> String {
    client.get(&path(id)).await.version()
}

async fn delete(client: &Client, id: i64, version: &str) -> Answer {
    client.send(client.request(Method::DELETE, &path(id)).header("if-match", version.to_owned())).await
}

/// Which of the old dialects' answers name this title: list, slides, detail, my houses.
async fn shown(world: &World, id: i64, title: &str) -> [bool; 6] {
    let has = async |client: &Client, path: &str| client.get(path).await.json.to_string().contains(title);
    [
        has(&world.anonymous, "/api/v1.0/houses").await,
        has(&world.anonymous, "/api/v1.0/houses/index").await,
        has(&world.anonymous, &format!("/api/v1.0/houses/{id}")).await,
        has(&world.landlord, "/api/v1.0/user/houses").await,
        has(&world.anonymous, "/api/house/list2").await,
        has(&world.landlord, "/api/house/my").await,
    ]
}

#[tokio::test]
async fn a_published_listing_changes_everywhere_and_its_orders_do_not() {
    let world = World::new().await;
    let (id, landlord) = (world.house, &world.landlord);
    let order = world.order().await;
    let before = world.guest.get(&format!("/api/v2/orders/{order}")).await.done(200);
    // Its landlord gets the version, everybody else the page that all share.
    let first = version(landlord, id).await;
    assert_eq!(first, "\"2\"");
    for other in [&world.anonymous, &world.guest] {
        let page = other.get(&path(id)).await;
        assert!(page.version().len() > 20 && page.headers["cache-control"] == "public, no-cache");
    }
    let change = json!({
        "title": "玉渊潭小院", "area_id": 4, "address": "海淀区 9 号", "description": "新院子", "price": 25_000, "deposit": 1,
        "room_count": 3, "acreage": 61, "unit": "三室", "capacity": 5, "beds": "榻榻米", "min_days": 2, "max_days": 9,
        "facilities": [2, 5, 2],
    });
    let changed = landlord.patch(&path(id), &change, &first).await;
    assert_eq!(changed.version(), "\"3\"");
    let changed = changed.done(200);
    for (field, value) in change.as_object().unwrap() {
        let shown = match field.as_str() {
            "area_id" => &changed["area"]["id"],
            field => &changed[field],
        };
        let expected = if field == "facilities" { &json!([2, 5]) } else { value };
        assert_eq!(shown, expected, "{field}");
    }
    assert_eq!((version(landlord, id).await.as_str(), &changed["version"]), ("\"3\"", &json!(3)));
    for visitor in [&world.anonymous, &world.guest, landlord] {
        assert_eq!(visitor.get(&path(id)).await.done(200), changed);
    }
    assert_eq!(shown(&world, id, "玉渊潭小院").await, [true; 6]);
    assert_eq!(shown(&world, id, "什刹海四合院").await, [false; 6]);
    assert_eq!(ids(&world.anonymous.get("/api/v2/listings?q=玉渊潭").await.done(200)), [id]);
    assert_eq!(ids(&world.anonymous.get("/api/v2/listings?q=什刹海").await.done(200)), Vec::<i64>::new());
    let after = world.guest.get(&format!("/api/v2/orders/{order}")).await.done(200);
    assert_eq!(
        (&after["total"], &after["lines"], &after["days"]),
        (&before["total"], &before["lines"], &before["days"])
    );
    // What is booked from now on costs what the listing says now.
    let (start, end) = (day(100), day(101));
    let booked = json!({"house_id": id, "start_date": start, "end_date": end});
    world.guest.post("/api/v1.0/orders", &booked).await.ok();
    let orders = world.guest.get("/api/v1.0/user/orders").await.ok();
    assert_eq!(orders["data"]["orders"][0]["amount"], 50_000);
}

#[tokio::test]
async fn a_patch_is_of_one_version_and_names_every_fault() {
    let world = World::new().await;
    let landlord = &world.landlord;
    let id = draft(landlord).await;
    let patch = async |body: &Value, seen: &str| landlord.patch(&path(id), body, seen).await;
    let bare = landlord.send(landlord.request(Method::PATCH, &path(id)).json(&json!({"title": "x"}))).await;
    bare.problem(428, "version_missing");
    landlord.send(landlord.request(Method::DELETE, &path(id))).await.problem(428, "version_missing");
    for stale in ["\"2\"", "W/\"1\"", "\"x\"", "\"01\"", "\"+1\"", "\"0\""] {
        patch(&json!({"title": "x"}), stale).await.problem(412, "version_stale");
        delete(landlord, id, stale).await.problem(412, "version_stale");
    }
    // A stale version is told before the fields are looked at.
    patch(&json!({"price": 0}), "\"2\"").await.problem(412, "version_stale");
    let wrong = json!({
        "title": "<b>", "area_id": 17, "address": 5, "description": "<script>", "price": 0, "deposit": -1, "room_count": 0,
        "acreage": 1.5, "unit": "", "capacity": 1001, "beds": " ", "min_days": 3, "max_days": 2, "facilities": [1, 24],
        "surprise": null, "state": "published", "version": 9,
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
        ("/state", "unknown"),
        ("/version", "unknown"),
    ];
    let refused = patch(&wrong, "\"1\"").await.problem(422, "invalid_fields").faults();
    let expected: BTreeSet<_> = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).into();
    assert_eq!((refused.len(), refused.into_iter().collect()), (expected.len(), expected));
    // Valid alone, and at fault together with the fields that stay.
    let faults = patch(&json!({"min_days": 31}), "\"1\"").await.problem(422, "invalid_fields").faults();
    assert_eq!(faults, [("/max_days".to_owned(), "range".to_owned())]);
    // Nothing was changed by all this, and a patch of nothing changes nothing.
    assert_eq!(patch(&json!({}), "\"1\"").await.version(), "\"1\"");
    let merge = landlord.request(Method::PATCH, &path(id)).header("content-type", "application/merge-patch+json");
    let cleared = landlord.send(merge.header("if-match", "\"1\"").body(r#"{"description": "some"}"#)).await;
    assert_eq!(cleared.done(200)["description"], "some");
    let cleared = patch(&json!({"description": null}), "\"2\"").await.done(200);
    assert_eq!((&cleared["description"], &cleared["title"]), (&Value::Null, &json!("鼓楼小院")));
    assert_eq!(patch(&json!({"price": 7}), "*").await.done(200)["price"], 7);
    // Others: a draft is not there, a published listing is not theirs.
    for stranger in [&world.guest, &world.stranger] {
        stranger.patch(&path(id), &json!({"price": 7}), "*").await.problem(404, "not_found");
        delete(stranger, id, "*").await.problem(404, "not_found");
        stranger.patch(&path(world.house), &json!({"price": 7}), "*").await.problem(403, "forbidden");
        delete(stranger, world.house, "*").await.problem(403, "forbidden");
    }
    for nowhere in ["999999", "0", "x"] {
        let path = format!("/api/v2/listings/{nowhere}");
        landlord.patch(&path, &json!({}), "*").await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_token_gets_the_version_of_its_owners_published_listing() {
    let world = World::new().await;
    let token = async |owner: &Client, scopes: &[&str]| {
        let body = json!({"name": "test", "scopes": scopes});
        owner.post("/api/v2/me/tokens", &body).await.done(201)["token"].as_str().unwrap().to_owned()
    };
    let program = Client::new(&world.server);
    let read =
        async |token: &str| program.send(program.request(Method::GET, &path(world.house)).bearer_auth(token)).await;
    let own = token(&world.landlord, &["listings:read", "listings:write"]).await;
    let seen = read(&own).await.version();
    assert_eq!(seen, "\"2\"");
    for other in [token(&world.guest, &["listings:read"]).await, "minsu_nonsense".to_owned()] {
        let page = read(&other).await;
        assert!(page.version().len() > 20, "{}", page.version());
        assert_eq!(page.done(200)["state"], "published");
    }
    let patch = program.request(Method::PATCH, &path(world.house)).bearer_auth(&own).header("if-match", seen);
    assert_eq!(program.send(patch.json(&json!({"price": 5}))).await.done(200)["price"], 5);
}

#[tokio::test]
async fn an_unlisted_listing_is_its_landlords_alone_until_it_is_published_again() {
    let world = World::new().await;
    let (id, landlord) = (world.house, &world.landlord);
    let order = world.order().await;
    assert_eq!(shown(&world, id, "什刹海四合院").await, [true; 6]);
    let unlist = format!("{}/unlist", path(id));
    world.guest.post(&unlist, &json!({})).await.problem(403, "forbidden");
    let unlisted = landlord.post(&unlist, &json!({})).await;
    assert_eq!(unlisted.version(), "\"3\"");
    let unlisted = unlisted.done(200);
    assert_eq!(unlisted["state"], "unlisted");
    assert_eq!(landlord.get(&path(id)).await.done(200), unlisted);
    landlord.post(&unlist, &json!({})).await.problem(409, "wrong_state");
    for other in [&world.anonymous, &world.guest, &world.stranger] {
        other.get(&path(id)).await.problem(404, "not_found");
        other.get(&format!("/api/v1.0/houses/{id}")).await.refused("4002");
    }
    world.guest.post(&unlist, &json!({})).await.problem(404, "not_found");
    assert_eq!(shown(&world, id, "什刹海四合院").await, [false; 6]);
    assert_eq!(ids(&landlord.get("/api/v2/me/listings").await.done(200)), [id]);
    let day = day(90);
    let book = json!({"house_id": id, "start_date": day, "end_date": day});
    world.guest.post("/api/v1.0/orders", &book).await.refused("4002");
    // Its orders go on, and it can be changed meanwhile.
    landlord.put(&format!("/api/v1.0/orders/{order}/status"), &json!({"action": "accept"})).await.ok();
    landlord.patch(&path(id), &json!({"price": 2}), "\"3\"").await.done(200);
    let publish = format!("{}/publish", path(id));
    let published = landlord.post(&publish, &json!({})).await.done(200);
    let created = |listing: &Value| listing["created_at"].clone();
    assert_eq!((&published["state"], &published["version"]), (&json!("published"), &json!(5)));
    assert_eq!(created(&published), created(&unlisted), "publishing again makes no new listing");
    assert_eq!(shown(&world, id, "什刹海四合院").await, [true; 6]);
    world.guest.post("/api/v1.0/orders", &book).await.ok();
}

#[tokio::test]
async fn a_listing_is_deleted_when_no_order_for_it_is_open() {
    let world = World::new().await;
    let (id, landlord) = (world.house, &world.landlord);
    let (first, second) = (world.order().await, world.order().await);
    let url = landlord.get(&path(id)).await.done(200)["pictures"][0]["url"].as_str().unwrap().to_owned();
    let picture = async || world.anonymous.get(&url).await.status.as_u16();
    assert_eq!(picture().await, 200);
    let seen = version(landlord, id).await;
    let refused = delete(landlord, id, &seen).await.problem(409, "open_orders");
    assert_eq!(refused.json["orders"], json!([first, second]));
    assert_eq!(version(landlord, id).await, seen);
    let reject = json!({"action": "reject", "reason": "在装修"});
    landlord.put(&format!("/api/v1.0/orders/{first}/status"), &reject).await.ok();
    let refused = delete(landlord, id, &seen).await.problem(409, "open_orders");
    assert_eq!(refused.json["orders"], json!([second]));
    landlord.put(&format!("/api/v1.0/orders/{second}/status"), &reject).await.ok();
    delete(landlord, id, "\"1\"").await.problem(412, "version_stale");
    delete(landlord, id, &seen).await.done(204);
    for client in [&world.anonymous, &world.guest, landlord] {
        client.get(&path(id)).await.problem(404, "not_found");
    }
    delete(landlord, id, "*").await.problem(404, "not_found");
    landlord.patch(&path(id), &json!({"price": 2}), "*").await.problem(404, "not_found");
    for act in ["publish", "unlist"] {
        landlord.post(&format!("{}/{act}", path(id)), &json!({})).await.problem(404, "not_found");
    }
    assert_eq!(shown(&world, id, "什刹海四合院").await, [false; 6]);
    assert_eq!(ids(&landlord.get("/api/v2/me/listings").await.done(200)), Vec::<i64>::new());
    assert_eq!(picture().await, 404, "the object is freed");
    // The orders stay, with the title and without the picture.
    let order = world.guest.get(&format!("/api/v2/orders/{first}")).await.done(200);
    assert_eq!((&order["listing"]["title"], &order["listing"]["picture"]), (&json!("什刹海四合院"), &Value::Null));
    // A draft goes too.
    let hidden = draft(landlord).await;
    landlord.upload(&format!("{}/pictures", path(hidden)), form("picture", png(2))).await.done(201);
    delete(landlord, hidden, "*").await.done(204);
    landlord.get(&path(hidden)).await.problem(404, "not_found");
}

#[tokio::test]
async fn deleting_makes_no_room_for_one_more_publication_of_the_day() {
    let server = crate::support::TestServer::start_with(|state| state.app.policy.quotas.publications_per_day = 3).await;
    let world = World::on(server).await;
    for _ in 0..2 {
        let id = draft(&world.landlord).await;
        delete(&world.landlord, id, "*").await.done(204);
    }
    let listing = with(&super::listings::new_listing(), &json!({}));
    world.landlord.post("/api/v2/listings", &listing).await.problem(429, "quota_reached");
}
