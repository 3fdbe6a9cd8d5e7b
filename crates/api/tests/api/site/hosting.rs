//! A landlord's house by forms alone: changed, its pictures ordered, off the site and back, deleted.

use super::browser::{Browser, Page, day, house, site};
use crate::support::picture::png;

/// The ids of the pictures in the order of the page.
fn pictures(page: &Page) -> Vec<String> {
    let named = page.text.split("name=\"place-").skip(1);
    named.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_house_is_changed_by_a_form_of_one_version() {
    let server = site().await;
    let (landlord, stranger) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    stranger.sign_up("13900000002").await;
    let (page, edit) = (format!("/host/houses/{id}"), format!("/host/houses/{id}/edit"));
    let form = landlord.get(&edit).await;
    form.says(200, "value=\"十三陵旁的小屋\"");
    form.says(200, "value=\"199.90\"");
    assert_eq!(form.text.matches(" checked>").count(), 2);
    let version = form.hidden("version");
    let mut fields = house("湖边的小屋");
    fields.retain(|(name, value)| !["price", "description"].contains(name) && *value != "3");
    fields.extend([("price", "88.80"), ("description", "湖边"), ("version", version.as_str())]);
    landlord.submit(&edit, &edit, &fields).await.leads_to(&format!("{page}?done=edited"));
    landlord.get(&format!("{page}?done=edited")).await.says(200, "房源信息已修改");
    let public = Browser::new(&server).get(&format!("/houses/{id}")).await;
    for text in ["湖边的小屋", "¥88.80", "湖边"] {
        public.says(200, text);
    }
    // The same form once more is of a version that is gone; what was typed stays.
    let stale = landlord.submit(&edit, &edit, &fields).await;
    stale.says(422, "房屋信息已被修改");
    stale.says(422, "value=\"湖边的小屋\"");
    assert_ne!(stale.hidden("version"), version);
    fields.retain(|(name, _)| *name != "version");
    landlord.submit(&edit, &edit, &fields).await.says(422, "参数错误");
    let version = landlord.get(&edit).await.hidden("version");
    fields.extend([("version", version.as_str())]);
    let wrong: Vec<_> =
        fields.iter().map(|(name, value)| (*name, if *name == "price" { "0" } else { value })).collect();
    landlord.submit(&edit, &edit, &wrong).await.says(422, "房屋价格错误");
    // Another landlord's house is not there to be changed.
    stranger.get(&edit).await.says(404, "房屋不存在");
    stranger.submit("/me", &edit, &fields).await.says(404, "房屋不存在");
}

#[tokio::test]
async fn pictures_are_ordered_described_and_deleted() {
    let server = site().await;
    let landlord = Browser::new(&server);
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    let page = format!("/host/houses/{id}");
    for shade in [2, 3] {
        landlord.upload(&page, &format!("{page}/pictures"), "picture", png(shade)).await;
    }
    let shown = landlord.get(&page).await;
    let ids = pictures(&shown);
    assert_eq!(ids.len(), 3);
    let version = shown.hidden("version");
    let names: Vec<_> = ids.iter().map(|id| (format!("place-{id}"), format!("caption-{id}"))).collect();
    let fields = [
        ("version", version.as_str()),
        (names[0].0.as_str(), "3"),
        (names[1].0.as_str(), "2"),
        (names[2].0.as_str(), "1"),
        (names[2].1.as_str(), "院子"),
    ];
    let order = format!("{page}/pictures/order");
    landlord.submit(&page, &order, &fields).await.leads_to(&format!("{page}?done=arranged"));
    let shown = landlord.get(&page).await;
    shown.says(200, "value=\"院子\"");
    assert_eq!(pictures(&shown), [&ids[2], &ids[1], &ids[0]].map(Clone::clone));
    Browser::new(&server).get(&format!("/houses/{id}")).await.says(200, "院子");
    landlord.submit(&page, &order, &fields).await.says(422, "房屋信息已被修改");
    let delete = |place: usize| format!("{page}/pictures/{}/delete", ids[place]);
    for place in [0, 2] {
        landlord.submit(&page, &delete(place), &[]).await.leads_to(&format!("{page}?done=unpictured"));
    }
    assert_eq!(pictures(&landlord.get(&page).await), [ids[1].clone()]);
    landlord.submit(&page, &delete(0), &[]).await.says(422, "图片不存在");
    landlord.submit(&page, &delete(1), &[]).await.says(422, "已发布的房屋至少要有一张图片");
}

#[tokio::test]
async fn a_house_leaves_the_site_comes_back_and_is_deleted() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "十三陵旁的小屋").await;
    guest.sign_up("13900000002").await;
    let (page, public) = (format!("/host/houses/{id}"), format!("/houses/{id}"));
    let day = day(9);
    let stay = [("start", day.as_str()), ("end", day.as_str()), ("guests", "1"), ("total", "19990")];
    let look = format!("{public}/book?start={day}&end={day}&guests=1");
    guest.submit(&look, &format!("{public}/book"), &stay).await.leads_to("/orders?done=booked");
    landlord.submit(&page, &format!("{page}/unlist"), &[]).await.leads_to(&format!("{page}?done=unlisted"));
    landlord.get(&page).await.says(200, "已下架");
    landlord.get("/host").await.says(200, "已下架");
    guest.get(&public).await.says(404, "房屋不存在");
    guest.get("/orders").await.says(200, "十三陵旁的小屋");
    landlord.submit(&page, &format!("{page}/unlist"), &[]).await.says(422, "房屋状态不允许该操作");
    landlord.submit(&page, &format!("{page}/publish"), &[]).await.leads_to(&format!("{page}?done=published"));
    guest.get(&public).await.says(200, "十三陵旁的小屋");

    let delete = format!("{page}/delete");
    let asked = landlord.get(&delete).await;
    asked.says(200, "无法恢复");
    guest.get(&delete).await.says(404, "房屋不存在");
    let version = asked.hidden("version");
    let refused = landlord.submit(&delete, &delete, &[("version", &version)]).await;
    refused.says(422, "还有未完成的订单，不能删除房屋");
    let orders = landlord.get("/host/orders").await;
    let order = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    landlord.submit("/host/orders", &format!("/host/orders/{order}/reject"), &[("reason", "在装修")]).await;
    landlord.submit(&delete, &delete, &[("version", "1")]).await.says(422, "房屋信息已被修改");
    landlord.submit(&delete, &delete, &[("version", &version)]).await.leads_to("/host?done=removed");
    landlord.get("/host?done=removed").await.says(200, "房源已删除");
    landlord.get(&page).await.says(404, "房屋不存在");
    guest.get(&public).await.says(404, "房屋不存在");
    guest.get("/orders").await.says(200, "十三陵旁的小屋");
}
