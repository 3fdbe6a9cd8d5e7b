//! Document 001: the classic calls in the spelling of the errcode pages, its misprints included.

use serde_json::json;

use crate::support::{
    Client, TestServer,
    client::PASSWORD,
    picture::{form, png},
    world::{day, house_form},
};

async fn sign_up(client: &Client, mobile: &str, key: &str) {
    client.get("/api/piccode?pre=1&cur=2").await;
    let mut body = json!({"mobile": mobile, "piccode_id": "2"});
    body[key] = json!(client.captcha_text("2"));
    client.post("/api/smscode", &body).await.ok();
    let body = json!({"mobile": mobile, "phonecode": client.sms_code(mobile), "password": PASSWORD});
    client.post("/api/register", &body).await.ok();
}

#[tokio::test]
async fn from_the_captcha_to_the_home_page() {
    let server = TestServer::start().await;
    let (landlord, guest) = (Client::new(&server), Client::new(&server));
    sign_up(&landlord, "13811111111", "PICCODE").await;
    sign_up(&guest, "13822222222", "piccode").await;
    guest.get("/api/logout").await.ok();
    let wrong = guest.post("/api/login", &json!({"mobile": "13822222222", "password": "87654321"})).await;
    assert_eq!(wrong.refused("4102").json["errcode"], "4102");
    guest.post("/api/login", &json!({"mobile": "13822222222", "password": PASSWORD})).await.ok();

    landlord.post("/api/profile/name", &json!({"name": "房东"})).await.ok();
    guest.post("/api/profile/name", &json!({"user_name": "房东"})).await.refused("4001");
    let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
    landlord.post("/api/profile/auth", &identity).await.ok();
    let house = landlord.post("/api/house/info", &house_form()).await.ok()["house_id"].as_str().unwrap().to_owned();
    let picture = form("house_image", png(5)).text("house_id", house.clone());
    landlord.upload("/api/house/image", picture).await.ok();
    assert_eq!(landlord.get("/api/house/my").await.ok()["houses"][0]["house_id"].to_string(), house);

    // The order call under the URL that item 17 prints, the list as a form.
    let (start, end) = (day(7), day(9));
    let order = json!({"house_id": house, "start_date": start, "end_date": end});
    let id = guest.post("/api/order/list2", &order).await.ok()["order_id"].clone();
    let form = format!("aid=2&sd={start}&ed={end}&sk=new&p=1");
    let request = guest.request(reqwest::Method::POST, "/api/house/list2");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(guest.send(request).await.ok()["data"], json!([]));

    // The rejection under the URL that item 20 prints.
    landlord.post("/api/house/reject", &json!({"order_id": id})).await.refused("4103");
    landlord.post("/api/house/reject", &json!({"order_id": id, "reject_reason": "已满"})).await.ok();
    let rejected = guest.get("/api/order/my").await.ok()["orders"][0].clone();
    assert_eq!((&rejected["status"], &rejected["comment"]), (&json!(6), &json!("已满")));
    let id = guest.post("/api/order/list2", &order).await.ok()["order_id"].to_string();
    guest.post("/api/order/accept", &json!({"order_id": id})).await.refused("4105");
    landlord.post("/api/order/accept", &json!({"order_id": id})).await.ok();
    guest.post("/api/order/comment", &json!({"order_id": id, "comment": "不错"})).await.ok();
    assert_eq!(guest.get("/api/house/list2?sk=booking").await.ok()["houses"][0]["order_count"], 1);
}
