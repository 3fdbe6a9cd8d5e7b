//! The page of an order, the people who stay, and the deletion of an account with open orders.

use super::browser::{Browser, day, site};
use crate::support::client::PASSWORD;

/// Books for two guests; the id of the order.
async fn booked(guest: &Browser, house: &str, first: u64) -> String {
    let (start, end) = (day(first), day(first + 2));
    let look = format!("/houses/{house}/book?start={start}&end={end}&guests=2");
    let stay = [("start", start.as_str()), ("end", end.as_str()), ("guests", "2"), ("total", "59970")];
    guest.submit(&look, &format!("/houses/{house}/book"), &stay).await.leads_to("/orders?done=booked");
    let orders = guest.get("/orders").await;
    orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn both_parties_see_deadlines_and_history_and_the_landlord_sees_people_masked() {
    let server = site().await;
    let (landlord, guest, other) = (Browser::new(&server), Browser::new(&server), Browser::new(&server));
    let house = landlord.publish("13900000021", "湖边小院").await;
    guest.sign_up("13900000022").await;
    other.sign_up("13900000023").await;
    let order = booked(&guest, &house, 3).await;
    let (page, people) = (format!("/orders/{order}"), format!("/orders/{order}/occupants"));
    guest.get("/orders").await.says(200, &format!("href=\"{page}\""));
    for party in [&guest, &landlord] {
        let shown = party.get(&page).await;
        for text in ["须在此前答复", "可取消至", "适中", "房客: 待接单", "¥599.70"] {
            shown.says(200, text);
        }
    }
    for path in [&page, &people, &format!("{people}.csv")] {
        other.get(path).await.says(404, "请求编号");
    }
    // The guest names one of two people; half a person is refused and shown again.
    let half = [("name-1", "张三"), ("number-1", "")];
    let refused = guest.submit(&people, &people, &half).await;
    refused.says(422, "身份证号格式错误");
    refused.says(422, "value=\"张三\"");
    let one = [("name-1", "张三"), ("number-1", "11010519491231002X"), ("name-2", ""), ("number-2", "")];
    guest.submit(&people, &people, &one).await.leads_to(&format!("{people}?done=named"));
    guest.get(&people).await.says(200, "1101**********002X");
    // The landlord sees them from the acceptance on.
    assert!(!landlord.get(&page).await.text.contains(&people));
    landlord.get(&people).await.says(409, "请求编号");
    landlord.submit(&page, &format!("/host/orders/{order}/accept"), &[]).await.leads_to("/host/orders?done=accepted");
    landlord.get(&page).await.says(200, &people);
    landlord.get(&page).await.says(200, "房东: 已接单");
    let seen = landlord.get(&people).await;
    seen.says(200, "张*");
    assert!(!seen.text.contains("张三") && !seen.text.contains("11010519491231002X"));
    let file = format!("{people}.csv");
    seen.says(200, &format!("href=\"{file}\""));
    landlord.get(&file).await.says(200, "\"张三\",\"11010519491231002X\"");
    guest.get(&file).await.says(403, "请求编号");
    landlord.submit(&people, &format!("{people}/confirm"), &[("password", "wrong")]).await.says(422, "密码错误");
    landlord.submit(&people, &format!("{people}/confirm"), &[("password", PASSWORD)]).await.leads_to(&people);
    // An open order keeps the account, and the page links it.
    let kept = guest.submit("/me/delete", "/me/delete", &[("password", PASSWORD)]).await;
    kept.says(422, &format!("href=\"{page}\""));
    guest.submit(&format!("{page}/cancel"), &format!("{page}/cancel"), &[]).await.leads_to("/orders?done=canceled");
    guest.get(&page).await.says(200, "房客: 已取消");
    guest.submit("/me/delete", "/me/delete", &[("password", PASSWORD)]).await.leads_to("/login?done=deleted");
}

/// Where the site demands the people who stay, the form asks for them.
#[tokio::test]
async fn a_site_that_demands_people_asks_for_them() {
    let server = super::browser::site_with(|state| state.app.policy.occupants_required = true).await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let house = landlord.publish("13900000031", "湖边小院").await;
    guest.sign_up("13900000032").await;
    let (start, end) = (day(3), day(5));
    let look = format!("/houses/{house}/book?start={start}&end={end}&guests=2");
    let book = format!("/houses/{house}/book");
    guest.get(&look).await.says(200, "name=\"number-2\"");
    let stay = [("start", start.as_str()), ("end", end.as_str()), ("guests", "2"), ("total", "59970")];
    guest.submit(&look, &book, &stay).await.says(422, "入住人错误");
    let named = [&stay[..], &[("name-1", "张三"), ("number-1", "11010519491231002X")]].concat();
    guest.submit(&look, &book, &named).await.leads_to("/orders?done=booked");
}
