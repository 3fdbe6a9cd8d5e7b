//! A landlord's calendar, rules and seasons by forms alone, and what guests see of them.

use super::browser::{Browser, Page, day, site};

/// The first of three days that follow each other in one month.
fn offset() -> u64 {
    (35..).find(|offset| day(*offset)[..7] == day(offset + 2)[..7]).unwrap()
}

fn together() -> [String; 3] {
    [0, 1, 2].map(|more| day(offset() + more))
}

/// The cell of a day.
fn cell<'a>(page: &'a Page, date: &str) -> &'a str {
    let (_, rest) = page.text.split_once(&format!("data-day=\"{date}\"")).unwrap_or_else(|| panic!("no {date}"));
    rest.split("</td>").next().unwrap()
}

fn attribute(page: &Page, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn days_are_blocked_priced_and_freed_by_a_form_of_one_version() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    guest.sign_up("13900000002").await;
    let [first, middle, last] = together();
    let page = format!("/host/houses/{id}/calendar");
    let month = format!("{page}?month={}", &first[..7]);
    let shown = landlord.get(&month).await;
    assert!(cell(&shown, &first).contains("¥199.90"), "{}", cell(&shown, &first));
    let version = shown.hidden("version");
    let change = [
        ("version", version.as_str()),
        ("from", first.as_str()),
        ("to", last.as_str()),
        ("state", "blocked"),
        ("note", "油漆 \""),
        ("price", "588.50"),
        ("min_days", "3"),
        ("arrival", "closed"),
        ("departure", ""),
    ];
    landlord.submit(&page, &page, &change).await.leads_to(&format!("{month}&done=planned"));
    let shown = landlord.get(&format!("{month}&done=planned")).await;
    shown.says(200, "日历已保存");
    for date in [&first, &middle, &last] {
        for text in ["已关闭", "油漆 &#34;", "¥588.50", "≥ 3 天", "不可入住"] {
            assert!(cell(&shown, date).contains(text), "{text} in {}", cell(&shown, date));
        }
    }
    // Guests see that the days are taken, and not why.
    let listing = guest.get(&format!("/houses/{id}")).await;
    assert!(!listing.text.contains("油漆"));
    let days = attribute(&listing, "data-days");
    let taken = days.char_indices().filter(|(_, digit)| digit.to_digit(16).unwrap() & 1 == 1);
    let offset = usize::try_from(offset()).unwrap();
    assert_eq!(taken.map(|(place, _)| place).collect::<Vec<_>>(), [offset, offset + 1, offset + 2]);
    guest.get(&format!("/houses/{id}/book?start={first}&end={last}&guests=1")).await.says(200, "该日不可入住");
    // The same form once more is of a version that is gone; what was typed stays.
    let stale = landlord.submit(&page, &page, &change).await;
    stale.says(422, "房屋信息已被修改");
    stale.says(422, "value=\"588.50\"");
    let version = stale.hidden("version");
    let free = [("version", version.as_str()), ("from", &first), ("to", &last), ("state", "free"), ("usual", "1")];
    landlord.submit(&page, &page, &free).await.leads_to(&format!("{month}&done=planned"));
    let shown = landlord.get(&month).await;
    assert!(["已关闭", "油漆", "588.50", "≥", "不可"].iter().all(|text| !cell(&shown, &middle).contains(text)));
    let version = shown.hidden("version");
    let nothing = [("version", version.as_str()), ("from", &first), ("to", &last)];
    let past = day(0).replace(&day(0)[..4], "2020");
    for (fields, told) in [
        (nothing.to_vec(), "参数错误"),
        ([&nothing[..], &[("price", "0")]].concat(), "房屋价格错误"),
        (vec![("version", version.as_str()), ("from", &last), ("to", &first), ("state", "blocked")], "结束日期错误"),
        (vec![("version", version.as_str()), ("from", &past), ("to", &last), ("state", "blocked")], "起始日期错误"),
    ] {
        landlord.submit(&page, &page, &fields).await.says(422, told);
    }
    for path in [&page, &format!("/host/houses/{id}/rules")] {
        guest.get(path).await.says(404, "房屋不存在");
        guest.submit("/me", path, &change).await.says(404, "房屋不存在");
    }
}

#[tokio::test]
async fn days_of_orders_are_not_blocked_and_named() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    guest.sign_up("13900000002").await;
    let [first, middle, last] = together();
    let book = format!("/houses/{id}/book");
    let stay = [("start", middle.as_str()), ("end", middle.as_str()), ("guests", "1"), ("total", "19990")];
    guest.submit("/me", &book, &stay).await.leads_to("/orders?done=booked");
    let page = format!("/host/houses/{id}/calendar");
    let month = format!("{page}?month={}", &first[..7]);
    let version = landlord.get(&month).await.hidden("version");
    let block = [("version", version.as_str()), ("from", &first), ("to", &last), ("state", "blocked")];
    let refused = landlord.submit(&page, &page, &block).await;
    refused.says(422, "部分日期已有订单");
    let held = refused.text.split("id=\"held\">").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(held.contains(&middle) && !held.contains(&first) && held.contains("/host/orders#order-"), "{held}");
    let shown = landlord.get(&month).await;
    assert!(cell(&shown, &middle).contains("/host/orders#order-"));
    assert!(!cell(&shown, &first).contains("已关闭"), "nothing was blocked");
    // The chart of the house counts the day, at its price.
    let house = landlord.get(&format!("/host/houses/{id}")).await;
    let booked = house.text.lines().find(|line| line.contains("<td>1 / ")).expect("a month with a booked day");
    assert!(booked.contains("<td>3.") && booked.ends_with("<td>¥199.90</td></tr>"), "{booked}");
    house.says(200, "class=\"dot\"");
    // What orders hold can have another price for those to come.
    let price = [("version", version.as_str()), ("from", &first), ("to", &last), ("price", "300")];
    landlord.submit(&page, &page, &price).await.leads_to(&format!("{month}&done=planned"));
    assert!(cell(&landlord.get(&month).await, &middle).contains("¥300"));
}

