//! Lists: cursors, caching, and the same search through every dialect.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Client, World,
    world::{day, house_form, order, publish},
};

fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// Every page of a list from its first on; between two pages `between` may change the list.
async fn walk(client: &Client, path: &str, mut between: impl AsyncFnMut()) -> Vec<i64> {
    let mut page = client.get(path).await.done(200);
    let mut walked = ids(&page);
    while let Some(next) = page["next"].as_str().map(String::from) {
        between().await;
        page = client.get(&format!("{path}&after={next}")).await.done(200);
        walked.extend(ids(&page));
    }
    walked
}

async fn publish_at(client: &Client, yuan: u64) -> i64 {
    let mut form = house_form();
    form["price"] = json!(yuan.to_string());
    client.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap()
}

#[tokio::test]
async fn pages_neither_repeat_nor_leave_out_while_listings_are_published() {
    let world = World::new().await;
    for price in [30, 20, 20, 50, 10] {
        publish_at(&world.landlord, price).await;
    }
    for sort in ["new", "popular", "price", "-price"] {
        let path = format!("/api/v2/listings?sort={sort}&limit=2");
        let before: BTreeSet<_> = walk(&world.anonymous, &path, async || {}).await.into_iter().collect();
        let walked = walk(&world.anonymous, &path, async || {
            publish_at(&world.landlord, 25).await;
        })
        .await;
        let seen: BTreeSet<_> = walked.iter().copied().collect();
        assert_eq!(walked.len(), seen.len(), "{sort}: a listing came twice");
        assert!(before.is_subset(&seen), "{sort}: a listing was left out");
    }
}

/// Old pages count every guest who completed an order, the native API those whose stay had begun, both each once.
#[tokio::test]
async fn guests_rank_listings_and_reviews_wait_for_the_first_day() {
    let world = World::new().await;
    let (early, quiet) = (world.house, publish(&world.landlord).await);
    let accept = async |id: i64| {
        world.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &json!({"action": "accept"})).await.ok();
        id
    };
    for guest in [&world.guest, &world.guest, &world.stranger] {
        let day = world.free_day();
        let id = accept(order(guest, early, &day, &day).await.ok()["data"]["order_id"].as_i64().unwrap()).await;
        let review = json!({"text": "很好"});
        guest.post(&format!("/api/v2/orders/{id}/review"), &review).await.problem(409, "wrong_state");
        guest.put(&format!("/api/v1.0/orders/{id}/comment"), &json!({"comment": "很好"})).await.ok();
    }
    let begun = world.begun_order().await;
    let reviewed =
        world.guest.post(&format!("/api/v2/orders/{begun}/review"), &json!({"text": "很好"})).await.done(200);
    let stayed_in = reviewed["listing"]["id"].as_i64().unwrap();
    assert!(stayed_in > quiet && quiet > early);
    let popular = world.anonymous.get("/api/v2/listings?sort=popular").await.done(200);
    assert_eq!(ids(&popular), [stayed_in, quiet, early]);
    let row = popular["items"].as_array().unwrap().iter().find(|item| item["id"] == early).unwrap();
    assert_eq!(row["order_count"], 3);
    for path in ["/api/v1.0/houses?sk=booking", "/api/house/list?sk=booking"] {
        let list = world.anonymous.get(path).await.ok();
        let rows = if list["houses"].is_array() { &list["houses"] } else { &list["data"]["houses"] };
        let ids: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["house_id"].as_i64().unwrap()).collect();
        assert_eq!(ids, [early, stayed_in, quiet], "{path}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_list_and_order_alone() {
    let world = World::new().await;
    for price in [30, 20] {
        publish_at(&world.landlord, price).await;
    }
    let next = async |path: &str| {
        let page = world.guest.get(path).await.done(200);
        page["next"].as_str().unwrap().to_owned()
    };
    world.order().await;
    world.order().await;
    let (listings, orders) = (next("/api/v2/listings?limit=1").await, next("/api/v2/orders?limit=1").await);
    let mut changed = listings.clone().into_bytes();
    for place in [0, changed.len() / 2, changed.len() - 2] {
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
    }
    let changed = String::from_utf8(changed).unwrap();
    for (path, cursor) in [
        ("/api/v2/listings?limit=1", changed.as_str()),
        ("/api/v2/listings?limit=1", ""),
        ("/api/v2/listings?limit=1", "n1-1"),
        ("/api/v2/listings?limit=1&sort=price", &listings),
        ("/api/v2/listings?limit=1", &orders),
        ("/api/v2/orders?limit=1", &listings),
        ("/api/v2/orders?limit=1", "AAAA"),
    ] {
        let answer = world.guest.get(&format!("{path}&after={cursor}")).await.problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [("/after".into(), "mismatch".into())], "{path} {cursor}");
    }
}

