//! The feed of events: what every dialect did, in one order, once, to the parties alone.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::{
    Client, World,
    world::{day, house_form},
};

/// A page behind a place.
async fn page(client: &Client, query: &str) -> (Vec<Value>, String) {
    let page = client.get(&format!("/api/v2/events?{query}")).await.done(200);
    (page["items"].as_array().unwrap().clone(), page["next"].as_str().unwrap().to_owned())
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_party_follows_what_every_dialect_does() {
    let world = World::new().await;
    let (guest, landlord) = (&world.guest, &world.landlord);
    let (before, from) = page(landlord, "limit=100").await;
    assert!(kinds(&before).contains(&"listing.published"), "{before:?}");

    let order = world.accepted_order().await;
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
    let rejected = world.order().await;
    let no = json!({"action": "reject", "reason": "装修"});
    landlord.put(&format!("/api/v1.0/orders/{rejected}/status"), &no).await.ok();

    let (events, next) = page(landlord, &format!("after={from}&limit=100")).await;
    let expected = ["order.placed", "order.accepted", "order.commented", "order.placed", "order.rejected"];
    assert_eq!(kinds(&events), expected);
    let first = json!({"listing_id": world.house, "order_id": order, "state": "wait_accept"});
    assert_eq!((&events[0]["data"], &events[4]["data"]["state"]), (&first, &json!("rejected")));
    // The guest has the same events, of orders alone; a stranger has none; nothing is told twice.
    let (of_guest, _) = page(guest, &format!("after={from}")).await;
    assert_eq!(of_guest, events);
    assert_eq!(page(&world.stranger, &format!("after={from}")).await, (vec![], next.clone()));
    assert_eq!(page(landlord, &format!("after={next}")).await, (vec![], next));
    // Page by page, by kind, and behind the id of an event.
    let (one, next) = page(landlord, &format!("after={from}&limit=1")).await;
    assert_eq!((&one[0], &*next), (&events[0], events[0]["id"].as_str().unwrap()));
    assert_eq!(page(landlord, &format!("after={next}&limit=100")).await.0, &events[1..]);
    let (accepted, _) = page(landlord, &format!("after={from}&types=order.accepted,listing.published")).await;
    assert_eq!(accepted, &events[1..2]);
}

#[tokio::test]
async fn what_is_no_place_in_the_feed_is_refused() {
    let world = World::new().await;
    for query in ["after=42", "after=evt_x", "after=evt_999999", "types=account.renamed", "types=", "limit=0", "odd=1"]
    {
        world.guest.get(&format!("/api/v2/events?{query}")).await.problem(422, "invalid_fields");
    }
}

/// Guests book at once while the landlord follows: each order is told once.
#[tokio::test]
async fn a_follower_misses_no_booking() {
    let world = World::new().await;
    let (landlord, guest) = (&world.landlord, &world.guest);
    let mut form = house_form();
    form["title"] = json!("后海小院");
    let house = landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].clone();
    let (_, mut after) = page(landlord, "limit=100").await;
    let bookings = join_all((1..=24).map(async |ahead| {
        let body = json!({"house_id": house, "start_date": day(ahead), "end_date": day(ahead)});
        guest.post("/api/v1.0/orders", &body).await.ok()["data"]["order_id"].as_i64().unwrap()
    }));
    let following = async {
        let mut told = Vec::new();
        for _ in 0..500 {
            let (events, next) = page(landlord, &format!("after={after}&types=order.placed&limit=5")).await;
            after = next;
            told.extend(events.iter().map(|event| event["data"]["order_id"].as_i64().unwrap()));
            if told.len() >= 24 {
                break;
            }
        }
        told
    };
    let (mut placed, mut told) = join(bookings, following).await;
    placed.sort_unstable();
    told.sort_unstable();
    assert_eq!(placed, told);
}
