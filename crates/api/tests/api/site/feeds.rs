//! Calendars of other sites, by forms alone.

use super::browser::{Browser, Page, site};

/// The path of the form of the first feed or link of a page.
fn form(page: &Page, kind: &str) -> String {
    let start = format!("/{kind}/");
    let found = page.text.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    found.into_iter().find(|path| path.contains(&start)).unwrap_or_else(|| panic!("{kind} in {}", page.text)).to_owned()
}

#[tokio::test]
async fn a_landlord_connects_a_calendar_and_copies_a_link() {
    let server = site().await;
    let (landlord, stranger) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    stranger.sign_up("13900000002").await;
    let page = format!("/host/houses/{id}/feeds");
    landlord.get(&format!("/host/houses/{id}")).await.says(200, &page);
    landlord.get(&page).await.says(200, "还没有连接其他网站的日历");
    let typed = |url| [("name", "Airbnb 二楼"), ("url", url), ("before", "1"), ("behind", "0")];
    // Nothing answers there.
    landlord
        .submit(&page, &page, &typed("http://127.0.0.1:9/c.ics?s=word"))
        .await
        .leads_to(&format!("{page}?done=connected"));
    let refused = landlord.submit(&page, &page, &typed("https://10.0.0.1/c.ics")).await;
    refused.says(422, "不能访问该日历地址");
    refused.says(422, "value=\"Airbnb 二楼\"");
    let shown = landlord.get(&page).await;
    shown.says(200, "127.0.0.1");
    assert!(!shown.text.contains("s=word") && !shown.text.contains("c.ics"), "{}", shown.text);
    let feed = form(&shown, "feeds");
    for (act, done) in [("pause", "paused"), ("resume", "resumed"), ("sync", "syncing"), ("release", "released")] {
        landlord.submit(&page, &feed, &[("act", act)]).await.leads_to(&format!("{page}?done={done}"));
    }
    let number = feed.rsplit('/').next().unwrap().to_owned();
    let made = landlord
        .submit(&page, &format!("/host/houses/{id}/links"), &[("link_name", "给 Airbnb"), ("feed", &number)])
        .await;
    made.says(200, "/ical/");
    made.says(200, "链接只显示这一次");
    let shown = landlord.get(&page).await;
    assert!(!shown.text.contains("/ical/"));
    shown.says(200, "给 Airbnb");
    let link = form(&shown, "links");
    landlord.submit(&page, &link, &[("act", "renew")]).await.says(200, "/ical/");
    landlord.submit(&page, &link, &[("act", "delete")]).await.leads_to(&format!("{page}?done=unlinked"));
    // Of another landlord there is no such house.
    stranger.get(&page).await.says(404, "房屋不存在");
    stranger.submit("/me", &page, &typed("http://127.0.0.1:9/c.ics")).await.says(404, "房屋不存在");
    stranger.submit("/me", &feed, &[("act", "disconnect")]).await.says(403, "房东本人");
    landlord.submit(&page, &feed, &[("act", "disconnect")]).await.leads_to(&format!("{page}?done=disconnected"));
    landlord.get(&page).await.says(200, "还没有连接其他网站的日历");
}
