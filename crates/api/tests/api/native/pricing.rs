//! Rules, seasons, calendars, quotes, and what orders cost by them.

use chrono::TimeDelta;
use minsu_application::OldPages;
use minsu_fakes::SetClock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, TestServer, World,
    world::{day, order},
};

fn path(world: &World, call: &str) -> String {
    format!("/api/v2/listings/{}/{call}", world.house)
}

/// Puts a body on the version that there is.
async fn put(world: &World, call: &str, body: &Value) -> Answer {
    let path = path(world, call);
    let version = world.landlord.get(&path).await.version();
    let request = world.landlord.request(Method::PUT, &path).header("if-match", version).json(body);
    world.landlord.send(request).await
}

async fn quote(world: &World, start: u64, end: u64, guests: u32) -> Answer {
    let stay = json!({"start": day(start), "end": day(end), "guests": guests});
    world.guest.post(&path(world, "quotes"), &stay).await
}

async fn place(client: &Client, body: &Value) -> Answer {
    let key = uuid::Uuid::new_v4().to_string();
    client.send(client.request(Method::POST, "/api/v2/orders").header("idempotency-key", key).json(body)).await
}

fn stay(world: &World, start: u64, end: u64, more: &Value) -> Value {
    let stay = json!({"listing_id": world.house, "start": day(start), "end": day(end)});
    crate::support::world::with(&stay, more)
}

#[tokio::test]
async fn rules_seasons_and_days_share_the_version_of_the_listing() {
    let world = World::new().await;
    let (rules, seasons, schedule) = (path(&world, "rules"), path(&world, "seasons"), path(&world, "schedule"));
    let first = world.landlord.get(&rules).await.version();
    assert_eq!(world.landlord.get(&seasons).await.version(), first);
    assert_eq!(world.landlord.get(&schedule).await.version(), first);
    world.landlord.put(&rules, &json!({})).await.problem(428, "version_missing");
    let changed = put(&world, "rules", &json!({"cleaning_fee": 5000, "window_days": 90})).await;
    let second = changed.version();
    assert_ne!(second, first);
    let body = changed.done(200);
    assert_eq!(
        (&body["cleaning_fee"], &body["window_days"], &body["guests_included"]),
        (&json!(5000), &json!(90), &json!(1))
    );
    for (path, body) in [(&rules, json!({})), (&seasons, json!({"seasons": []}))] {
        let stale = world.landlord.request(Method::PUT, path).header("if-match", first.as_str()).json(&body);
        world.landlord.send(stale).await.problem(412, "version_stale");
    }
    // Orders do not change it.
    order(&world.guest, world.house, &day(3), &day(4)).await.ok();
    assert_eq!(world.landlord.get(&schedule).await.version(), second);
    let season = json!({"seasons": [{"from": day(20), "to": day(25), "price": 3000}]});
    assert_ne!(put(&world, "seasons", &season).await.version(), second);
    assert_eq!(world.landlord.get(&seasons).await.done(200)["seasons"][0]["price"], 3000);
    for other in [&world.guest, &world.stranger] {
        other.get(&rules).await.problem(403, "forbidden");
    }
    world.anonymous.get(&schedule).await.problem(401, "not_logged_in");
}

