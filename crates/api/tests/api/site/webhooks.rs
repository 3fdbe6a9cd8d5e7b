//! Webhooks and the choice of messages by forms alone.

use minsu_domain::{MessageKind, MessageTemplate};

use super::browser::{Browser, site, site_with};
use crate::support::client::PASSWORD;

#[tokio::test]
async fn a_landlord_makes_tries_turns_and_deletes_a_webhook() {
    let server = site().await;
    let (landlord, stranger) = (Browser::new(&server), Browser::new(&server));
    landlord.sign_up("13900000001").await;
    stranger.sign_up("13900000002").await;
    let list = "/host/webhooks";
    landlord.get(list).await.says(200, "还没有 Webhook");
    let refused = landlord.submit(list, list, &[("url", "https://10.0.0.1/x"), ("events", "order.paid")]).await;
    refused.says(422, "不支持该网址");
    refused.says(422, "value=\"https://10.0.0.1/x\"");
    refused.says(422, "value=\"order.paid\" checked");
    let made =
        landlord.submit(list, list, &[("url", "http://127.0.0.1:9/secret-path"), ("events", "order.paid")]).await;
    made.says(200, "whsec_");
    made.says(200, "order.paid");
    let listed = landlord.get(list).await;
    listed.says(200, "127.0.0.1");
    assert!(!listed.text.contains("whsec_") && !listed.text.contains("secret-path"), "{}", listed.text);
    let page = listed.text.split("href=\"/host/webhooks/").nth(1).unwrap().split('"').next().unwrap();
    let page = format!("{list}/{page}");

    landlord.submit(&page, &format!("{page}/test"), &[]).await.leads_to(&format!("{page}?done=tested"));
    landlord.get(&format!("{page}?done=tested")).await.says(200, "webhook.test");
    landlord
        .submit(&page, &format!("{page}/state"), &[("enabled", "0")])
        .await
        .leads_to(&format!("{page}?done=hook_off"));
    let parked = landlord.get(&page).await;
    parked.says(200, "已搁置");
    let redeliver = parked.text.split("action=\"").find(|form| form.contains("/redeliver")).unwrap();
    let redeliver = redeliver.split('"').next().unwrap();
    landlord.submit(&page, redeliver, &[]).await.leads_to(&format!("{page}?done=redelivered"));
    landlord.submit(&page, redeliver, &[]).await.says(422, "该投递正在等待中");
    landlord
        .submit(&page, &format!("{page}/state"), &[("enabled", "1")])
        .await
        .leads_to(&format!("{page}?done=hook_on"));
    let secret = format!("{page}/secret");
    landlord.submit(&page, &secret, &[("password", "wrong")]).await.says(422, "密码");
    landlord.submit(&page, &secret, &[("password", PASSWORD)]).await.says(200, "旧密钥同时签名至");
    stranger.get(&page).await.says(404, "");
    stranger.submit("/me", &format!("{page}/delete"), &[]).await.says(404, "");
    landlord.submit(&page, &format!("{page}/delete"), &[]).await.leads_to("/host/webhooks?done=unhooked");
    landlord.get(list).await.says(200, "还没有 Webhook");
}

#[tokio::test]
async fn a_person_chooses_messages_where_the_site_sends_some() {
    let quiet = site().await;
    let person = Browser::new(&quiet);
    person.sign_up("13900000001").await;
    assert!(!person.get("/me").await.text.contains("/me/notifications"));
    let server = site_with(|state| {
        let template = |kind| (kind, MessageTemplate { id: "T".into(), values: vec![] });
        state.app.policy.messages.templates = [MessageKind::OrderPlaced, MessageKind::OrderPaid].map(template).into();
    })
    .await;
    let person = Browser::new(&server);
    person.sign_up("13900000001").await;
    let page = person.get("/me").await;
    page.says(200, "value=\"order.placed\" checked");
    page.says(200, "value=\"order.paid\" checked");
    assert!(!page.text.contains("order.accepted"));
    let to = "/me/notifications";
    person.submit("/me", to, &[("sms", "order.paid")]).await.leads_to("/me?done=notified");
    let page = person.get("/me?done=notified").await;
    page.says(200, "通知设置已保存");
    page.says(200, "value=\"order.placed\">");
    page.says(200, "value=\"order.paid\" checked");
    person.submit("/me", to, &[]).await.leads_to("/me?done=notified");
    assert!(!person.get("/me").await.text.contains("\" checked>"));
}
