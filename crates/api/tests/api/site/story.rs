//! The whole story by forms alone: sign up, publish, book, clash, reject, book again, accept, comment, leave.

use super::browser::{Browser, day, site};
use crate::support::{client::PASSWORD, picture::png};

#[tokio::test]
async fn people_publish_book_decide_and_comment_by_forms_alone() {
    let server = site().await;
    let (landlord, guest, other) = (Browser::new(&server), Browser::new(&server), Browser::new(&server));
    let house = landlord.publish("13900000001", "十三陵旁的小屋").await;
    guest.sign_up("13900000002").await;
    other.sign_up("13900000003").await;
    let book = format!("/houses/{house}/book");
    // From today on: a comment is written from the first day on.
    let (start, end) = (day(0), day(2));

    let found = guest.get(&format!("/houses?area=4&start={start}&end={end}&guests=2")).await;
    found.says(200, "十三陵旁的小屋");
    found.says(200, &format!("/houses/{house}?start={start}&amp;end={end}&amp;guests=2").replace("&amp;", "&#38;"));
    let listing = guest.get(&format!("/houses/{house}?start={start}&end={end}&guests=2")).await;
    listing.says(200, "¥599.70");
    let look = format!("{book}?start={start}&end={end}&guests=2");
    let stay = [("start", start.as_str()), ("end", end.as_str()), ("guests", "2"), ("total", "59970")];
    guest.submit(&look, &book, &stay).await.leads_to("/orders?done=booked");
    guest.get("/orders?done=booked").await.says(200, "预订已提交");

    let clash = other.submit("/me", &book, &stay).await;
    clash.says(422, "房屋已被预订");
    other.get(&look).await.says(200, "房屋已被预订");
    let other_price = [("start", day(20)), ("end", day(20)), ("guests", "1".into()), ("total", "1".into())];
    let other_price: Vec<_> = other_price.iter().map(|(name, value)| (*name, value.as_str())).collect();
    other.submit("/me", &book, &other_price).await.says(422, "价格已变动");

    let orders = landlord.get("/host/orders").await;
    orders.says(200, "待接单");
    let order = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let calendar = landlord.get(&format!("/host/houses/{house}/calendar?month={}", &start[..7])).await;
    calendar.says(200, &format!("href=\"/host/orders#order-{order}\""));
    let empty = landlord.submit("/host/orders", &format!("/host/orders/{order}/reject"), &[("reason", " ")]).await;
    empty.says(422, "role=\"alert\"");
    let reject = format!("/host/orders/{order}/reject");
    landlord.submit("/host/orders", &reject, &[("reason", "在装修")]).await.leads_to("/host/orders?done=rejected");
    guest.get("/orders").await.says(200, "在装修");
    let late = landlord.submit("/host/houses/1", &format!("/host/orders/{order}/accept"), &[]).await;
    late.says(422, "订单状态不允许该操作");

    other.submit(&look, &book, &stay).await.leads_to("/orders?done=booked");
    let orders = landlord.get("/host/orders").await;
    let order = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let accept = format!("/host/orders/{order}/accept");
    landlord.submit("/host/orders", &accept, &[]).await.leads_to("/host/orders?done=accepted");
    let later = day(20);
    let look = format!("{book}?start={later}&end={later}&guests=1");
    let early = [("start", later.as_str()), ("end", later.as_str()), ("guests", "1"), ("total", "19990")];
    guest.submit(&look, &book, &early).await.leads_to("/orders?done=booked");
    let orders = landlord.get("/host/orders").await;
    let early = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    landlord.submit("/host/orders", &format!("/host/orders/{early}/accept"), &[]).await;
    guest.get("/orders").await.says(200, "入住首日起可以评价");
    let comment = format!("/orders/{early}/comment");
    guest.submit("/me", &comment, &[("comment", "还没去")]).await.says(422, "尚未入住，不能评价");
    let cancel = format!("/orders/{early}/cancel");
    guest.get(&cancel).await.says(200, "¥199.90");
    other.get(&cancel).await.says(404, "请求编号");
    other.submit("/orders", &cancel, &[("reason", "不是我的订单")]).await.says(404, "请求编号");
    let markup = guest.submit(&cancel, &cancel, &[("reason", "<b>")]).await;
    markup.says(422, "role=\"alert\"");
    guest.submit(&cancel, &cancel, &[("reason", "改期")]).await.leads_to("/orders?done=canceled");
    guest.get("/orders?done=canceled").await.says(200, "日期已重新开放");
    landlord.get("/host/orders").await.says(200, "改期");
    guest.submit("/me", &cancel, &[]).await.says(409, "请求编号");
    let comment = format!("/orders/{order}/comment");
    guest.submit("/me", &comment, &[("comment", "不是我的订单")]).await.says(404, "请求编号");
    other.submit("/orders", &comment, &[("comment", "安静又干净")]).await.leads_to("/orders?done=commented");
    guest.get(&format!("/houses/{house}")).await.says(200, "安静又干净");
}

