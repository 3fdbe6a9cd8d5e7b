//! The house search: parameters as pages send them, pages that never overlap.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{
    World,
    world::{house_form, publish},
};

#[tokio::test]
async fn absent_empty_and_undefined_parameters_mean_everything() {
    let world = World::new().await;
    for query in [
        "",
        "?aid=&sd=&ed=&sk=&p=",
        "?aid=undefined&sd=undefined&ed=undefined&sk=undefined&p=undefined",
        "?sk=nonsense",
    ] {
        let found = world.anonymous.get(&format!("/api/v1.0/houses{query}")).await.ok();
        assert_eq!(found["data"]["houses"].as_array().unwrap().len(), 1, "{query}");
    }
}

#[tokio::test]
async fn values_that_cannot_be_are_refused() {
    let world = World::new().await;
    for query in [
        "p=0",
        "p=-1",
        "p=abc",
        "p=1.5",
        "aid=abc",
        "aid=0",
        "aid=-1",
        "aid=9223372036854775808",
        "sd=2026-02-30",
        "sd=tomorrow",
        "ed=2026-1-1",
        "sd=2026-12-02&ed=2026-12-01",
        "aid=1'%20OR%201=1--",
        "aid=%00",
    ] {
        world.anonymous.get(&format!("/api/v1.0/houses?{query}")).await.refused("4103");
        world.anonymous.get(&format!("/api/house/list?{query}")).await.refused("4103");
    }
    let past_the_end = world.anonymous.get("/api/v1.0/houses?p=99999999999999999999").await.ok();
    assert_eq!((&past_the_end["data"]["houses"], &past_the_end["data"]["total_page"]), (&json!([]), &json!(1)));
    let unknown_area = world.anonymous.get("/api/v1.0/houses?aid=99999").await.ok();
    assert_eq!((&unknown_area["data"]["houses"], &unknown_area["data"]["total_page"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn pages_are_complete_and_never_overlap_in_any_order() {
    let world = World::new().await;
    for i in 0..44 {
        let mut form = house_form();
        form["price"] = json!(format!("{}", 100 + i % 3));
        world.landlord.post("/api/v1.0/houses", &form).await.ok();
    }
    let newest = publish(&world.landlord).await;
    for sort in ["new", "booking", "price-inc", "price-des"] {
        let mut seen = BTreeSet::new();
        let mut prices = Vec::new();
        for page in 1..=3 {
            let answer = world.anonymous.get(&format!("/api/v1.0/houses?sk={sort}&p={page}")).await.ok();
            assert_eq!((&answer["data"]["total_page"], &answer["data"]["current_page"]), (&json!(3), &json!(page)));
            for house in answer["data"]["houses"].as_array().unwrap() {
                assert!(seen.insert(house["house_id"].as_i64().unwrap()), "{sort}: twice");
                prices.push(house["price"].as_i64().unwrap());
            }
        }
        assert_eq!(seen.len(), 46, "{sort}");
        match sort {
            "price-inc" => assert!(prices.is_sorted()),
            "price-des" => assert!(prices.is_sorted_by(|a, b| a >= b)),
            _ => {}
        }
    }
    let first = world.anonymous.get("/api/v1.0/houses").await.ok();
    assert_eq!(first["data"]["houses"][0]["house_id"], newest);
}

/// The ids of the houses that a query finds.
async fn found(world: &World, query: &str) -> Vec<i64> {
    let answer = world.anonymous.get(&format!("/api/v1.0/houses?{query}")).await.ok();
    answer["data"]["houses"].as_array().unwrap().iter().map(|house| house["house_id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn filters_narrow_in_v1_and_are_not_read_elsewhere() {
    let world = World::new().await;
    let mut form = house_form();
    form["title"] = json!("国贸公寓 Loft");
    form["price"] = json!("300");
    form["capacity"] = json!("9");
    form["room_count"] = json!("5");
    form["facility"] = json!(["1", "2"]);
    let other = world.landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap();
    let first = world.house;
    for (query, expected) in [
        ("min_price=1999&max_price=30000", vec![other, first]),
        ("min_price=2000", vec![other]),
        ("max_price=29999", vec![first]),
        ("capacity=5", vec![other]),
        ("room_count=2", vec![other, first]),
        ("room_count=6", vec![]),
        ("facility=1", vec![other, first]),
        ("facility=1,2", vec![other]),
        ("facility=1&facility=7", vec![first]),
        ("facility=2&facility=7", vec![]),
        ("q=四合院", vec![first]),
        ("q=LOFT%20国贸", vec![other]),
        ("q=羊房胡同", vec![other, first]),
        ("q=羊房胡同&capacity=9&facility=2&min_price=30000", vec![other]),
    ] {
        assert_eq!(found(&world, query).await, expected, "{query}");
    }
    let classic = world.anonymous.get("/api/house/list?capacity=9&q=nonsense").await.ok();
    assert_eq!(classic["total"], 2);
}

#[tokio::test]
async fn filters_that_cannot_be_are_refused() {
    let world = World::new().await;
    let long = format!("q={}", "房".repeat(65));
    for query in [
        "min_price=-1",
        "min_price=1.5",
        "max_price=abc",
        "max_price=99999999999999999999",
        "min_price=2&max_price=1",
        "capacity=0",
        "capacity=1001",
        "capacity=two",
        "room_count=0",
        "room_count=101",
        "facility=0",
        "facility=1,,2",
        "facility=a",
        "facility=1%27",
        "q=a",
        "q=7",
        "q=%00%00",
        "q=%25%25",
        "q=%20%20",
        long.as_str(),
        "after=1",
        "after=n1-0",
        "after=o1-1",
        "after=n1-1&sk=booking",
        "after=nffffffffffffffffffff-1",
        "capacity=1&capacity=2",
    ] {
        world.anonymous.get(&format!("/api/v1.0/houses?{query}")).await.refused("4103");
    }
}

#[tokio::test]
async fn going_on_by_next_shows_every_house_once() {
    let world = World::new().await;
    for i in 0..44 {
        let mut form = house_form();
        form["price"] = json!(format!("{}", 100 + i % 3));
        world.landlord.post("/api/v1.0/houses", &form).await.ok();
    }
    for sort in ["new", "booking", "price-inc", "price-des"] {
        let (mut seen, mut after, mut pages) = (BTreeSet::new(), String::new(), 0);
        loop {
            let answer = world.anonymous.get(&format!("/api/v1.0/houses?sk={sort}&after={after}&q=四合院")).await.ok();
            pages += 1;
            for house in answer["data"]["houses"].as_array().unwrap() {
                assert!(seen.insert(house["house_id"].as_i64().unwrap()), "{sort}: twice");
            }
            assert_eq!(answer["data"]["total_page"], 3);
            match answer["data"]["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (45, 3), "{sort}");
    }
}