#[tokio::test]
async fn rules_are_set_by_a_form_and_the_picker_knows_them() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    let page = format!("/host/houses/{id}/rules");
    let listing = format!("/houses/{id}");
    let plain = guest.get(&listing).await;
    let days = attribute(&plain, "data-days");
    assert_eq!((days.len(), days.replace('0', "").as_str()), (367, ""));
    assert_eq!(attribute(&plain, "data-lengths"), "1-180*367");
    let form = landlord.get(&page).await;
    assert_eq!(form.text.matches(" checked>").count(), 14, "stays begin and end on every weekday");
    let version = form.hidden("version");
    let rules = [
        ("version", version.as_str()),
        ("price_5", "259.99"),
        ("price_6", "259.99"),
        ("arrival_days", "1"),
        ("departure_days", "7"),
        ("notice_days", "1"),
        ("window_days", "180"),
        ("preparation_days", "1"),
        ("cleaning_fee", "50"),
        ("guests_included", "2"),
        ("extra_guest_fee", "30"),
        ("weekly_discount", "10"),
        ("monthly_discount", "25.5"),
        ("cancellation", "strict"),
        ("instant", "1"),
    ];
    landlord.submit(&page, &page, &rules).await.leads_to(&format!("{page}?done=ruled"));
    let form = landlord.get(&page).await;
    for text in
        ["value=\"259.99\"", "value=\"25.50\"", "value=\"strict\" selected", "name=\"instant\" value=\"1\" checked"]
    {
        form.says(200, text);
    }
    landlord.submit(&page, &page, &rules).await.says(422, "房屋信息已被修改");
    let version = landlord.get(&page).await.hidden("version");
    for (name, value, told) in [
        ("notice_days", "366", "提前预订天数错误"),
        ("weekly_discount", "100.01", "周租折扣错误"),
        ("arrival_days", "8", "可入住的星期错误"),
        ("price_5", "0", "按星期的价格错误"),
        ("price_5", "x", "金额格式错误"),
    ] {
        let change = |(known, old)| match known {
            "version" => (known, version.as_str()),
            _ => (known, if known == name { value } else { old }),
        };
        let refused = landlord.submit(&page, &page, &rules.map(change)).await;
        refused.says(422, told);
        refused.says(422, "value=\"25.5\"");
    }
    let shown = guest.get(&listing).await;
    for text in ["¥50", "28 天以上减 25.5%", "严格", "订单无需确认"] {
        shown.says(200, text);
    }
    let days = attribute(&shown, "data-days");
    let arrivals = days.chars().filter(|digit| !matches!(digit, '2' | '3' | '6' | '7' | 'a' | 'b' | 'e' | 'f')).count();
    assert!((25..=26).contains(&arrivals), "a Monday a week within the window: {arrivals}");
}

#[tokio::test]
async fn seasons_are_added_changed_and_deleted_one_by_one() {
    let server = site().await;
    let landlord = Browser::new(&server);
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    let (page, seasons) = (format!("/host/houses/{id}/rules"), format!("/host/houses/{id}/seasons"));
    let version = async || landlord.get(&page).await.hidden("version");
    let spring = [("from", "2027-02-05"), ("to", "2027-02-12"), ("price", "499.99"), ("season", "")];
    let send = async |fields: &[(&str, &str)]| {
        let version = version().await;
        let fields = [fields, &[("version", version.as_str())]].concat();
        landlord.submit(&page, &seasons, &fields).await
    };
    send(&spring).await.leads_to(&format!("{page}?done=seasoned#seasons"));
    let summer =
        [("from", "2027-07-01"), ("to", "2027-08-31"), ("min_days", "3"), ("arrival_days", "6"), ("price_6", "688.88")];
    send(&summer).await.leads_to(&format!("{page}?done=seasoned#seasons"));
    let listed = landlord.get(&page).await;
    for text in ["¥499.99", "六 ¥688.88 · 最少 3 天 · 入住 六", "2027-08-31"] {
        listed.says(200, text);
    }
    let shared = [("from", "2027-02-12"), ("to", "2027-02-20"), ("price", "1")];
    let refused = send(&shared).await;
    refused.says(422, "起始日期错误");
    refused.says(422, "value=\"2027-02-20\"");
    // One season is changed, the other stays.
    let asked = landlord.get(&format!("{page}?season=2027-02-05")).await;
    asked.says(200, "name=\"season\" value=\"2027-02-05\"");
    asked.says(200, "value=\"499.99\"");
    let moved = [("season", "2027-02-05"), ("from", "2027-02-04"), ("to", "2027-02-12"), ("price", "500")];
    send(&moved).await.leads_to(&format!("{page}?done=seasoned#seasons"));
    let listed = landlord.get(&page).await;
    assert!(!listed.text.contains("499.99") && !listed.text.contains("2027-02-05"));
    listed.says(200, "2027-07-01");
    let delete = [("season", "2027-07-01"), ("version", "1")];
    landlord.submit(&page, &format!("{seasons}/delete"), &delete).await.says(422, "房屋信息已被修改");
    let current = version().await;
    let delete = [("season", "2027-07-01"), ("version", current.as_str())];
    let deleted = landlord.submit(&page, &format!("{seasons}/delete"), &delete).await;
    deleted.leads_to(&format!("{page}?done=unseasoned#seasons"));
    let left = landlord.get(&page).await;
    assert!(!left.text.contains("2027-07-01"));
    left.says(200, "2027-02-04");
}
