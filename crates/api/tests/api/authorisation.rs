//! Every call, made by somebody whose thing it is not. The calls come from the tables, and those
//! from the routes: a new call cannot be forgotten here.

use reqwest::RequestBuilder;

use crate::{
    support::{Answer, Client, World},
    tables::{self, Row, Who},
};

/// Calls that take a thing of somebody else and may: ordering another's house is what it is for.
const FOR_STRANGERS: &[&str] = &["POST /orders", "POST /order", "POST /order/list2"];

/// Calls that need no login. Whoever makes another call public writes it down here.
const PUBLIC: &[&str] = &[
    "GET /areas",
    "GET /house/area",
    "GET /house/index",
    "GET /house/info",
    "GET /house/list",
    "GET /house/list2",
    "GET /houses",
    "GET /houses/index",
    "GET /houses/{id}",
    "GET /imagecode",
    "GET /imagecode/{id}",
    "GET /imagecode/{id}/audio",
    "GET /piccode",
    "GET /smscode/{spec:.*}",
    "POST /house/list",
    "POST /house/list2",
    "POST /login",
    "POST /register",
    "POST /sessions",
    "POST /smscode",
    "POST /user/password/reset",
    "POST /users",
];

fn label(row: &Row) -> String {
    format!("{} {}", row.method, row.route)
}

/// The request of a row about things of the landlord and the guest, but made by another client.
async fn by(world: &World, owner: &Client, other: &Client, prefix: &str, row: &Row) -> Answer {
    let request = tables::request(world, owner, prefix, row).await.build().unwrap();
    other.send(RequestBuilder::from_parts(other.http(), request)).await
}

fn names_a_thing(row: &Row) -> bool {
    let body = match &row.sends {
        tables::Sends::Nothing => String::new(),
        tables::Sends::Json(body) => body.to_string(),
        tables::Sends::Picture(_, fields) => format!("{fields:?}"),
    };
    let text = format!("{}{body}", row.path);
    ["{house}", "{order}", "{accepted}", "{session}"].iter().any(|thing| text.contains(thing))
}

#[tokio::test]
async fn a_stranger_changes_nothing_of_others() {
    let world = World::new().await;
    let mut tried = 0;
    for (prefix, row) in tables::all().iter().filter(|(_, row)| row.who != Who::Anyone && names_a_thing(row)) {
        if FOR_STRANGERS.contains(&label(row).as_str()) {
            continue;
        }
        let owner = if row.who == Who::Landlord { &world.landlord } else { &world.guest };
        let answer = by(&world, owner, &world.stranger, prefix, row).await;
        assert!(["4105", "4002"].contains(&answer.code().as_str()), "{prefix} {}: {}", label(row), answer.json);
        // Nor the other side of the same thing.
        let other_side = if row.who == Who::Landlord { &world.guest } else { &world.landlord };
        let answer = by(&world, owner, other_side, prefix, row).await;
        assert!(["4105", "4002"].contains(&answer.code().as_str()), "{prefix} {}: {}", label(row), answer.json);
        tried += 1;
    }
    assert!(tried >= 8, "only {tried} calls");
    // What was tried on is as it was.
    world.guest.get("/api/v1.0/user").await.ok();
    let house = world.anonymous.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(house["data"]["house"]["img_urls"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_reads_what_is_private_to_others() {
    let world = World::new().await;
    world.accepted_order().await;
    // The landlord's real name and number, and both mobiles, whole.
    let private = ["李雷", "11010519491231002X", "13800000001", "13800000002"];
    for (prefix, row) in tables::all().iter().filter(|(_, row)| row.method == reqwest::Method::GET) {
        for reader in [&world.stranger, &world.anonymous] {
            let answer = by(&world, reader, reader, prefix, row).await;
            let text = String::from_utf8_lossy(&answer.bytes);
            for word in private {
                assert!(!text.contains(word), "{prefix} {} tells {word}", label(row));
            }
        }
    }
}

#[tokio::test]
async fn without_a_login_only_the_public_calls_answer() {
    let world = World::new().await;
    for (prefix, row) in tables::all() {
        let public = PUBLIC.contains(&label(&row).as_str());
        assert_eq!(row.who == Who::Anyone, public, "{prefix} {} is on the wrong list", label(&row));
        if !public {
            let nobody = Client::new(&world.server);
            let answer = by(&world, &world.guest, &nobody, prefix, &row).await;
            assert_eq!(answer.code(), row.without_login, "{prefix} {}", label(&row));
        }
    }
}
