//! Every house that a search shows can be booked, a stay that is over does not count as waiting, and the wait
//! that a refusal tells is right.

use std::{sync::Arc, time::UNIX_EPOCH};

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use minsu_domain::StayRule;
use minsu_fakes::SetClock;
use minsu_web::state::State;
use serde_json::{Value, json};

use crate::support::{
    TestServer, World,
    world::{day, house_form, order},
};

const NONE: [i64; 0] = [];

/// A world whose clock a test puts forward.
async fn world(change: impl FnOnce(&mut State)) -> (World, SetClock) {
    let clock = SetClock::at(i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap());
    let server = TestServer::start_with(|state| {
        state.app.clock = Arc::new(clock.clone());
        change(state);
    })
    .await;
    (World::on(server).await, clock)
}

/// Publishes a house with these limits.
async fn bounded(world: &World, min_days: u32, max_days: u32) -> i64 {
    let mut form = house_form();
    (form["min_days"], form["max_days"]) = (json!(min_days.to_string()), json!(max_days.to_string()));
    world.landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap()
}

fn ids(houses: &Value) -> Vec<i64> {
    let mut ids: Vec<_> = houses.as_array().unwrap().iter().map(|house| house["house_id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// The ids that every dialect shows; they say the same, and count what they show.
async fn shown(world: &World, query: &str) -> Vec<i64> {
    let v1 = world.anonymous.get(&format!("/api/v1.0/houses?{query}")).await.ok();
    let found = ids(&v1["data"]["houses"]);
    assert_eq!(v1["data"]["total_page"], found.len().min(1), "{query}");
    for list in ["/api/house/list", "/api/house/list2"] {
        let classic = world.anonymous.get(&format!("{list}?{query}")).await.ok();
        assert_eq!(ids(&classic["houses"]), found, "{list} {query}");
        assert_eq!(classic["data"], classic["houses"]);
        assert_eq!((&classic["total"], &classic["total_page"]), (&json!(found.len()), &json!(found.len().min(1))));
    }
    found
}

/// The houses in which the guest can book the stay; each order is rejected again.
async fn booked(world: &World, houses: &[i64], start: &str, end: &str) -> Vec<i64> {
    let mut booked = Vec::new();
    for house in houses {
        let answer = order(&world.guest, *house, start, end).await;
        if answer.code() == "0" {
            let id = answer.json["data"]["order_id"].as_i64().unwrap();
            let reject = json!({"action": "reject", "reason": "测试"});
            world.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &reject).await.ok();
            booked.push(*house);
        }
    }
    booked
}

async fn search_and_booking_agree(rule: StayRule) {
    let (world, _) = world(|state| {
        let booking = &mut state.app.policy.booking;
        (booking.rule, booking.max_stay_days, booking.horizon_days) = (rule, 9, 30);
    })
    .await;
    let mut houses = vec![world.house];
    for (min, max) in [(7, 0), (1, 2), (3, 4), (9, 0)] {
        houses.push(bounded(&world, min, max).await);
    }
    // Nights need a day more between their ends.
    let end = |last: u64| day(if rule == StayRule::Nights { last + 1 } else { last });
    order(&world.guest, houses[2], &day(12), &end(12)).await.ok();
    for (first, days) in
        [(0, 1), (10, 2), (10, 3), (11, 2), (13, 2), (10, 4), (10, 7), (3, 9), (3, 10), (22, 9), (24, 9)]
    {
        let (start, end) = (day(first), end(first + days - 1));
        let found = shown(&world, &format!("sd={start}&ed={end}")).await;
        assert_eq!(found, booked(&world, &houses, &start, &end).await, "{days} days from {first}");
    }
    // One date alone asks for the shortest stay of each house.
    let shortest = [1, 7, 1, 3, 9];
    for date in [0, 2, 5, 8, 11, 12, 13, 22, 24, 29] {
        let (mut from, mut until) = (Vec::new(), Vec::new());
        for (house, days) in houses.iter().zip(shortest) {
            from.extend(booked(&world, &[*house], &day(date), &end(date + days - 1)).await);
            if let Some(first) = (date + 1).checked_sub(days) {
                until.extend(booked(&world, &[*house], &day(first), &end(date)).await);
            }
        }
        assert_eq!(shown(&world, &format!("sd={}", day(date))).await, from, "from {date}");
        assert_eq!(shown(&world, &format!("ed={}", end(date))).await, until, "until {date}");
    }
}

#[tokio::test]
async fn a_dated_search_shows_what_can_be_booked_in_every_dialect() {
    search_and_booking_agree(StayRule::Days).await;
}

#[tokio::test]
async fn a_dated_search_shows_the_nights_that_can_be_booked() {
    search_and_booking_agree(StayRule::Nights).await;
}

#[tokio::test]
async fn days_that_cannot_be_booked_have_an_empty_list() {
    let (world, _) = world(|_| {}).await;
    let (far, past) = (day(1900), "2020-01-01");
    for query in [
        format!("sd={past}&ed=2020-01-02"),
        format!("sd={past}&ed={}", day(1)),
        format!("sd={past}"),
        format!("ed={past}"),
        format!("sd={far}&ed={far}"),
        format!("sd={far}"),
        format!("ed={far}"),
        format!("sd={}&ed={}", day(1), day(181)),
        "sd=0001-01-01".to_owned(),
        "ed=9999-12-31".to_owned(),
    ] {
        assert_eq!(shown(&world, &query).await, NONE, "{query}");
        assert_eq!(shown(&world, &format!("{query}&aid=2&sk=price-inc&p=3")).await, NONE, "{query}");
    }
    assert_eq!(shown(&world, &format!("sd={}&ed={}", day(1), day(180))).await, [world.house]);
}

/// Also for a page that was asked for so often that it is answered out of memory.
#[tokio::test]
async fn yesterday_cannot_be_booked_today() {
    let (world, clock) = world(|_| {}).await;
    let queries = [format!("sd={0}&ed={0}", day(0)), format!("sd={}", day(0)), format!("ed={}", day(0))];
    for _ in 0..3 {
        for query in &queries {
            assert_eq!(shown(&world, query).await, [world.house], "{query}");
        }
    }
    clock.forward(TimeDelta::days(1));
    for _ in 0..3 {
        for query in &queries {
            assert_eq!(shown(&world, query).await, NONE, "{query}");
        }
    }
}

#[tokio::test]
async fn a_house_that_cannot_be_booked_is_not_published() {
    let (world, _) = world(|_| {}).await;
    for (min, code) in [(180, "0"), (181, "4103"), (3650, "4103")] {
        let mut form = house_form();
        form["min_days"] = json!(min.to_string());
        for call in ["/api/v1.0/houses", "/api/house/info"] {
            assert_eq!(world.landlord.post(call, &form).await.code(), code, "{min} at {call}");
        }
    }
}

#[tokio::test]
async fn one_chinese_character_is_a_search() {
    let world = World::new().await;
    let mut form = house_form();
    form["title"] = json!("国贸公寓 Loft");
    let other = world.landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap();
    for (word, expected) in [
        ("院", vec![world.house]),
        ("贸", vec![other]),
        ("羊", vec![world.house, other]),
        ("海 院", vec![world.house]),
        ("院 贸", vec![]),
        ("楼", vec![]),
    ] {
        let found = world.anonymous.get(&format!("/api/v1.0/houses?q={word}")).await.ok();
        assert_eq!(ids(&found["data"]["houses"]), expected, "{word}");
    }
    world.anonymous.get("/api/v1.0/houses?q=a").await.refused("4103");
}

#[tokio::test]
async fn what_is_over_waits_no_longer_and_the_wait_that_is_told_is_true() {
    let (world, clock) = world(|state| {
        state.app.policy.limits.waiting_orders_per_guest = 2;
        state.app.policy.booking.answer_hours = 720;
    })
    .await;
    order(&world.guest, world.house, &day(1), &day(1)).await.ok();
    order(&world.guest, world.house, &day(3), &day(4)).await.ok();
    let refused = order(&world.guest, world.house, &day(20), &day(20)).await.refused("4201");
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    // Until the stay of tomorrow begins, at two o'clock in the afternoon.
    assert!(13 * 3600 < wait && wait <= 38 * 3600, "{wait}");
    clock.forward(TimeDelta::seconds(wait - 60));
    order(&world.guest, world.house, &day(20), &day(20)).await.refused("4201");
    clock.forward(TimeDelta::seconds(60));
    order(&world.guest, world.house, &day(20), &day(20)).await.ok();
    order(&world.guest, world.house, &day(22), &day(22)).await.refused("4201");
}

/// The notice of a house counts from the day of the search: a list, a count and a calendar of the day before are no
/// answer any more.
#[tokio::test]
async fn lists_and_calendars_of_yesterday_are_not_shown_today() {
    let (world, clock) = world(|_| {}).await;
    let path = format!("/api/v2/listings/{}/rules", world.house);
    let version = world.landlord.get(&path).await.version();
    let rules = world.landlord.request(reqwest::Method::PUT, &path).header("if-match", version);
    world.landlord.send(rules.json(&json!({"notice_days": 3}))).await.done(200);
    let arrival = day(3);
    let month = NaiveDate::parse_from_str(&arrival, "%Y-%m-%d").unwrap();
    let last = month.with_day(1).unwrap() + chrono::Months::new(1) - chrono::Days::new(1);
    let calendar = format!("/api/v2/listings/{}/calendar?from={}&to={last}", world.house, month.with_day(1).unwrap());
    let can_arrive = async || {
        let days = world.anonymous.get(&calendar).await.done(200)["items"].clone();
        let of = |day: &&Value| day["date"] == arrival.as_str();
        days.as_array().unwrap().iter().find(of).unwrap()["arrival"].as_bool().unwrap()
    };
    for (wait, found) in [(0, true), (1, false)] {
        clock.forward(TimeDelta::days(wait));
        let query = format!("sd={arrival}&ed={arrival}");
        assert_eq!(shown(&world, &query).await.contains(&world.house), found, "after {wait} days");
        assert_eq!(can_arrive().await, found, "after {wait} days");
        let booked = booked(&world, &[world.house], &arrival, &arrival).await;
        assert_eq!(booked.contains(&world.house), found, "after {wait} days");
        // Cached once more: the booking made the pages of before out of date.
        assert_eq!(shown(&world, &query).await.contains(&world.house), found, "after {wait} days");
        assert_eq!(can_arrive().await, found, "after {wait} days");
    }
}

#[tokio::test]
async fn a_stay_that_is_over_is_rejected_at_most() {
    let (world, clock) = world(|state| state.app.policy.booking.answer_hours = 720).await;
    let place = async |start, end| {
        order(&world.guest, world.house, &day(start), &day(end)).await.ok()["data"]["order_id"].as_i64().unwrap()
    };
    let (first, second, third) = (place(1, 2).await, place(3, 4).await, place(5, 6).await);
    clock.forward(TimeDelta::days(4));
    let accept = json!({"action": "accept"});
    world.landlord.put(&format!("/api/v1.0/orders/{first}/status"), &accept).await.refused("4004");
    world.landlord.post("/api/order/accept", &json!({"order_id": first})).await.refused("4004");
    world.landlord.post("/api/order/reject", &json!({"order_id": first, "reject_reason": "已过"})).await.ok();
    // It has begun, though it is not over yet.
    world.landlord.put(&format!("/api/v1.0/orders/{second}/status"), &accept).await.refused("4004");
    world.landlord.post("/api/order/accept", &json!({"order_id": third})).await.ok();
}

#[tokio::test]
async fn a_site_can_keep_comments_until_the_stay_begins() {
    for before in [true, false] {
        let (world, clock) = world(|state| state.app.policy.booking.orders.comment_before_stay = before).await;
        let mut orders = Vec::new();
        for start in [2, 3] {
            let answer = order(&world.guest, world.house, &day(start), &day(start)).await.ok();
            let id = answer["data"]["order_id"].as_i64().unwrap();
            world.landlord.post("/api/order/accept", &json!({"order_id": id})).await.ok();
            orders.push(id);
        }
        let comment = json!({"comment": "很好"});
        let early = world.guest.put(&format!("/api/v1.0/orders/{}/comment", orders[0]), &comment).await;
        let classic = json!({"order_id": orders[1], "comment": "很好"});
        let early_classic = world.guest.post("/api/order/comment", &classic).await;
        if before {
            early.ok();
            early_classic.ok();
            continue;
        }
        early.refused("4004");
        early_classic.refused("4004");
        clock.forward(TimeDelta::days(2));
        world.guest.put(&format!("/api/v1.0/orders/{}/comment", orders[0]), &comment).await.ok();
        world.guest.post("/api/order/comment", &classic).await.refused("4004");
    }
}
