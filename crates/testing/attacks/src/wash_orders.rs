//! Two accounts book each other's house again and again, accept and comment, to bring it to the front of the lists.

use std::time::SystemTime;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{Bound, Report, Setup, Site, Visitor, identity_number};

/// A PNG of one pixel.
const PICTURE: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 144, 119, 83,
    222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 16, 80, 48, 0, 0, 0, 164, 0, 97, 52, 102, 125, 114, 0, 0, 0, 0, 73,
    69, 78, 68, 174, 66, 96, 130,
];

/// A visitor from an address of their own who signed up and has a real name.
async fn person(site: &Site, number: u32) -> Visitor {
    let visitor = Visitor::from(site, format!("192.0.2.{number}").parse().unwrap());
    visitor.register(&format!("139000000{number:02}")).await.ok();
    visitor.verify(&identity_number(number)).await.ok();
    visitor
}

/// Publishes a house with a picture.
async fn house(landlord: &Visitor, title: &str) -> u64 {
    let id = landlord.publish(title).await.ok()["house_id"].as_u64().unwrap();
    landlord.upload(&format!("/api/v1.0/houses/{id}/images"), "house_image", PICTURE.to_vec()).await.ok();
    id
}

/// Books a day, which the landlord accepts and the guest comments.
async fn stays(guest: &Visitor, landlord: &Visitor, house: u64, day: NaiveDate) {
    let order = guest.post("/api/v1.0/orders", &json!({"house_id": house, "start_date": day, "end_date": day})).await;
    let order = order.ok()["order_id"].as_u64().unwrap();
    landlord.put(&format!("/api/v1.0/orders/{order}/status"), &json!({"action": "accept"})).await.ok();
    guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": "很好"})).await.ok();
}

/// The place of a house in a list of `house_id` or `id`, from 1.
fn place(list: &Value, house: u64) -> f64 {
    let id = |row: &Value| row["house_id"].as_u64().or_else(|| row["id"].as_u64());
    let rows = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    rows.iter().position(|row| id(row) == Some(house)).map_or(f64::INFINITY, |place| 1.0 + place as f64)
}

/// The attack, and where the house stands afterwards.
///
/// # Panics
/// When the site does not serve its honest visitors.
pub async fn run(setup: &Setup) -> Report {
    let settings = [("MINSU_CACHE__PAGES", "false"), ("MINSU_QUOTAS__ORDERS_PER_DAY", "0")];
    let site = Site::start(setup, &settings).await;
    let mut report = Report::of("Wash orders");
    let (host, washer, accomplice) = (person(&site, 1).await, person(&site, 2).await, person(&site, 3).await);
    let (one, other) = (person(&site, 4).await, person(&site, 5).await);
    let loved = house(&host, "两位客人").await;
    let liked = house(&host, "一位客人").await;
    // The newest of all: between equals it is shown first.
    let washed = house(&washer, "刷单").await;
    let today = (DateTime::<Utc>::from(SystemTime::now()) + TimeDelta::hours(8)).date_naive();
    stays(&one, &host, loved, today).await;
    stays(&other, &host, loved, today + Days::new(1)).await;
    stays(&one, &host, liked, today).await;
    let orders = setup.effort.of(30, 300);
    for day in 1..=orders {
        stays(&accomplice, &washer, washed, today + Days::new(day)).await;
    }
    let seen = Visitor::from(&site, "198.51.100.1".parse().unwrap());
    let list = seen.get("/api/v1.0/houses?sk=booking&p=1").await.ok();
    let row = list["houses"].as_array().unwrap().iter().find(|row| row["house_id"] == washed).unwrap();
    let counted = row["order_count"].as_f64().unwrap();
    report.measured("completed orders that the answer tells", counted, "orders", Bound::AtLeast(orders as f64));
    let by_bookings = place(&list["houses"], washed);
    report.measured("place by bookings, of three houses", by_bookings, "", Bound::AtLeast(2.0));
    let slides = seen.get("/api/v1.0/houses/index").await.ok();
    report.measured("place on the home page", place(&slides, washed), "", Bound::AtLeast(2.0));
    let classic = seen.get("/api/house/list?sk=booking&p=1").await;
    report.measured("place in the classic list", place(&classic.json["houses"], washed), "", Bound::AtLeast(2.0));
    // No stay of it has begun, so guests who stayed come first.
    let native = seen.get("/api/v2/listings?sort=popular").await;
    report.measured("place in the native list", place(&native.json["items"], washed), "", Bound::AtLeast(3.0));
    report
}
