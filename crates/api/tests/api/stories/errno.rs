//! Documents 000 and 003: the classic calls in the spelling of the errno pages, with either value of
//! the setting `classic.data`.

use minsu_api::wiring::registered_dialects;
use minsu_dialect_classic::{ClassicData, Options};
use serde_json::json;

use crate::support::{
    Client, TestServer,
    picture::{form, png},
    world::{day, house_form},
};

async fn sign_up(client: &Client, mobile: &str) {
    let id = uuid::Uuid::new_v4().to_string();
    client.get(&format!("/api/imagecode?pcodeid=&codeid={id}")).await;
    let text = client.captcha_text(&id).to_lowercase();
    let body = json!({"mobile": mobile, "image_code_id": id, "image_code_text": text});
    client.post("/api/smscode", &body).await.ok();
    let wrong = json!({"mobile": mobile, "image_code_text": "zzzz", "phonecode": client.sms_code(mobile), "password": "123456789"});
    assert_eq!(client.post("/api/register", &wrong).await.refused("4004").errmsg(), "验证码错误");
    let body = json!({"mobile": mobile, "image_code_text": text, "phonecode": client.sms_code(mobile), "password": "123456789"});
    client.post("/api/register", &body).await.ok();
}

#[tokio::test]
async fn from_the_captcha_to_the_home_page_as_documented() {
    from_the_captcha_to_the_home_page(ClassicData::Documented).await;
}

#[tokio::test]
async fn from_the_captcha_to_the_home_page_as_pages_read_it() {
    from_the_captcha_to_the_home_page(ClassicData::Pages).await;
}

async fn from_the_captcha_to_the_home_page(data: ClassicData) {
    let server = TestServer::start_with(|state| state.dialects = registered_dialects(Options { data })).await;
    let for_pages = data == ClassicData::Pages;
    let (landlord, guest) = (Client::new(&server), Client::new(&server));
    assert_eq!(landlord.get("/api/check_login").await.refused("4102").json["errcode"], "4102");
    sign_up(&landlord, "18736008450").await;
    sign_up(&guest, "18736008451").await;

    landlord.post("/api/profile/name", &json!({"username": "switch"})).await.ok();
    let checked = landlord.get("/api/check_login").await.ok();
    let expected = if for_pages { json!({"name": "switch"}) } else { json!("switch") };
    assert_eq!((&checked["data"], &checked["name"]), (&expected, &json!("switch")));
    let portrait = landlord.upload("/api/profile/avatar", form("avater", png(3))).await.ok();
    let profile = landlord.get("/api/profile").await.ok();
    assert_eq!(profile["data"]["name"], "switch");
    let url = if for_pages { &portrait["data"] } else { &portrait["data"]["pic_url"] };
    assert!(url.as_str().unwrap().starts_with("http"), "{portrait}");
    assert_eq!((&profile["data"]["avatar_url"], &portrait["url"]), (url, url));

    assert_eq!(landlord.post("/api/house/info", &house_form()).await.refused("4105").json["house_id"], "");
    let identity = json!({"real_name": "韩梅梅", "id_card": "440524188001010014"});
    landlord.post("/api/profile/auth", &identity).await.ok();
    landlord.post("/api/profile/auth", &identity).await.refused("4003");
    let shown = json!({"real_name": "韩梅梅", "id_card": "4405**********0014"});
    assert_eq!(landlord.get("/api/profile/auth").await.ok()["data"], shown);

    let house = landlord.post("/api/house/info", &house_form()).await.ok()["house_id"].as_str().unwrap().to_owned();
    let picture = form("house_image", png(4)).text("house_id", house.clone());
    let url = landlord.upload("/api/house/image", picture).await.ok()["url"].clone();
    let home = guest.get("/api/house/index").await.ok();
    assert_eq!((&home["houses"][0]["img_url"], home["areas"].as_array().unwrap().len()), (&url, 16));

    let (start, end) = (day(5), day(6));
    let search = json!({"aid": "2", "sd": start, "ed": end, "sk": "", "p": "1"});
    assert_eq!(guest.post("/api/house/list", &search).await.ok()["total"], 1);
    let order = json!({"house_id": house, "start_date": start, "end_date": end});
    let id = guest.post("/api/order", &order).await.ok()["order_id"].clone();
    guest.post("/api/order", &order).await.refused("4004");
    landlord.post("/api/order", &order).await.refused("4105");
    assert_eq!(guest.post("/api/house/list", &search).await.ok()["total"], 0);

    landlord.post("/api/order/reject", &json!({"order_id": id, "reject_reason": "装修"})).await.ok();
    assert_eq!(guest.get("/api/order/my?role=custom").await.ok()["orders"][0]["status"], 6);
    let id = guest.post("/api/order", &order).await.ok()["order_id"].clone();
    landlord.post("/api/order/accept", &json!({"order_id": id})).await.ok();
    guest.post("/api/order/comment", &json!({"order_id": id, "comment": "很好"})).await.ok();
    let detail = guest.get(&format!("/api/house/info?id={house}")).await.ok();
    assert_eq!(detail["house"]["comments"][0]["content"], "很好");
    assert_eq!(guest.get("/api/house/list?sk=booking").await.ok()["data"][0]["order_count"], 1);

    landlord.get("/api/logout").await.ok();
    landlord.get("/api/logout").await.refused("4102");
    assert_eq!(landlord.get("/api/check_login").await.refused("4102").json["data"], json!(null));
}