#[tokio::test]
async fn what_cannot_be_is_told_where_it_stands() {
    let world = World::new().await;
    let faults = async |call, body: Value| put(&world, call, &body).await.problem(422, "invalid_fields").faults();
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let wrong = json!({"preparation_days": 3, "weekday_prices": {"8": 1}, "cancellation": "none", "instant": 1});
    let told = faults("rules", wrong).await;
    for fault in [
        at("/preparation_days", "range"),
        at("/weekday_prices", "range"),
        at("/cancellation", "format"),
        at("/instant", "type"),
    ] {
        assert!(told.contains(&fault), "{fault:?} of {told:?}");
    }
    let twice = json!({"seasons": [
        {"from": day(1), "to": day(5), "price": 1}, {"from": day(5), "to": day(6), "price": 0}, {"from": day(5), "to": day(4)},
    ]});
    assert_eq!(faults("seasons", twice).await, [at("/seasons/1/price", "range"), at("/seasons/2/to", "range")]);
    let shared = json!({"seasons": [{"from": day(1), "to": day(5)}, {"from": day(5), "to": day(6)}]});
    assert_eq!(faults("seasons", shared).await, [at("/seasons/1/from", "range")]);
    let unknown = json!({"seasons": [{"from": "x", "to": day(5), "colour": 1}, 5]});
    let expected = [at("/seasons/0/from", "format"), at("/seasons/0/colour", "unknown"), at("/seasons/1", "type")];
    assert_eq!(faults("seasons", unknown).await, expected);
    let past = json!({"changes": [{"from": "2020-01-01", "to": day(1), "price": -1}]});
    assert_eq!(faults("schedule", past).await, [at("/changes/0/from", "range"), at("/changes/0/price", "range")]);
    assert_eq!(faults("schedule", json!({"changes": []})).await, [at("/changes", "range")]);
    for range in ["from=2026-01-02&to=2026-01-01", "from=2027-01-01&to=2028-02-05"] {
        let calendar = path(&world, &format!("calendar?{range}"));
        let answer = world.anonymous.get(&calendar).await.problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [at("/to", "range")]);
    }
    let whole = path(&world, "calendar?from=2027-01-01&to=2028-02-04");
    assert_eq!(world.anonymous.get(&whole).await.done(200)["items"].as_array().unwrap().len(), 400);
    world.anonymous.get("/api/v2/listings/999999/calendar").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_quote_keeps_its_price_for_its_stay_alone() {
    let world = World::new().await;
    let rules = json!({"cleaning_fee": 5000, "guests_included": 2, "extra_guest_fee": 300});
    put(&world, "rules", &rules).await.done(200);
    let dates = json!({"changes": [{"from": day(6), "to": day(6), "price": 10_000}]});
    put(&world, "schedule", &dates).await.done(200);
    let quoted = quote(&world, 5, 7, 3).await.done(200);
    assert_eq!((&quoted["total"], &quoted["days"]), (&json!(1999 + 10_000 + 1999 + 5000 + 900), &json!(3)));
    let sum: i64 = quoted["lines"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).sum();
    assert_eq!((json!(sum), &quoted["deposit"]), (quoted["total"].clone(), &json!(50_000)));
    // Dearer by now; the token keeps the price, and the order copies the lines.
    put(&world, "rules", &json!({"cleaning_fee": 9000})).await.done(200);
    let token = &quoted["token"];
    for (other, more) in [
        (stay(&world, 5, 8, &json!({"guests": 3, "quote_token": token})), "/quote_token"),
        (stay(&world, 5, 7, &json!({"guests": 2, "quote_token": token})), "/quote_token"),
    ] {
        let answer = place(&world.guest, &other).await.problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [(more.to_owned(), "mismatch".to_owned())]);
    }
    let bad = stay(&world, 5, 7, &json!({"guests": 3, "quote_token": "AAAA"}));
    place(&world.guest, &bad).await.problem(410, "expired");
    let told = stay(&world, 5, 7, &json!({"guests": 3, "total": quoted["total"]}));
    let changed = place(&world.guest, &told).await.problem(409, "price_changed");
    assert_eq!(changed.json["quote"]["total"], 1999 + 10_000 + 1999 + 9000);
    assert!(changed.json["quote"]["token"].is_string());
    let kept = stay(&world, 5, 7, &json!({"guests": 3, "quote_token": token, "total": quoted["total"]}));
    let placed = place(&world.guest, &kept).await.done(201);
    assert_eq!((&placed["total"], &placed["lines"]), (&quoted["total"], &quoted["lines"]));
    // Later rules change nothing of it; the days are taken.
    put(&world, "rules", &json!({})).await.done(200);
    let seen = world.guest.get(&format!("/api/v2/orders/{}", placed["id"])).await.done(200);
    assert_eq!(seen["lines"], quoted["lines"]);
    let listed = world.guest.get("/api/v2/orders").await.done(200);
    assert_eq!(listed["items"][0]["lines"], quoted["lines"]);
    let taken = quote(&world, 7, 9, 1).await.problem(409, "days_taken");
    assert_eq!(taken.json["days"], json!([day(7)]));
    let old = world.guest.get("/api/v1.0/user/orders").await.ok();
    assert_eq!(old["data"]["orders"][0]["amount"], quoted["total"]);
}

#[tokio::test]
async fn a_quote_is_valid_for_a_quarter_of_an_hour() {
    let clock = SetClock::at(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap());
    let server = TestServer::start_with(|state| state.app.clock = std::sync::Arc::new(clock.clone())).await;
    let world = World::on(server).await;
    let first = quote(&world, 5, 7, 1).await.done(200)["token"].clone();
    let second = quote(&world, 8, 9, 1).await.done(200)["token"].clone();
    clock.forward(TimeDelta::seconds(15 * 60 - 1));
    place(&world.guest, &stay(&world, 5, 7, &json!({"quote_token": first}))).await.done(201);
    clock.forward(TimeDelta::seconds(1));
    place(&world.guest, &stay(&world, 8, 9, &json!({"quote_token": second}))).await.problem(410, "expired");
}

