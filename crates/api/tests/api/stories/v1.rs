//! Documents 002 and 004.

use serde_json::json;

use crate::support::{
    Client, TestServer,
    client::PASSWORD,
    picture::{form, png},
    world::{day, house_form, order},
};

#[tokio::test]
async fn from_the_captcha_to_the_home_page() {
    let server = TestServer::start().await;

    // The landlord signs up with the spelling of document 002 …
    let landlord = Client::new(&server);
    let (id, text) = landlord.captcha().await;
    let sent = landlord.get(&format!("/api/v1.0/smscode/13811111111&text={text}&id={id}")).await.ok();
    assert_eq!(sent["errmsg"], "发送成功");
    let code = landlord.sms_code("13811111111");
    let body = json!({"mobile": "13811111111", "sms_code": code, "password": PASSWORD});
    let registered = landlord.post("/api/v1.0/users", &body).await.ok();
    assert!(!registered["data"]["name"].as_str().unwrap().contains("13811111111"));
    assert_eq!(landlord.get("/api/v1.0/session").await.ok()["errmsg"], "true");

    // … logs out and in again …
    landlord.delete("/api/v1.0/session").await.ok();
    assert_eq!(landlord.get("/api/v1.0/session").await.refused("4101").errmsg(), "false");
    landlord.post("/api/v1.0/sessions", &json!({"mobile": "13811111111", "password": PASSWORD})).await.ok();

    // … cannot publish before the real name is there …
    landlord.post("/api/v1.0/houses", &house_form()).await.refused("4105");
    let identity = json!({"real_name": "李雷", "id_card": "11010519491231002x"});
    landlord.post("/api/v1.0/user/auth", &identity).await.ok();
    let identity = landlord.get("/api/v1.0/user/auth").await.ok();
    assert_eq!(identity["data"]["id_card"], "1101**********002X");

    // … and publishes a house with two pictures; the first one is its face.
    let house = landlord.post("/api/v1.0/houses", &house_form()).await.ok()["data"]["house_id"].as_i64().unwrap();
    let images = format!("/api/v1.0/houses/{house}/images");
    let first = landlord.upload(&images, form("house_image", png(1))).await.ok()["data"]["url"].clone();
    landlord.upload(&images, form("house_image", png(2))).await.ok();
    let index = landlord.get("/api/v1.0/houses/index").await.ok();
    assert_eq!(index["data"][0]["img_url"], first);
    let picture = landlord.get(first.as_str().unwrap()).await;
    assert_eq!((picture.status.as_u16(), &picture.bytes[..2]), (200, &[0xff, 0xd8][..]));

    // Two guests sign up, one with the spelling of document 004.
    let anna = Client::new(&server);
    let (id, text) = anna.captcha().await;
    anna.get(&format!("/api/v1.0/smscode/13822222222,text={text},id={id}")).await.ok();
    let code = anna.sms_code("13822222222");
    let body = json!({"mobile": "13822222222", "sms_code": code, "password": PASSWORD});
    anna.post("/api/v1.0/users", &body).await.ok();
    let ben = Client::new(&server);
    ben.register("13833333333").await;

    // Anna finds the house on the days she wants and books it; for Ben it is gone.
    let (start, end) = (day(10), day(12));
    let search = format!("/api/v1.0/houses?aid=2&sd={start}&ed={end}&sk=new&p=1");
    assert_eq!(anna.get(&search).await.ok()["data"]["houses"][0]["house_id"], house);
    let annas = order(&anna, house, &start, &end).await.ok()["data"]["order_id"].as_i64().unwrap();
    let clash = order(&ben, house, &end, &day(14)).await.refused("4004");
    assert_eq!(clash.errmsg(), "房屋已被预订");
    let nothing = json!({"houses": [], "total_page": 0, "current_page": 1, "next": null});
    assert_eq!(ben.get(&search).await.ok()["data"], nothing);

    // The landlord rejects Anna with a reason; the days are free at once and Ben takes them.
    let orders = landlord.get("/api/v1.0/user/orders?role=landlord").await.ok();
    assert_eq!(orders["data"]["orders"][0]["order_id"], annas);
    let status = |id: i64| format!("/api/v1.0/orders/{id}/status");
    landlord.put(&status(annas), &json!({"action": "reject"})).await.refused("4103");
    landlord.put(&status(annas), &json!({"action": "reject", "reason": "装修"})).await.ok();
    let seen = anna.get("/api/v1.0/user/orders?role=custom").await.ok()["data"]["orders"][0].clone();
    assert_eq!((&seen["status"], &seen["comment"]), (&json!("REJECTED"), &json!("装修")));
    assert_eq!((&seen["days"], &seen["amount"]), (&json!(3), &json!(5997)));
    let bens = order(&ben, house, &start, &end).await.ok()["data"]["order_id"].as_i64().unwrap();

    // The landlord accepts, Ben comments, and the house has become popular.
    let comment = format!("/api/v1.0/orders/{bens}/comment");
    ben.put(&comment, &json!({"comment": "太早"})).await.refused("4004");
    landlord.put(&status(bens), &json!({"action": "accept"})).await.ok();
    landlord.put(&status(bens), &json!({"action": "accept"})).await.refused("4004");
    ben.put(&comment, &json!({"order_id": bens, "comment": "很干净 🏠"})).await.ok();
    ben.put(&comment, &json!({"comment": "再说一次"})).await.refused("4004");
    let detail = ben.get(&format!("/api/v1.0/houses/{house}")).await.ok();
    assert_eq!(detail["data"]["house"]["comments"][0]["comment"], "很干净 🏠");
    assert_eq!(detail["data"]["house"]["price"], 1999);
    let popular = ben.get("/api/v1.0/houses?sk=booking").await.ok();
    assert_eq!(popular["data"]["houses"][0]["order_count"], 1);
}