#[tokio::test]
async fn an_account_is_kept_and_left() {
    let server = site().await;
    let person = Browser::new(&server);
    person.sign_up("13900000011").await;
    let me = person.get("/me").await;
    me.says(200, "139****0011");
    person.submit("/me", "/me/name", &[("name", "韩梅梅的家")]).await.leads_to("/me?done=renamed");
    let picture = png(2);
    person.upload("/me", "/me/avatar", "picture", picture).await.leads_to("/me?done=portrayed");
    person.upload("/me", "/me/avatar", "picture", b"no picture".to_vec()).await.says(422, "图片格式错误");
    let changed = [("old", PASSWORD), ("new", "another secret")];
    person.submit("/me", "/me/password", &changed).await.leads_to("/me?done=password");
    person.submit("/me", "/me/password", &changed).await.says(422, "密码错误");
    person.get("/me/sessions").await.says(200, "本设备");
    person.submit("/me", "/logout", &[]).await.leads_to("/");
    person.get("/me").await.leads_to("/login?next=%2Fme");

    let wrong = [("mobile", "13900000011"), ("password", PASSWORD)];
    person.submit("/login", "/login", &wrong).await.says(422, "用户名或密码错误");
    person.ask_code("/reset", "13900000011").await.leads_to("/reset/code?next=%2Fme");
    let code = person.get("/reset/code").await.dev_code();
    let fields = [("code", code.as_str()), ("password", "a third secret")];
    person.submit("/reset/code", "/reset/code", &fields).await.leads_to("/login?done=reset");
    let right = [("mobile", "13900000011"), ("password", "a third secret"), ("next", "/host?after=9")];
    person.submit("/login", "/login", &right).await.leads_to("/host?after=9");

    let second = Browser::new(&server);
    let abroad = [("mobile", "13900000011"), ("password", "a third secret"), ("next", "//evil.example")];
    second.submit("/login", "/login", &abroad).await.leads_to("/me");
    let sessions = person.get("/me/sessions").await;
    let end = sessions.text.split("action=\"/me/sessions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ended = person.submit("/me/sessions", &format!("/me/sessions/{end}"), &[]).await;
    ended.leads_to("/me/sessions?done=ended");
    second.get("/me").await.leads_to("/login?next=%2Fme");

    person.submit("/me", "/me/export", &[("password", "wrong")]).await.says(422, "密码错误");
    person.submit("/me", "/me/export", &[("password", "a third secret")]).await.leads_to("/me/export");
    let export = person.get("/me/export").await;
    export.says(200, "href=\"/api/v2/me/export\"");
    person.get("/api/v2/me/export").await.says(200, "韩梅梅的家");
    person.submit("/me/delete", "/me/delete", &[("password", "wrong")]).await.says(422, "密码错误");
    let left = person.submit("/me/delete", "/me/delete", &[("password", "a third secret")]).await;
    left.leads_to("/login?done=deleted");
    person.get("/me").await.leads_to("/login?next=%2Fme");
}

#[tokio::test]
async fn what_was_typed_stays_in_a_form_that_is_refused() {
    let server = site().await;
    let person = Browser::new(&server);
    let page = person.get("/signup").await;
    let fields = [
        ("csrf", page.hidden("csrf")),
        ("captcha_id", page.hidden("captcha_id")),
        ("captcha", "0000".into()),
        ("mobile", "13900000021".into()),
    ];
    let refused = person.send(person.request(reqwest::Method::POST, "/signup").form(&fields)).await;
    refused.says(422, "图片验证码不一致");
    refused.says(422, "value=\"13900000021\"");
    assert_ne!(refused.hidden("captcha_id"), page.hidden("captcha_id"), "a captcha is answered once");
    person.get("/signup/code").await.leads_to("/signup");
    person.sign_up("13900000021").await;
    let mut fields = super::browser::house("标题");
    fields.retain(|(name, _)| *name != "price");
    fields.push(("price", "1.999"));
    let refused = person.submit("/host/new", "/host/new", &fields).await;
    refused.says(422, "value=\"1.999\"");
    refused.says(422, "value=\"西环路 9 号\"");
    assert_eq!(refused.text.matches(" checked>").count(), 2);
    // A draft needs no real name, publishing does.
    let drafted = person.submit("/host/new", "/host/new", &super::browser::house("草稿")).await;
    let path = drafted.location().split('?').next().unwrap().to_owned();
    let picture = png(2);
    person.upload(&path, &format!("{path}/pictures"), "picture", picture).await;
    person.submit(&path, &format!("{path}/publish"), &[]).await.says(422, "请先完成实名认证");
    let id = path.strip_prefix("/host/houses/").unwrap();
    Browser::new(&server).get(&format!("/houses/{id}")).await.says(404, "房屋不存在");
}
