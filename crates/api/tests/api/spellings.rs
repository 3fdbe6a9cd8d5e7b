//! Names that only some published pages use; the paths that they use stand in the tables.

use serde_json::{Value, json};

use crate::support::{
    Client, TestServer, World,
    picture::{form, png},
};

/// Classic pages of the third kind: `p` and `c` for captchas, `code` and `codeId` for SMS codes.
#[tokio::test]
async fn the_third_names_of_classic_lead_to_a_code() {
    let server = TestServer::start().await;
    let visitor = Client::new(&server);
    visitor.get("/api/imagecode?p=&c=first").await;
    let dropped = visitor.captcha_text("first");
    let picture = visitor.get("/api/imagecode?p=first&c=second").await;
    assert_eq!(picture.headers["content-type"], "image/jpeg");

    let mobile = "13811111111";
    let asks = |id: &str, text: &str| json!({"mobile": mobile, "codeId": id, "code": text});
    // The captcha that `p` names is no longer good.
    visitor.post("/api/smscode", &asks("first", &dropped)).await.refused("4002");
    let text = visitor.captcha_text("second");
    for name in ["codeId", "code"] {
        let mut body = asks("second", &text);
        body.as_object_mut().unwrap().remove(name);
        visitor.post("/api/smscode", &body).await.refused("4103");
    }
    visitor.post("/api/smscode", &asks("second", &text)).await.ok();
    assert_eq!(visitor.sms_code(mobile).len(), 6);
    assert_eq!(visitor.get("/api/imagecode?p=second").await.refused("4103").json["errcode"], "4103");
}

/// The younger pages of v1 name the captcha in the query, whichever path they take.
#[tokio::test]
async fn the_younger_names_of_the_sms_call_work_at_both_paths() {
    let server = TestServer::start().await;
    let visitor = Client::new(&server);
    for (path, mobile) in [("sms_codes", "13811111111"), ("smscode", "13822222222")] {
        let (id, text) = visitor.captcha().await;
        let query = format!("image_code={text}&image_code_id={id}");
        visitor.get(&format!("/api/v1.0/{path}/{mobile}?{query}")).await.ok();
        assert_eq!(visitor.sms_codes(mobile).len(), 1);
    }
}

/// The URL of a picture has every name that pages read, in every dialect.
#[tokio::test]
async fn a_new_picture_has_its_url_under_every_name() {
    let world = World::new().await;
    let house = world.house.to_string();
    let upload = |shade| form("house_image", png(shade)).text("house_id", house.clone());
    let landlord = &world.landlord;
    let v1 = landlord.upload(&format!("/api/v1.0/houses/{house}/images"), upload(2)).await.ok();
    let younger = landlord.upload("/api/v1.0/houses/image", upload(3)).await.ok();
    for data in [&v1["data"], &younger["data"]] {
        assert!(data["url"].is_string() && data["url"] == data["image_url"], "{data}");
    }
    let classic = landlord.upload("/api/house/image", upload(4)).await.ok();
    assert!(classic["url"].is_string(), "{classic}");
    assert_eq!((&classic["image_url"], &classic["data"]), (&classic["url"], &classic["url"]));
    let detail = world.anonymous.get(&format!("/api/v1.0/houses/{house}")).await.ok();
    assert_eq!(detail["data"]["house"]["img_urls"].as_array().unwrap().len(), 4);
}

/// Where the form names the house, it is checked as in a path.
#[tokio::test]
async fn a_house_in_the_form_is_a_house_of_ones_own() {
    let world = World::new().await;
    let upload = |house: &str| form("house_image", png(5)).text("house_id", house.to_owned());
    for (house, code) in [("", "4103"), ("none", "4103"), ("0", "4103"), ("999", "4002")] {
        world.landlord.upload("/api/v1.0/houses/image", upload(house)).await.refused(code);
    }
    world.guest.upload("/api/v1.0/houses/image", upload(&world.house.to_string())).await.refused("4105");
}

#[tokio::test]
async fn the_districts_of_the_classic_home_page_stand_in_data_too() {
    let server = TestServer::start().await;
    let home = Client::new(&server).get("/api/house/index").await.ok();
    assert_eq!((&home["data"], &home["data"][0]["name"]), (&home["areas"], &Value::from("东城区")));
}

/// Classic pages put the answer into their fields: `null` would be shown as a word.
#[tokio::test]
async fn a_missing_real_name_is_empty_in_classic_and_null_in_v1() {
    let server = TestServer::start().await;
    let visitor = Client::new(&server);
    visitor.register("13811111111").await;
    let empty = json!({"real_name": "", "id_card": ""});
    assert_eq!(visitor.get("/api/profile/auth").await.ok()["data"], empty);
    assert_eq!(visitor.get("/api/v1.0/users/auth").await.ok()["data"]["real_name"], Value::Null);
}

/// Every facility under the id that a house is published with.
#[tokio::test]
async fn all_facilities_are_told() {
    let server = TestServer::start().await;
    let facilities = Client::new(&server).get("/api/v1.0/facilities").await.ok()["data"].clone();
    assert_eq!(facilities.as_array().unwrap().len(), 23);
    assert_eq!(facilities[0], json!({"fid": 1, "fname": "无线网络"}));
    assert_eq!(facilities[22], json!({"fid": 23, "fname": "浴缸"}));
}
