//! Invalid input is answered with a code and a fixed sentence, never a 500, and nothing is half-written.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Client, World,
    world::{OPTIONAL, house_form},
};

/// Values that no field takes.
fn poison() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}"),
        json!("a\u{1b}[2J"),
        json!("x".repeat(10_000)),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(9_223_372_036_854_775_808_u64),
        json!("9223372036854775808"),
        json!("2026-02-30"),
        json!("'; DROP TABLE users; --"),
    ]
}

/// Every JSON call with every field in turn poisoned or missing.
fn calls(world: &World) -> Vec<(Method, String, Value)> {
    let order = json!({"house_id": world.house, "start_date": "2026-02-30", "end_date": "2026-02-30"});
    vec![
        (
            Method::POST,
            "/api/v1.0/users".into(),
            json!({"mobile": "1380000000", "sms_code": "1", "password": "123456789"}),
        ),
        (Method::POST, "/api/v1.0/sessions".into(), json!({"mobile": "1380000000", "password": "x"})),
        (
            Method::PUT,
            "/api/v1.0/user/password".into(),
            json!({"old_password": "not my password", "password": "another one"}),
        ),
        (
            Method::POST,
            "/api/v1.0/user/password/reset".into(),
            json!({"mobile": "1380000000", "sms_code": "1", "password": "123456789"}),
        ),
        (Method::DELETE, "/api/v1.0/user".into(), json!({"password": "not my password"})),
        (Method::POST, "/api/v1.0/user/auth".into(), json!({"real_name": "李", "id_card": "1"})),
        (Method::POST, "/api/v1.0/houses".into(), json!({"price": "0"})),
        (Method::POST, "/api/v1.0/orders".into(), order.clone()),
        (Method::PUT, "/api/v1.0/orders/1/status".into(), json!({"action": "x"})),
        (Method::PUT, "/api/v1.0/orders/1/comment".into(), json!({"comment": ""})),
        (Method::POST, "/api/smscode".into(), json!({"mobile": "1", "image_code_id": "1", "image_code_text": "1"})),
        (Method::POST, "/api/register".into(), json!({"mobile": "1", "phonecode": "1", "password": "123456789"})),
        (Method::POST, "/api/login".into(), json!({"mobile": "1", "password": "1"})),
        (Method::POST, "/api/profile/auth".into(), json!({"real_name": "李", "id_card": "1"})),
        (Method::POST, "/api/house/info".into(), json!({"price": "0"})),
        (Method::POST, "/api/order".into(), order),
        (Method::POST, "/api/order/accept".into(), json!({"order_id": 0})),
        (Method::POST, "/api/order/reject".into(), json!({"order_id": 0, "reject_reason": "x"})),
        (Method::POST, "/api/order/comment".into(), json!({"order_id": 0, "comment": "x"})),
    ]
}

#[tokio::test]
async fn every_field_of_every_call_survives_poison() {
    let world = World::new().await;
    for (method, path, body) in calls(&world) {
        world.landlord.send(world.landlord.request(method.clone(), &path).json(&body)).await.refused_somehow(&path);
        for field in body.as_object().unwrap().keys() {
            for value in poison() {
                let mut body = body.clone();
                body[field] = value;
                let answer = world.landlord.send(world.landlord.request(method.clone(), &path).json(&body)).await;
                answer.refused_somehow(&format!("{path} {body}"));
            }
        }
    }
    // Nothing of it was written.
    let houses = world.landlord.get("/api/v1.0/user/houses").await.ok();
    assert_eq!(houses["data"]["houses"].as_array().unwrap().len(), 1);
    assert_eq!(world.landlord.get("/api/v1.0/user/orders").await.ok()["data"]["orders"], json!([]));
}

#[tokio::test]
async fn every_field_of_a_house_is_checked() {
    let world = World::new().await;
    for field in house_form().as_object().unwrap().keys() {
        for value in poison() {
            // `facility` may be empty.
            if field == "facility" && value == json!([]) {
                continue;
            }
            // A text field takes any text of its length, and what looks like SQL is a fine title.
            let text = ["title", "address", "unit", "beds"].contains(&field.as_str());
            if text
                && (value.is_number()
                    || value
                        .as_str()
                        .is_some_and(|v| !v.is_empty() && v.len() < 64 && v.chars().all(|c| !c.is_control())))
            {
                continue;
            }
            let number = ["price", "deposit", "acreage", "capacity", "room_count", "min_days", "max_days", "area_id"];
            // 1.5 元 is a price.
            if number.contains(&field.as_str())
                && field.as_str() != "area_id"
                && value == json!(1.5)
                && ["price", "deposit"].contains(&field.as_str())
            {
                continue;
            }
            let mut form = house_form();
            form[field] = value;
            world.landlord.post("/api/v1.0/houses", &form).await.refused("4103");
        }
        let mut form = house_form();
        form.as_object_mut().unwrap().remove(field);
        let answer = world.landlord.post("/api/v1.0/houses", &form).await;
        if OPTIONAL.contains(&field.as_str()) { drop(answer.ok()) } else { drop(answer.refused("4103")) }
    }
}

#[tokio::test]
async fn bytes_that_are_no_json_text_are_refused() {
    let world = World::new().await;
    let bodies: [&[u8]; 6] = [
        br#"{"name": "\ud800"}"#,
        b"{\"name\": \"\xff\xfe\"}",
        b"\x00\x01\x02",
        br#"{"name": "a", "name": "b"}"#,
        b"",
        br#"{"name": "a"} trailing"#,
    ];
    for body in bodies {
        let request =
            world.guest.request(Method::PUT, "/api/v1.0/user/name").header("content-type", "application/json");
        let answer = world.guest.send(request.body(body)).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.json);
        assert_eq!(answer.code(), "4103");
    }
}

#[tokio::test]
async fn paths_with_impossible_ids_are_refused() {
    let world = World::new().await;
    for id in ["0", "-1", "abc", "9223372036854775808", "1.5", "%00", "1%20OR%201=1", "%ff"] {
        let answer = world.anonymous.get(&format!("/api/v1.0/houses/{id}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "4103"), "{id}");
        let answer = world.anonymous.get(&format!("/api/house/info?house_id={id}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "4103"), "{id}");
    }
    world.anonymous.get("/api/v1.0/houses/9223372036854775807").await.refused("4002");
    for id in ["", "x", "f78a6c48-70fc-4b6a-b564", "%00", "../nothing"] {
        let answer = world.anonymous.get(&format!("/api/v1.0/imagecode/{id}")).await;
        assert!(["4103", "4201"].contains(&answer.code().as_str()), "{id}: {}", answer.json);
    }
    for mobile in ["", "1", "13800000000%20", "1380000000a", "&&&&", ",,,,", "13800000000&text=a&id=b%00"] {
        let answer = world.anonymous.get(&format!("/api/v1.0/smscode/{mobile}")).await;
        assert!(["4103", "4201"].contains(&answer.code().as_str()), "{mobile}: {}", answer.json);
    }
    let answer = Client::new(&world.server).get("/api/imagecode?codeid=a%20b").await;
    answer.refused("4103");
}

impl crate::support::Answer {
    /// Demands any refusal that is no defect and tells nothing of the input.
    #[track_caller]
    fn refused_somehow(self, label: &str) {
        assert!(self.status.as_u16() < 500, "{label}: {} {}", self.status, self.json);
        assert_ne!(self.code(), "0", "{label}: accepted");
        assert!(!self.errmsg().contains(['<', '\'', 'x']), "{label}: {}", self.errmsg());
    }
}
