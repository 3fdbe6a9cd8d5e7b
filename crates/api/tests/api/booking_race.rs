//! Two hundred simultaneous orders.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Client, World, world::day};

/// 200 simultaneous orders of 20 guests for stays of one to five days within twelve: no two accepted orders
/// share a day, all others are refused because the days are taken, and no call fails.
#[tokio::test]
async fn exactly_one_wins_each_day() {
    let world = World::new().await;
    let mut guests = Vec::new();
    for i in 0..20 {
        let guest = Client::new(&world.server);
        guest.register(&format!("137{i:08}")).await;
        guests.push(guest);
    }
    // A fixed sequence (a linear congruential generator), so that a failure can be repeated.
    let mut state: u64 = 20_261_121;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let stays: Vec<_> = (0..200).map(|_| (draw(12), draw(5))).map(|(start, length)| (start, start + length)).collect();
    let answers = join_all(stays.iter().enumerate().map(|(i, (start, end))| {
        let guest = guests[i % guests.len()].clone();
        let body = json!({"house_id": world.house, "start_date": day(*start), "end_date": day(*end)});
        async move { guest.post("/api/v1.0/orders", &body).await }
    }))
    .await;

    let mut holders: BTreeMap<u64, usize> = BTreeMap::new();
    let mut won = 0;
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.json);
        match answer.code().as_str() {
            "0" => {
                won += 1;
                for day in stays[i].0..=stays[i].1 {
                    assert_eq!(holders.insert(day, i), None, "day {day} was sold twice");
                }
            }
            "4004" => {}
            other => panic!("{other}: {}", answer.json),
        }
    }
    // A refused order must have a day that an accepted order holds now.
    for (i, answer) in answers.iter().enumerate() {
        if answer.code() == "4004" {
            let blocked = (stays[i].0..=stays[i].1).any(|day| holders.contains_key(&day));
            assert!(blocked, "order {i} was refused although all its days are free");
        }
    }
    let listed = world.landlord.get("/api/v1.0/user/orders?role=landlord").await.ok();
    assert_eq!(listed["data"]["orders"].as_array().unwrap().len(), won);
    assert!(won > 0);
}