#[tokio::test]
async fn orders_are_listed_for_both_parties_page_by_page() {
    let world = World::new().await;
    let (first, accepted) = (world.order().await, world.accepted_order().await);
    let last = world.order().await;
    let guest = walk(&world.guest, "/api/v2/orders?limit=1", async || {
        world.order().await;
    })
    .await;
    assert_eq!(guest, [last, accepted, first]);
    let of = async |client: &Client, query: &str| ids(&client.get(&format!("/api/v2/orders?{query}")).await.done(200));
    assert_eq!(of(&world.landlord, "role=landlord&state=wait_comment").await, [accepted]);
    assert_eq!(of(&world.landlord, "role=landlord&status=wait_comment,complete").await, [accepted]);
    assert_eq!(of(&world.landlord, "role=guest").await, Vec::<i64>::new());
    assert_eq!(of(&world.guest, &format!("listing={}", world.house + 1)).await, Vec::<i64>::new());
    let order = world.guest.get(&format!("/api/v2/orders/{first}")).await.done(200);
    let start = order["start"].as_str().unwrap();
    assert_eq!(of(&world.guest, &format!("from={start}&to={start}")).await, [first]);
    world.stranger.get(&format!("/api/v2/orders/{first}")).await.problem(404, "not_found");
    // The guest does not decide, and one decides once.
    world.guest.post(&format!("/api/v2/orders/{first}/accept"), &json!({})).await.problem(403, "forbidden");
    world.landlord.post(&format!("/api/v2/orders/{first}/accept"), &json!({})).await.done(200);
    world.landlord.post(&format!("/api/v2/orders/{first}/accept"), &json!({})).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn wrong_parameters_are_told_all_at_once() {
    let world = World::new().await;
    let path =
        "/api/v2/listings?area=x&start=2026-02-30&guests=0&price_min=5&price_max=4&sort=cheap&limit=101&page=2&q=";
    let faults: BTreeSet<_> =
        world.anonymous.get(path).await.problem(422, "invalid_fields").faults().into_iter().collect();
    let expected = [
        ("/area", "format"),
        ("/start", "format"),
        ("/guests", "range"),
        ("/price_max", "range"),
        ("/sort", "format"),
        ("/limit", "range"),
        ("/page", "unknown"),
        ("/q", "range"),
    ];
    let expected = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    assert_eq!(faults, expected.into_iter().collect());
    let (start, end) = (day(9), day(8));
    let backwards = world.anonymous.get(&format!("/api/v2/listings?start={start}&end={end}")).await;
    assert_eq!(backwards.problem(422, "invalid_fields").faults(), [("/end".into(), "range".into())]);
    let past = world.anonymous.get("/api/v2/listings?start=2020-01-01&end=2020-01-02").await.done(200);
    assert_eq!((ids(&past), &past["total"]), (vec![], &json!(0)));
}

#[tokio::test]
async fn a_stay_is_priced_and_filtered_as_a_whole() {
    let world = World::new().await;
    let (cheap, dear) = (publish_at(&world.landlord, 10).await, publish_at(&world.landlord, 40).await);
    let path = format!("/api/v2/listings?start={}&end={}&sort=price", day(40), day(42));
    let all = world.anonymous.get(&path).await.done(200);
    assert_eq!(ids(&all), [cheap, world.house, dear]);
    assert_eq!(all["items"][0]["quote"], json!({"total": 3000, "currency": "CNY", "days": 3}));
    for (filters, expected) in [
        ("price_max=5996", vec![cheap]),
        ("price_max=5997", vec![cheap, world.house]),
        ("price_min=5997", vec![world.house, dear]),
        ("price_min=5998&price_max=11999", vec![]),
    ] {
        assert_eq!(ids(&world.anonymous.get(&format!("{path}&{filters}")).await.done(200)), expected, "{filters}");
    }
    // Without dates the filters are about a day.
    let a_day = world.anonymous.get("/api/v2/listings?price_max=1999&sort=price").await.done(200);
    assert_eq!(ids(&a_day), [cheap, world.house]);
}

/// Ids and prices of a list of an old dialect.
fn old(list: &Value, id: &str) -> Vec<(i64, i64)> {
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| (row[id].as_i64().unwrap(), row["price"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn the_same_search_gives_the_same_listings_prices_and_order_through_every_dialect() {
    let world = World::new().await;
    for price in [30, 20, 20, 50, 10] {
        publish_at(&world.landlord, price).await;
    }
    // The guest came, so that the native API counts them too.
    let booked = order(&world.guest, world.house, &day(0), &day(0)).await.ok()["data"]["order_id"].clone();
    world.landlord.put(&format!("/api/v1.0/orders/{booked}/status"), &json!({"action": "accept"})).await.ok();
    world.guest.put(&format!("/api/v1.0/orders/{booked}/comment"), &json!({"comment": "很好"})).await.ok();
    let taken = publish(&world.landlord).await;
    order(&world.guest, taken, &day(50), &day(52)).await.ok();
    let (start, end) = (day(51), day(53));
    for (old_sort, sort) in [("new", "new"), ("booking", "popular"), ("price-inc", "price"), ("price-des", "-price")] {
        for (area, dates) in [("", false), ("2", false), ("3", false), ("", true), ("2", true)] {
            let (sd, ed) = if dates { (start.as_str(), end.as_str()) } else { ("", "") };
            let v1 = format!("/api/v1.0/houses?aid={area}&sd={sd}&ed={ed}&sk={old_sort}");
            let v1 = old(&world.anonymous.get(&v1).await.ok()["data"]["houses"], "house_id");
            let classic = format!("/api/house/list?aid={area}&sd={sd}&ed={ed}&sk={old_sort}&p=1");
            let classic = old(&world.anonymous.get(&classic).await.ok()["houses"], "house_id");
            let mut query = vec![format!("sort={sort}")];
            query.extend((!area.is_empty()).then(|| format!("area={area}")));
            query.extend(dates.then(|| format!("start={sd}&end={ed}")));
            let v2 = world.anonymous.get(&format!("/api/v2/listings?{}", query.join("&"))).await.done(200);
            let v2 = old(&v2["items"], "id");
            assert_eq!(v1, v2, "{sort} {area:?} {dates}");
            assert_eq!(classic, v2, "{sort} {area:?} {dates}");
            let is_there = v2.iter().any(|(id, _)| *id == taken);
            assert_eq!(is_there, !dates && area != "3", "{sort} {area:?} {dates}");
        }
    }
}

#[tokio::test]
async fn lists_and_listings_are_revalidated_by_their_tags() {
    let world = World::new().await;
    let listing = format!("/api/v2/listings/{}", world.house);
    for path in ["/api/v2/listings?area=2", &listing, "/api/v2/site"] {
        // The second answer comes out of the page cache, the third by the short way.
        let mut tags = BTreeSet::new();
        for _ in 0..3 {
            let answer = world.anonymous.get(path).await;
            assert_eq!(answer.headers["cache-control"], "public, no-cache", "{path}");
            tags.insert(answer.version());
        }
        assert_eq!(tags.len(), 1, "{path}");
        let tag = tags.pop_first().unwrap();
        let request = world.anonymous.request(reqwest::Method::GET, path).header("if-none-match", &tag);
        let same = world.anonymous.send(request).await;
        assert_eq!((same.status.as_u16(), same.bytes.len()), (304, 0), "{path}");
    }
    let before = world.anonymous.get("/api/v2/listings").await.done(200);
    let new = publish(&world.landlord).await;
    let after = world.anonymous.get("/api/v2/listings").await.done(200);
    assert!(!ids(&before).contains(&new) && ids(&after).contains(&new), "a list out of date");
    // Pages that only differ by what is not in the key of the cache.
    assert_eq!(ids(&world.anonymous.get("/api/v2/listings?limit=1").await.done(200)).len(), 1);
    assert_eq!(ids(&world.anonymous.get("/api/v2/listings").await.done(200)).len(), 2);
    world.anonymous.get("/api/v2/listings/999999").await.problem(404, "not_found");
    world.anonymous.get("/api/v2/listings/0").await.problem(404, "not_found");
    world.anonymous.get("/api/v2/listings/x").await.problem(404, "not_found");
}