#[tokio::test]
async fn the_rule_that_refuses_a_stay_is_told() {
    let world = World::new().await;
    let rules = json!({"notice_days": 2, "window_days": 60});
    put(&world, "rules", &rules).await.done(200);
    let dates = json!({"changes": [
        {"from": day(10), "to": day(10), "min_days": 3, "closed_to_departure": true},
        {"from": day(11), "to": day(11), "closed_to_arrival": true},
    ]});
    put(&world, "schedule", &dates).await.done(200);
    for (start, end, guests, rule) in [
        (1, 3, 1, "notice_days"),
        (61, 62, 1, "window_days"),
        (10, 11, 1, "min_days"),
        (11, 13, 1, "arrival_days"),
        (9, 10, 1, "departure_days"),
        (20, 300, 1, "max_days"),
        (20, 21, 5, "guests"),
    ] {
        let refused = quote(&world, start, end, guests).await.problem(422, "stay_not_allowed");
        assert_eq!(refused.json["rule"], rule, "{start} {end}");
        let order = stay(&world, start, end, &json!({"guests": guests}));
        assert_eq!(place(&world.guest, &order).await.problem(422, "stay_not_allowed").json["rule"], rule);
    }
    // The same for the old dialects.
    order(&world.guest, world.house, &day(1), &day(3)).await.refused("4103");
    quote(&world, 10, 12, 4).await.done(200);
    let own = json!({"start": day(20), "end": day(21)});
    world.landlord.post(&path(&world, "quotes"), &own).await.problem(403, "own_listing");
}

#[tokio::test]
async fn days_are_blocked_and_freed_all_or_none() {
    let world = World::new().await;
    let booked = order(&world.guest, world.house, &day(5), &day(6)).await.ok()["data"]["order_id"].clone();
    let calendar = path(&world, &format!("calendar?from={}&to={}", day(3), day(8)));
    let states = async || {
        let days = world.anonymous.get(&calendar).await.done(200);
        let days = days["items"].as_array().unwrap().clone();
        days.iter().map(|day| day["state"].as_str().unwrap() == "free").collect::<Vec<_>>()
    };
    assert_eq!(states().await, [true, true, false, false, true, true]);
    let block = |from, to, blocked: bool| {
        json!({"changes": [
            {"from": day(3), "to": day(3), "price": 7000}, {"from": day(from), "to": day(to), "blocked": blocked, "note": "油漆"},
        ]})
    };
    let held = put(&world, "schedule", &block(6, 8, true)).await.problem(409, "days_held_by_orders");
    assert_eq!((&held.json["orders"], &held.json["days"]), (&json!([booked]), &json!([day(6)])));
    assert_eq!(world.anonymous.get(&calendar).await.done(200)["items"][0]["price"], 1999);
    put(&world, "schedule", &block(7, 8, true)).await.done(200);
    assert_eq!(states().await, [true, true, false, false, false, false]);
    let own = path(&world, &format!("schedule?from={}&to={}", day(5), day(7)));
    let days = world.landlord.get(&own).await.done(200)["items"].clone();
    assert_eq!((&days[0]["whose"], &days[0]["order_id"]), (&json!("order"), &booked));
    assert_eq!((&days[2]["whose"], &days[2]["note"]), (&json!("block"), &json!("油漆")));
    place(&world.guest, &stay(&world, 8, 8, &json!({}))).await.problem(409, "days_taken");
    put(&world, "schedule", &block(8, 8, false)).await.done(200);
    assert_eq!(states().await, [true, true, false, false, false, true]);
    let back = json!({"changes": [{"from": day(3), "to": day(3), "price": null, "note": null}]});
    let back = put(&world, "schedule", &back).await.done(200);
    assert_eq!((&back["items"][0]["price"], &back["items"][0]["price_source"]), (&json!(1999), &json!("base")));
}

