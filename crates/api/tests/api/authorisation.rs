//! Every call on a resource, made by a user who does not own it. The calls come from the tables, and those from
//! the routes: a new call cannot be forgotten here.

use reqwest::{Method, RequestBuilder};

use crate::{
    support::{Answer, Client, World},
    tables::{self, Row, Who},
};

/// Calls that may be made on a resource of another user: orders are placed for houses of others.
const FOR_STRANGERS: &[&str] = &["POST /orders", "POST /order", "POST /order/list2"];

/// Calls that need no login. A further public call has to be added here.
const PUBLIC: &[&str] = &[
    "GET /areas",
    "GET /facilities",
    "GET /facilitys",
    "GET /house/area",
    "GET /house/index",
    "GET /house/info",
    "GET /house/list",
    "GET /house/list2",
    "GET /houses",
    "GET /houses/index",
    "GET /houses/{id}",
    "GET /image_codes/{id}",
    "GET /imagecode",
    "GET /imagecode/{id}",
    "GET /imagecode/{id}/audio",
    "GET /piccode",
    "GET /sms_codes/{mobile}",
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

/// The request of a row on resources of the landlord and the guest, made by another client.
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

/// Violations of the access rule of a call on resources of the landlord and the guest: other users are refused,
/// and so is the other party unless the row allows both.
async fn wrongs(world: &World, prefix: &str, row: &Row) -> Vec<String> {
    let (owner, other_side) = match row.who {
        Who::Landlord => (&world.landlord, &world.guest),
        Who::Guest | Who::Party | Who::Newcomer | Who::Anyone => (&world.guest, &world.landlord),
    };
    let mut wrongs = Vec::new();
    let refused = |answer: &Answer| ["4105", "4002"].contains(&answer.code().as_str());
    let answer = by(world, owner, &world.stranger, prefix, row).await;
    if !refused(&answer) {
        wrongs.push(format!("{prefix} {} for a stranger: {}", label(row), answer.json));
    }
    let both = row.who == Who::Party;
    let answer = by(world, owner, other_side, prefix, row).await;
    if both != (answer.code() == "0") || !both && !refused(&answer) {
        wrongs.push(format!("{prefix} {} for the other side: {}", label(row), answer.json));
    }
    if both {
        let answer = by(world, owner, owner, prefix, row).await;
        if answer.code() != "0" {
            wrongs.push(format!("{prefix} {} for the guest: {}", label(row), answer.json));
        }
    }
    wrongs
}

/// A row with a wrong access rule is found, also where it allows both parties.
#[tokio::test]
async fn a_row_with_the_wrong_people_is_found() {
    let world = World::new().await;
    let row = |route: &str, who: Who| {
        let mut rows = tables::all().into_iter();
        let (prefix, row) = rows.find(|(_, row)| row.route == route && row.method != Method::GET).unwrap();
        (prefix, Row { who, ..row })
    };
    for (route, who, expected) in [
        // The landlord's alone: the guest is refused.
        ("/orders/{id}/status", Who::Party, 1),
        ("/orders/{id}/status", Who::Landlord, 0),
        // The guest's alone: the landlord is refused.
        ("/orders/{id}/comment", Who::Party, 1),
        ("/orders/{id}/comment", Who::Guest, 0),
        // A stranger may order as well as the guest.
        ("/orders", Who::Guest, 1),
    ] {
        let (prefix, row) = row(route, who);
        let wrongs = wrongs(&world, prefix, &row).await;
        assert_eq!(wrongs.len(), expected, "{route}: {wrongs:?}");
    }
}

#[tokio::test]
async fn a_stranger_changes_nothing_of_others() {
    let world = World::new().await;
    let mut tried = 0;
    for (prefix, row) in tables::all().iter().filter(|(_, row)| row.who != Who::Anyone && names_a_thing(row)) {
        if FOR_STRANGERS.contains(&label(row).as_str()) {
            continue;
        }
        assert_eq!(wrongs(&world, prefix, row).await, Vec::<String>::new());
        tried += 1;
    }
    assert!(tried >= 8, "only {tried} calls");
    // The resources are unchanged.
    world.guest.get("/api/v1.0/user").await.ok();
    let house = world.anonymous.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(house["data"]["house"]["img_urls"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn no_answer_to_others_has_personal_data() {
    let world = World::new().await;
    world.accepted_order().await;
    // The landlord's real name and number, and both mobiles, whole.
    let private = ["李雷", "11010519491231002X", "13800000001", "13800000002"];
    for (prefix, row) in tables::all().iter().filter(|(_, row)| row.method == Method::GET) {
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
            let anonymous = Client::new(&world.server);
            let answer = by(&world, &world.guest, &anonymous, prefix, &row).await;
            assert_eq!(answer.code(), row.without_login, "{prefix} {}", label(&row));
        }
    }
}
