//! What the public pages show.

use super::browser::{Browser, day, site};
use crate::support::World;

#[tokio::test]
async fn a_search_narrows_pages_and_says_what_is_wrong() {
    let server = site().await;
    let landlord = Browser::new(&server);
    let house = landlord.publish("13900000001", "宽敞的小屋").await;
    let stranger = Browser::new(&server);
    let (from, to) = (day(5), day(6));
    for (query, found) in [
        ("", true),
        ("area=4", true),
        ("area=5", false),
        ("guests=4", true),
        ("guests=5", false),
        ("rooms=2&price_min=100&price_max=199.90", true),
        ("price_max=199.89", false),
        ("facility=1&facility=3", true),
        ("facility=2", false),
        ("q=%E5%B0%8F%E5%B1%8B", true),
        ("q=%E5%9F%8E%E5%A0%A1", false),
        ("area=&start=&end=&guests=&rooms=&price_min=&price_max=&q=&sort=popular", true),
        ("page=2", false),
        (&format!("start={from}&end={to}"), true),
        ("start=2020-01-01&end=2020-01-02", false),
    ] {
        let page = stranger.get(&format!("/houses?{query}")).await;
        page.says(200, "<form class=\"filters\"");
        assert_eq!(page.text.contains("宽敞的小屋"), found, "{query}");
    }
    let dated = stranger.get(&format!("/houses?start={from}&end={to}")).await;
    dated.says(200, "¥399.80");
    dated.says(200, &format!("name=\"start\" type=\"date\" value=\"{from}\""));
    for (query, text) in [
        ("price_min=x", "value=\"x\""),
        ("guests=-1", "role=\"alert\""),
        (&format!("start={to}&end={from}"), "role=\"alert\""),
        ("start=2026-02-30", "role=\"alert\""),
        ("page=0", "role=\"alert\""),
    ] {
        stranger.get(&format!("/houses?{query}")).await.says(422, text);
    }
    let listing = stranger.get(&format!("/houses/{house}?start={to}&end={from}")).await;
    listing.says(200, "role=\"alert\"");
    stranger
        .get(&format!("/houses/{house}?start={from}&end={to}&guests=9"))
        .await
        .says(200, "入住人数超过房屋可住人数");
}

#[tokio::test]
async fn a_page_is_small_and_its_bytes_are_kept() {
    let world = World::on(site().await).await;
    let stranger = Browser::new(&world.server);
    for path in ["/".to_owned(), "/houses".to_owned(), format!("/houses/{}", world.house)] {
        let (first, second) = (stranger.get(&path).await, stranger.get(&path).await);
        assert_eq!(first.headers["etag"], second.headers["etag"], "{path}");
        assert!(second.text.len() < 30_000, "{path}: {} bytes", second.text.len());
    }
}
