//! Input as users type and paste it: digits of another width, blanks around them, JSON of odd editors.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::{Answer, Client, TestServer, client::PASSWORD};

/// Ways to type digits and letters from a list.
fn typed(text: &str) -> [String; 4] {
    let full_width = |c: char| char::from_u32(c as u32 - 0x20 + 0xff00).unwrap();
    [
        format!(" {text}\r\n"),
        format!("\u{3000}{text}\u{feff}"),
        text.chars().map(full_width).collect(),
        format!("\u{202d}{}\u{202c}", text.chars().map(full_width).collect::<String>()),
    ]
}

#[tokio::test]
async fn typed_digits_are_folded_in_v1() {
    let server = TestServer::start().await;
    for (way, mobile) in ["13811111111", "13822222222", "13833333333", "13844444444"].into_iter().enumerate() {
        let way = |text: &str| typed(text)[way].clone();
        let client = Client::new(&server);
        let (id, text) = client.captcha().await;
        let sms = client.request(Method::GET, &format!("/api/v1.0/smscode/{mobile}"));
        client.send(sms.query(&[("text", &way(&text)), ("id", &id)])).await.ok();
        let code = way(&client.sms_code(mobile));
        let body = json!({"mobile": way(mobile), "sms_code": code, "password": PASSWORD});
        client.post("/api/v1.0/users", &body).await.ok();
        let body = json!({"mobile": way(mobile), "password": PASSWORD});
        client.post("/api/v1.0/sessions", &body).await.ok();
        let body = json!({"real_name": "李雷", "id_card": way("11010519491231002x")});
        client.post("/api/v1.0/user/auth", &body).await.ok();
        let identity = client.get("/api/v1.0/user/auth").await.ok();
        assert_eq!(identity["data"]["id_card"], "1101**********002X");
        let code = way(&client.ask_sms_for("password", mobile).await);
        let body = json!({"mobile": way(mobile), "sms_code": code, "password": "another one"});
        client.post("/api/v1.0/user/password/reset", &body).await.ok();
        // A path is typed by no person.
        let sms = client.request(Method::GET, &format!("/api/v1.0/smscode/{}", way(mobile)));
        client.send(sms.query(&[("text", "ACE3"), ("id", &id)])).await.refused("4103");
    }
}

#[tokio::test]
async fn typed_digits_are_folded_in_classic() {
    let server = TestServer::start().await;
    for (way, mobile) in ["13811111111", "13822222222", "13833333333", "13844444444"].into_iter().enumerate() {
        let way = |text: &str| typed(text)[way].clone();
        let client = Client::new(&server);
        let (id, text) = client.captcha().await;
        let body = json!({"mobile": way(mobile), "image_code_id": id, "image_code_text": way(&text)});
        client.post("/api/smscode", &body).await.ok();
        let code = way(&client.sms_code(mobile));
        // The captcha's text comes once more, as it was typed.
        let body =
            json!({"mobile": way(mobile), "phonecode": code, "password": PASSWORD, "image_code_text": way(&text)});
        client.post("/api/register", &body).await.ok();
        client.post("/api/login", &json!({"mobile": way(mobile), "password": PASSWORD})).await.ok();
        let body = json!({"real_name": "李雷", "id_card": way("11010519491231002x")});
        client.post("/api/profile/auth", &body).await.ok();
        let identity = client.get("/api/profile/auth").await.ok();
        assert_eq!(identity["data"]["id_card"], "1101**********002X");
    }
}

/// A call of each dialect that takes JSON with a text in it.
fn renames(client: &Client) -> [(RequestBuilder, &'static str); 2] {
    [
        (client.request(Method::PUT, "/api/v1.0/user/name"), "name"),
        (client.request(Method::POST, "/api/profile/name"), "name"),
    ]
}

async fn send(client: &Client, request: RequestBuilder, body: Vec<u8>) -> Answer {
    client.send(request.header("content-type", "application/json").body(body)).await
}

#[tokio::test]
async fn a_byte_order_mark_before_json_is_skipped() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    for (request, field) in renames(&client) {
        let body = format!("\u{feff}{{\"{field}\": \"Anna\"}}");
        send(&client, request, body.into_bytes()).await.ok();
        assert_eq!(client.get("/api/v1.0/user").await.ok()["data"]["name"], "Anna");
    }
    // The calls that take JSON or a form.
    for path in ["/api/house/list", "/api/house/list2"] {
        let request = client.request(Method::POST, path);
        send(&client, request, "\u{feff}{\"p\": 1}".into()).await.ok();
    }
}

#[tokio::test]
async fn half_a_character_is_a_wrong_field_and_not_no_json() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    for half in [r"\ud83c", r"Anna \ud83c", r"\udfe0", r"\ud83cA", r"\udfe0\ud83c"] {
        for (request, field) in renames(&client) {
            let answer = send(&client, request, format!("{{\"{field}\": \"{half}\"}}").into()).await;
            assert_eq!(answer.refused("4103").errmsg(), "参数错误", "{half}");
        }
        for path in ["/api/house/list", "/api/house/list2"] {
            let body = format!("{{\"sk\": \"{half}\"}}");
            send(&client, client.request(Method::POST, path), body.into()).await.refused("4103");
        }
    }
    for (request, field) in renames(&client) {
        let body = format!(r#"{{"{field}": "\ud83c\udfe0"}}"#);
        send(&client, request, body.into()).await.ok();
        assert_eq!(client.get("/api/v1.0/user").await.ok()["data"]["name"], "🏠");
    }
    for (request, field) in renames(&client) {
        let answer = send(&client, request, format!(r#"{{"{field}": "\ud83c"#).into()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "4103"));
    }
}
