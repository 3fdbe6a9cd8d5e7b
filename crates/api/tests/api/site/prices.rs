//! What a stay costs by the rules of a house, and that the price which a page showed is the one that is charged.

use super::browser::{Browser, day, site};

/// A house with a cleaning fee of ¥50 and a discount of 10 % from seven days on; its id.
async fn house(landlord: &Browser) -> String {
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    clean(landlord, &id, "50").await;
    id
}

/// Sets the cleaning fee.
async fn clean(landlord: &Browser, id: &str, fee: &str) {
    let page = format!("/host/houses/{id}/rules");
    let version = landlord.get(&page).await.hidden("version");
    let weekdays = ["1", "2", "3", "4", "5", "6", "7"];
    let weekdays = weekdays.into_iter().flat_map(|day| [("arrival_days", day), ("departure_days", day)]);
    let rules = [
        ("version", version.as_str()),
        ("notice_days", "0"),
        ("window_days", "0"),
        ("preparation_days", "0"),
        ("cleaning_fee", fee),
        ("guests_included", "2"),
        ("extra_guest_fee", "30"),
        ("weekly_discount", "10"),
        ("cancellation", "moderate"),
    ];
    let rules: Vec<_> = rules.into_iter().chain(weekdays).collect();
    landlord.submit(&page, &page, &rules).await.leads_to(&format!("{page}?done=ruled"));
}

/// The form of a booking of one day.
fn stay<'a>(day: &'a str, quote: &'a str, total: &'a str) -> [(&'static str, &'a str); 5] {
    [("start", day), ("end", day), ("guests", "1"), ("quote", quote), ("total", total)]
}

#[tokio::test]
async fn pages_show_the_lines_of_the_price() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = house(&landlord).await;
    guest.sign_up("13900000002").await;
    let calendar = format!("/host/houses/{id}/calendar");
    let version = landlord.get(&calendar).await.hidden("version");
    let dear = [("version", version.as_str()), ("from", &day(22)), ("to", &day(22)), ("price", "299.90")];
    assert_eq!(landlord.submit(&calendar, &calendar, &dear).await.status, 303);
    let query = format!("start={}&end={}&guests=3", day(20), day(26));
    // 6 × 199.90 + 299.90 = 1499.30; a tenth off, the fee, and one guest more on seven days.
    for path in [format!("/houses/{id}?{query}"), format!("/houses/{id}/book?{query}")] {
        let shown = guest.get(&path).await;
        for text in [
            format!("{} – {} · ¥199.90 × 2 天", day(20), day(21)).as_str(),
            format!("{} · ¥299.90 × 1 天", day(22)).as_str(),
            "−¥149.93",
            "¥50",
            "¥30 × 7",
            "¥1,609.37",
        ] {
            shown.says(200, text);
        }
    }
    let found = guest.get(&format!("/houses?{query}")).await;
    found.says(200, "共 ¥1,609.37");
    // Where both days are known, prices are compared by the total.
    assert!(!guest.get(&format!("/houses?{query}&price_max=1609.36")).await.text.contains("十三陵旁的小屋"));
    guest.get(&format!("/houses?{query}&price_max=1609.37")).await.says(200, "十三陵旁的小屋");
}

#[tokio::test]
async fn a_price_that_was_shown_is_charged_or_told_to_have_changed() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = house(&landlord).await;
    guest.sign_up("13900000002").await;
    let book = format!("/houses/{id}/book");
    let look = |day: &str| format!("{book}?start={day}&end={day}&guests=1");
    let (one, two, three) = (day(20), day(22), day(24));
    let kept = guest.get(&look(&one)).await;
    let (token, total) = (kept.hidden("quote"), kept.hidden("total"));
    assert_eq!(total, "24990");
    let listing = guest.get(&format!("/houses/{id}?start={two}&end={two}&guests=1")).await;
    let shown = listing.hidden("shown");
    clean(&landlord, &id, "60").await;

    // The token keeps its price, for its stay alone.
    guest.submit("/me", &book, &stay(&two, &token, &total)).await.says(422, "报价");
    guest.submit("/me", &book, &stay(&one, &token, &total)).await.leads_to("/orders?done=booked");
    guest.get("/orders").await.says(200, "¥249.90");

    // Without one that is valid the price that was shown must be that of the rules.
    let changed = guest.submit("/me", &book, &stay(&two, "expired", &total)).await;
    changed.says(422, "价格已变动");
    changed.says(422, "此前为 ¥249.90");
    assert_eq!(changed.hidden("total"), "25990");
    guest.submit("/me", &book, &stay(&two, &changed.hidden("quote"), "25990")).await.leads_to("/orders?done=booked");
    guest.submit("/me", &book, &stay(&three, "expired", "25990")).await.leads_to("/orders?done=booked");

    // What the page of the house showed is compared, too; a price of other days is not.
    let free = day(26);
    let shown = shown.replace(&two, &free);
    let compared = guest.get(&format!("{}&shown={shown}", look(&free))).await;
    compared.says(200, "此前为 ¥249.90");
    let other = guest.get(&format!("{}&shown={shown}", look(&day(27)))).await;
    assert!(!other.text.contains("此前为"));
}