#[tokio::test]
async fn the_cached_months_of_a_calendar_follow_orders_and_rules() {
    let world = World::new().await;
    let first = chrono::NaiveDate::parse_from_str(&day(40), "%Y-%m-%d").unwrap();
    let month = chrono::Datelike::with_day(&first, 1).unwrap();
    let end = month + chrono::Months::new(2) - chrono::Days::new(1);
    let calendar = path(&world, &format!("calendar?from={month}&to={end}"));
    let at = async |date: &str| {
        let days = world.anonymous.get(&calendar).await;
        assert!(days.headers.contains_key("etag"));
        let days = days.done(200)["items"].as_array().unwrap().clone();
        days.into_iter().find(|day| day["date"] == date).unwrap()
    };
    assert_eq!(at(&day(40)).await["state"], "free");
    let placed = place(&world.guest, &stay(&world, 40, 40, &json!({}))).await.done(201);
    assert_eq!(at(&day(40)).await["state"], "closed");
    let reject = format!("/api/v2/orders/{}/reject", placed["id"]);
    world.landlord.post(&reject, &json!({"reason": "装修"})).await.done(200);
    assert_eq!(at(&day(40)).await["state"], "free");
    let season = json!({"seasons": [{"from": day(40), "to": day(40), "price": 4321}]});
    put(&world, "seasons", &season).await.done(200);
    assert_eq!(at(&day(40)).await["price"], 4321);
}

#[tokio::test]
async fn old_pages_cost_what_they_show_unless_the_site_says_otherwise() {
    for (old_pages, total) in [(OldPages::Shown, 2 * 1999), (OldPages::Rules, 2 * 1999 + 5000)] {
        let server = TestServer::start_with(|state| state.app.policy.old_pages = old_pages).await;
        let world = World::on(server).await;
        put(&world, "rules", &json!({"cleaning_fee": 5000})).await.done(200);
        let id = order(&world.guest, world.house, &day(5), &day(6)).await.ok()["data"]["order_id"].clone();
        let order = world.guest.get(&format!("/api/v2/orders/{id}")).await.done(200);
        assert_eq!(order["total"], total);
    }
}

#[tokio::test]
async fn instant_orders_need_no_answer_and_preparation_keeps_days() {
    let world = World::new().await;
    put(&world, "rules", &json!({"instant": true, "preparation_days": 2})).await.done(200);
    let placed = place(&world.guest, &stay(&world, 5, 6, &json!({}))).await.done(201);
    assert_eq!(placed["state"], "wait_comment");
    let own = path(&world, &format!("schedule?from={}&to={}", day(6), day(9)));
    let days = world.landlord.get(&own).await.done(200)["items"].clone();
    let whose: Vec<_> = days.as_array().unwrap().iter().map(|day| day["whose"].as_str().unwrap_or("")).collect();
    assert_eq!(whose, ["order", "preparation", "preparation", ""]);
    quote(&world, 8, 9, 1).await.problem(409, "days_taken");
    // Nor may the preparation of a stay reach the next one.
    let taken = quote(&world, 2, 3, 1).await.problem(409, "days_taken");
    assert_eq!(taken.json["days"], json!([day(5)]));
    quote(&world, 1, 2, 1).await.done(200);
}

#[tokio::test]
async fn a_dated_search_tells_what_the_rules_say_the_stay_costs() {
    let world = World::new().await;
    let found = async |query: &str| {
        let path = format!("/api/v2/listings?start={}&end={}{query}", day(5), day(7));
        world.anonymous.get(&path).await.done(200)["items"].as_array().unwrap().clone()
    };
    assert_eq!(found("").await[0]["quote"]["total"], 3 * 1999);
    let rules = json!({"cleaning_fee": 5000, "guests_included": 1, "extra_guest_fee": 300, "notice_days": 2});
    put(&world, "rules", &rules).await.done(200);
    for (query, guests) in [("", 1), ("&guests=3", 3)] {
        let quoted = quote(&world, 5, 7, guests).await.done(200);
        assert_eq!(found(query).await[0]["quote"]["total"], quoted["total"], "{query}");
    }
    let total = 3 * 1999 + 5000;
    for (query, is_there) in [
        (format!("&price_max={total}&sort=price"), true),
        (format!("&price_min={total}&sort=-price"), true),
        (format!("&price_max={}", total - 1), false),
        (format!("&price_min={}", total + 1), false),
    ] {
        assert_eq!(!found(&query).await.is_empty(), is_there, "{query}");
    }
    // What no guest can book is not found.
    put(&world, "rules", &json!({"notice_days": 9})).await.done(200);
    assert_eq!(found("").await, [] as [Value; 0]);
    let old = format!("/api/v1.0/houses?aid=&sd={}&ed={}&sk=&p=1", day(5), day(7));
    assert_eq!(world.anonymous.get(&old).await.ok()["data"]["total_page"], 0);
}
