//! One search through every dialect, with filters, orders and pages: the same listings, prices, totals and order.

use serde_json::{Value, json};

use crate::support::{
    TestServer, World,
    world::{day, house_form, order},
};

/// Listings of a page.
const PAGE: usize = 3;
/// Days of the stay that dated searches ask for.
const DAYS: i64 = 3;

/// What a list says of a listing in every dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    id: i64,
    price: i64,
    title: String,
    address: String,
    rooms: i64,
    area: String,
    orders: i64,
}

impl Found {
    fn of(row: &Value, id: &str, area: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let number = |value: &Value| value.as_i64().unwrap();
        Self {
            id: number(&row[id]),
            price: number(&row["price"]),
            title: text(&row["title"]),
            address: text(&row["address"]),
            rooms: number(&row["room_count"]),
            area: text(area),
            orders: number(&row["order_count"]),
        }
    }

    fn old(row: &Value) -> Self {
        Self::of(row, "house_id", &row["area_name"])
    }

    fn native(row: &Value) -> Self {
        Self::of(row, "id", &row["area"]["name"])
    }
}

/// A search as v1 and the native API spell it; prices are those of a day.
struct Search {
    v1: Vec<(&'static str, String)>,
    native: Vec<(&'static str, String)>,
    has_filters: bool,
}

/// Every combination of a district, dates and a set of filters.
fn searches() -> Vec<Search> {
    type Names = (&'static str, &'static str, &'static str);
    let filters: [&[Names]; 7] = [
        &[],
        &[("min_price", "price_min", "2000")],
        &[("min_price", "price_min", "1000"), ("max_price", "price_max", "3000")],
        &[("capacity", "guests", "3")],
        &[("room_count", "rooms", "3"), ("facility", "facility", "2")],
        &[("facility", "facility", "1,3"), ("q", "q", "四合院")],
        &[("q", "q", "鼓楼 小院"), ("max_price", "price_max", "4999"), ("capacity", "guests", "2")],
    ];
    let mut all = Vec::new();
    for area in ["", "2", "3", "4"] {
        for dated in [false, true] {
            for filters in filters {
                let mut v1 = vec![("aid", area.to_owned())];
                let mut native = Vec::new();
                native.extend((!area.is_empty()).then(|| ("area", area.to_owned())));
                if dated {
                    v1.extend([("sd", day(51)), ("ed", day(53))]);
                    native.extend([("start", day(51)), ("end", day(53))]);
                }
                for (old, new, value) in filters {
                    v1.push((old, (*value).to_owned()));
                    // With both days the native API asks for the price of the whole stay.
                    let is_total = dated && new.starts_with("price");
                    let total = || (value.parse::<i64>().unwrap() * DAYS).to_string();
                    native.push((new, if is_total { total() } else { (*value).to_owned() }));
                }
                all.push(Search { v1, native, has_filters: !filters.is_empty() });
            }
        }
    }
    all
}

fn path(list: &str, parameters: &[(&'static str, String)], more: &[(&str, &str)]) -> String {
    let own = parameters.iter().map(|(name, value)| (*name, value.as_str()));
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(own.chain(more.iter().copied())).finish();
    format!("{list}?{query}")
}

/// Every page of v1 by its number.
async fn v1(world: &World, search: &Search, sort: &str) -> Vec<Vec<Found>> {
    let mut pages = Vec::new();
    loop {
        let number = (pages.len() + 1).to_string();
        let answer =
            world.anonymous.get(&path("/api/v1.0/houses", &search.v1, &[("sk", sort), ("p", &number)])).await.ok();
        let rows = answer["data"]["houses"].as_array().unwrap();
        if rows.is_empty() {
            assert_eq!(answer["data"]["total_page"].as_u64().unwrap(), pages.len() as u64);
            return pages;
        }
        pages.push(rows.iter().map(Found::old).collect());
    }
}

/// Every page of the native API by its cursor.
async fn native(world: &World, search: &Search, sort: &str) -> Vec<Vec<Found>> {
    let mut pages: Vec<Vec<Found>> = Vec::new();
    let (mut after, limit) = (None::<String>, PAGE.to_string());
    loop {
        let mut more = vec![("sort", sort), ("limit", limit.as_str())];
        more.extend(after.as_deref().map(|after| ("after", after)));
        let answer = world.anonymous.get(&path("/api/v2/listings", &search.native, &more)).await.done(200);
        let rows = answer["items"].as_array().unwrap();
        for row in rows.iter().filter(|_| search.native.iter().any(|(name, _)| *name == "start")) {
            let total = row["price"].as_i64().unwrap() * DAYS;
            assert_eq!(row["quote"], json!({"total": total, "days": DAYS, "currency": "CNY"}));
        }
        if !rows.is_empty() {
            pages.push(rows.iter().map(Found::native).collect());
        }
        after = answer["next"].as_str().map(String::from);
        if after.is_none() {
            assert_eq!(answer["total"].as_u64().unwrap() as usize, pages.iter().map(Vec::len).sum::<usize>());
            return pages;
        }
    }
}

/// Every page of the classic dialects, which have no filters beyond the district and the dates.
async fn classic(world: &World, search: &Search, sort: &str, list: &str, pages: usize) -> Vec<Vec<Found>> {
    let mut all = Vec::new();
    for number in 1..=pages {
        let number = number.to_string();
        let answer = world.anonymous.get(&path(list, &search.v1, &[("sk", sort), ("p", &number)])).await.ok();
        assert_eq!(answer["total_page"].as_u64().unwrap(), pages as u64);
        all.push(answer["houses"].as_array().unwrap().iter().map(Found::old).collect());
    }
    all
}

/// Listings that differ in everything that searches and orders ask for; one of them is taken on the days of the
/// dated searches, and some were ordered before.
async fn fill(world: &World) {
    let titles = ["鼓楼小院", "什刹海四合院", "国贸 Loft", "胡同里的四合院"];
    for number in 0..14_u64 {
        let mut form = house_form();
        form["title"] = json!(format!("{} {number}", titles[number as usize % titles.len()]));
        form["price"] = json!(format!("{}", [10, 25, 25, 50, 30][number as usize % 5]));
        form["area_id"] = json!(["2", "3"][number as usize % 2]);
        form["capacity"] = json!((1 + number % 5).to_string());
        form["room_count"] = json!((1 + number % 4).to_string());
        form["facility"] = json!([["1", "3"], ["2", "3"], ["1", "2"]][number as usize % 3]);
        let house = world.landlord.post("/api/v1.0/houses", &form).await.ok()["data"]["house_id"].as_i64().unwrap();
        for completed in 0..number % 3 {
            // From today on: the native API ranks by guests whose stay has begun. A guest counts once.
            let day = day(completed);
            let placed = order(&world.guest, house, &day, &day).await.ok()["data"]["order_id"].clone();
            let status = format!("/api/v1.0/orders/{placed}/status");
            world.landlord.put(&status, &json!({"action": "accept"})).await.ok();
            world.guest.put(&format!("/api/v1.0/orders/{placed}/comment"), &json!({"comment": "很好"})).await.ok();
        }
        if number % 4 == 1 {
            order(&world.guest, house, &day(53), &day(54)).await.ok();
        }
    }
}

#[tokio::test]
async fn a_search_is_the_same_through_every_dialect_with_filters_orders_and_pages() {
    let server = TestServer::start_with(|state| state.app.policy.page_size = PAGE as u32).await;
    let world = World::on(server).await;
    fill(&world).await;
    let (mut found, mut long) = (0, 0);
    for (old_sort, sort) in [("new", "new"), ("booking", "popular"), ("price-inc", "price"), ("price-des", "-price")] {
        for search in searches() {
            let label = path(sort, &search.native, &[]);
            let expected = native(&world, &search, sort).await;
            assert_eq!(v1(&world, &search, old_sort).await, expected, "v1: {label}");
            if !search.has_filters {
                for list in ["/api/house/list", "/api/house/list2"] {
                    let classic = classic(&world, &search, old_sort, list, expected.len()).await;
                    assert_eq!(classic, expected, "{list}: {label}");
                }
            }
            found += usize::from(!expected.is_empty());
            long += usize::from(expected.len() > 1);
        }
    }
    // 56 searches in four orders: most find something, many more than a page.
    assert!(found > 120 && long > 60, "{found} {long}");
}
