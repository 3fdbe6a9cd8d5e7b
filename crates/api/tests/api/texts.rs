//! Which characters texts may hold: one line has no markup, a name nothing that cannot be seen.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, World, world::house_form};

/// Characters that no text of one line may contain.
const NO_LINE: [&str; 7] =
    ["<script src=//x></script>", "3 > 2", "3 < 4", "两室\n一厅", "a\u{0}b", "\u{200b}\u{200b}", "a\u{202e}b"];
/// Further characters that no name may contain.
const NO_NAME: [&str; 6] = ["An\u{200b}na", "Anna\u{3164}", "\u{feff}Anna", "Anna\u{fe0f}", "An\u{ad}na", "＜Anna＞"];

struct Call {
    method: Method,
    path: String,
    body: Value,
    field: &'static str,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    Name,
    Line,
    /// Line breaks become blanks.
    Reason,
    /// Several lines of anything that can be seen.
    Comment,
}

/// Every text of every dialect.
fn calls(order: i64) -> Vec<Call> {
    let call = |method, path: &str, field, kind, body: Value| Call { method, path: path.into(), body, field, kind };
    let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
    let mut calls = vec![
        call(Method::PUT, "/api/v1.0/user/name", "name", Kind::Name, json!({})),
        call(Method::POST, "/api/profile/name", "username", Kind::Name, json!({})),
        call(Method::POST, "/api/profile/name", "name", Kind::Name, json!({})),
        call(Method::POST, "/api/v1.0/user/auth", "real_name", Kind::Name, identity.clone()),
        call(Method::POST, "/api/profile/auth", "real_name", Kind::Name, identity),
        call(
            Method::PUT,
            &format!("/api/v1.0/orders/{order}/status"),
            "reason",
            Kind::Reason,
            json!({"action": "reject"}),
        ),
        call(Method::POST, "/api/order/reject", "reject_reason", Kind::Reason, json!({"order_id": order})),
        call(Method::PUT, &format!("/api/v1.0/orders/{order}/comment"), "comment", Kind::Comment, json!({})),
        call(Method::POST, "/api/order/comment", "comment", Kind::Comment, json!({"order_id": order})),
    ];
    for path in ["/api/v1.0/houses", "/api/house/info"] {
        for field in ["title", "address", "unit", "beds"] {
            calls.push(call(Method::POST, path, field, Kind::Line, house_form()));
        }
    }
    calls
}

async fn sent(client: &Client, call: &Call, text: &str) -> crate::support::Answer {
    let mut body = call.body.clone();
    body[call.field] = json!(text);
    client.send(client.request(call.method.clone(), &call.path).json(&body)).await
}

#[tokio::test]
async fn one_line_has_no_markup_and_a_name_nothing_invisible() {
    let world = World::new().await;
    let order = world.order().await;
    for call in calls(order) {
        let refused: Vec<&str> = match call.kind {
            Kind::Name => NO_LINE.into_iter().chain(NO_NAME).collect(),
            Kind::Line => NO_LINE.to_vec(),
            Kind::Reason => NO_LINE.into_iter().filter(|text| !text.contains('\n')).collect(),
            Kind::Comment => vec!["a\u{0}b", "\u{200b}\u{200b}", "a\u{202e}b"],
        };
        for text in refused {
            let answer = sent(&world.landlord, &call, text).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (200, "4103"),
                "{} {} {text:?}: {}",
                call.path,
                call.field,
                answer.json
            );
            assert!(!answer.errmsg().contains(['<', '>']));
        }
    }
    // What can be seen is a text: emoji of several characters, signs, quotes.
    let mut form = house_form();
    for field in ["title", "address", "unit", "beds"] {
        form[field] = json!("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f} & \"'%");
    }
    world.landlord.post("/api/v1.0/houses", &form).await.ok();
}

#[tokio::test]
async fn a_reason_of_several_lines_becomes_one() {
    let world = World::new().await;
    for dialect in ["v1", "classic"] {
        let order = world.order().await;
        let reason = "已满\r\n明天再来\n谢谢";
        let answer = if dialect == "v1" {
            let body = json!({"action": "reject", "reason": reason});
            world.landlord.put(&format!("/api/v1.0/orders/{order}/status"), &body).await
        } else {
            world.landlord.post("/api/order/reject", &json!({"order_id": order, "reject_reason": reason})).await
        };
        answer.ok();
        let orders = world.guest.get("/api/v1.0/user/orders").await.ok();
        let orders = orders["data"]["orders"].as_array().unwrap();
        let rejected = orders.iter().find(|row| row["order_id"] == order).unwrap();
        assert_eq!(rejected["comment"], "已满 明天再来 谢谢", "{dialect}");
    }
}

#[tokio::test]
async fn a_comment_keeps_its_lines_and_signs() {
    let world = World::new().await;
    let order = world.accepted_order().await;
    let comment = "价格 < 价值\n<3";
    world.guest.put(&format!("/api/v1.0/orders/{order}/comment"), &json!({"comment": comment})).await.ok();
    let house = world.anonymous.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(house["data"]["house"]["comments"][0]["comment"], comment);
}

#[tokio::test]
async fn a_name_that_looks_like_another_is_taken() {
    let world = World::new().await;
    world.guest.put("/api/v1.0/user/name", &json!({"name": "Anna B"})).await.ok();
    for alike in ["Ａｎｎａ B", "Anna  B", "Anna\u{a0}B", "Anna\u{3000}\u{2003}B", " Anna B "] {
        let body = json!({"name": alike});
        assert_eq!(world.stranger.put("/api/v1.0/user/name", &body).await.refused("4001").errmsg(), "用户名已存在");
        world.stranger.post("/api/profile/name", &body).await.refused("4001");
        // Their own they may keep.
        world.guest.put("/api/v1.0/user/name", &body).await.ok();
    }
    assert_eq!(
        world.guest.put("/api/v1.0/user/name", &json!({"name": "Ａnna Ｂ"})).await.ok()["data"]["name"],
        "Anna B"
    );
    for other in ["anna B", "Ánna B", "AnnaB"] {
        world.stranger.put("/api/v1.0/user/name", &json!({"name": other})).await.ok();
    }
}
