//! One person, three dialects: the same session, the same data.

use serde_json::json;

use crate::support::{Client, World, client::PASSWORD, world::day};

#[tokio::test]
async fn a_session_of_one_dialect_works_in_the_others() {
    let world = World::new().await;
    let guest = Client::new(&world.server);

    // Registered in classic, asked in v1, logged out in v1, logged in in classic again.
    guest.get("/api/imagecode?pcodeid=0&codeid=77").await;
    let body = json!({"mobile": "13844444444", "image_code_id": "77", "image_code_text": guest.captcha_text("77")});
    guest.post("/api/smscode", &body).await.ok();
    let body = json!({"mobile": "13844444444", "phonecode": guest.sms_code("13844444444"), "password": PASSWORD});
    guest.post("/api/register", &body).await.ok();
    let name = guest.get("/api/check_login").await.ok()["data"].clone();
    assert_eq!(guest.get("/api/v1.0/session").await.ok()["data"]["name"], name);
    guest.delete("/api/v1.0/session").await.ok();
    guest.get("/api/check_login").await.refused("4102");
    guest.post("/api/login", &json!({"mobile": "13844444444", "password": PASSWORD})).await.ok();

    // Ordered in classic, decided in v1, commented in classic, read in v1.
    let order = json!({"house_id": world.house, "start_date": day(3), "end_date": day(3)});
    let id = guest.post("/api/order", &order).await.ok()["order_id"].clone();
    world.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &json!({"action": "accept"})).await.ok();
    guest.post("/api/order/comment", &json!({"order_id": id, "comment": "两边都好"})).await.ok();
    let detail = guest.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(detail["data"]["house"]["comments"][0]["comment"], "两边都好");
    assert_eq!(guest.get("/api/v1.0/user/orders").await.ok()["data"]["orders"][0]["status"], "COMPLETE");
    assert_eq!(guest.get("/api/order/my").await.ok()["orders"][0]["status"], 4);
}
