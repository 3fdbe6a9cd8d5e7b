//! The rows of v1 (contract, section 2).

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answers, Row, Sends, Who};
use crate::support::world::{dwelling, dwelling_in_lists, house_form, with};

fn row(method: Method, route: &'static str, path: &'static str, who: Who, sends: Sends, shape: Value) -> Row {
    let answers = Answers::Json(shape);
    Row { method, route, path, aliases: &[], documented: route, who, sends, answers, without_login: "4101" }
}

/// The same call at further paths: of each the route and the path that is called.
fn also(aliases: &'static [(&'static str, &'static str)], row: Row) -> Row {
    Row { aliases, ..row }
}

/// A success with data.
fn data(shape: Value) -> Value {
    json!({"errno": "0", "errmsg": "OK", "data": shape})
}

fn done() -> Value {
    json!({"errno": "0", "errmsg": "OK"})
}

fn house_row() -> Value {
    let row = json!({
        "house_id": "$int", "title": "$str", "area_name": "西城区", "price": 1999, "img_url": "$str",
        "user_avatar": "$str", "min_days": 1, "max_days": 0, "order_count": "$int", "address": "$str", "ctime": "$str",
    });
    with(&row, &dwelling_in_lists())
}

fn user() -> Value {
    json!({
        "user_id": "$int", "name": "$str", "mobile": "$str", "avatar": "$str", "avatar_url": "$str",
        "create_time": "$str",
    })
}

pub fn rows() -> Vec<Row> {
    use Sends::{Json, Nothing, Picture};
    use Who::{Anyone, Guest, Landlord, Newcomer};
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let new_user = json!({"mobile": "{mobile}", "sms_code": "{code}", "password": "123456789"});
    let login = json!({"mobile": "13800000002", "password": "123456789"});
    let identity = json!({"real_name": "韩梅梅", "id_card": "440524188001010014"});
    let order = json!({"house_id": "{house}", "start_date": "{day}", "end_date": "{day}"});
    let order_row = json!({
        "order_id": "$int", "title": "$str", "img_url": "$str", "start_date": "$str", "end_date": "$str",
        "ctime": "$str", "days": 1, "amount": 1999, "status": "$str", "comment": "$str",
    });
    let orders = data(json!({"orders": [order_row]}));
    let session = json!({"session_id": "$str", "create_time": "$str", "address": "$str", "current": "$bool"});
    let exported = json!({
        "house_id": "$int", "title": "$str", "area_id": 2, "address": "$str", "price": 1999, "deposit": 50_000,
        "min_days": 1, "max_days": 0, "facilities": ["$int"], "img_urls": ["$str"], "ctime": "$str",
    });
    let exported = with(&exported, &dwelling());
    let export = json!({
        "user": user(), "identity": {"user_id": "$int", "real_name": "$str", "id_card": "$str"},
        "houses": [exported], "orders_as_guest": "$list", "orders_as_landlord": "$list", "sessions": [session],
    });
    let house = json!({
        "hid": "$int", "user_id": "$int", "user_name": "$str", "user_avatar": "$str", "title": "$str",
        "price": 1999, "address": "$str", "deposit": 50_000, "min_days": 1, "max_days": 0, "img_urls": ["$str"],
        "facilities": ["$int"], "comments": [{"user_name": "$str", "ctime": "$str", "comment": "$str"}],
    });
    let house = with(&house, &dwelling());
    vec![
        Row {
            answers: Answers::Jpeg,
            aliases: &[("/image_codes/{id}", "/image_codes/{uuid}")],
            ..row(get.clone(), "/imagecode/{id}", "/imagecode/{uuid}", Anyone, Nothing, Value::Null)
        },
        Row {
            answers: Answers::Wav,
            ..row(get.clone(), "/imagecode/{id}/audio", "/imagecode/{captcha}/audio", Anyone, Nothing, Value::Null)
        },
        also(
            &[("/sms_codes/{mobile}", "/sms_codes/{mobile}?image_code={text}&image_code_id={captcha}")],
            row(
                get.clone(),
                "/smscode/{spec:.*}",
                "/smscode/{mobile}?text={text}&id={captcha}",
                Anyone,
                Nothing,
                json!({"errno": "0", "errmsg": "发送成功"}),
            ),
        ),
        row(post.clone(), "/users", "/users", Anyone, Json(new_user), data(user())),
        row(post.clone(), "/sessions", "/sessions", Anyone, Json(login), data(json!({"user_id": "$int"}))),
        also(
            &[("/sessions", "/sessions")],
            row(
                get.clone(),
                "/session",
                "/session",
                Guest,
                Nothing,
                json!({"errno": "0", "errmsg": "true", "data": {"user_id": "$int", "name": "$str"}}),
            ),
        ),
        also(
            &[("/users", "/users"), ("/users/profile", "/users/profile")],
            row(get.clone(), "/user", "/user", Guest, Nothing, data(user())),
        ),
        row(Method::DELETE, "/user", "/user", Newcomer, Json(json!({"password": "123456789"})), done()),
        row(get.clone(), "/user/export", "/user/export", Landlord, Nothing, data(export)),
        row(get.clone(), "/user/sessions", "/user/sessions", Guest, Nothing, data(json!({"sessions": [session]}))),
        row(Method::DELETE, "/user/sessions/{id}", "/user/sessions/{session}", Newcomer, Nothing, done()),
        row(
            put.clone(),
            "/user/password",
            "/user/password",
            Newcomer,
            Json(json!({"old_password": "123456789", "password": "an untold secret"})),
            done(),
        ),
        row(
            post.clone(),
            "/user/password/reset",
            "/user/password/reset",
            Anyone,
            Json(json!({"mobile": "{mobile}", "sms_code": "{reset}", "password": "an untold secret"})),
            done(),
        ),
        row(
            put.clone(),
            "/user/mobile",
            "/user/mobile",
            Newcomer,
            Json(json!({"mobile": "{mobile}", "sms_code": "{change}", "password": "123456789"})),
            done(),
        ),
        also(
            &[("/users/avatar", "/users/avatar")],
            row(
                post.clone(),
                "/user/avatar",
                "/user/avatar",
                Guest,
                Picture("avatar", &[]),
                data(json!({"avatar_url": "$str"})),
            ),
        ),
        also(
            &[("/users/name", "/users/name")],
            row(
                put.clone(),
                "/user/name",
                "/user/name",
                Guest,
                Json(json!({"name": "韩梅梅"})),
                data(json!({"name": "韩梅梅"})),
            ),
        ),
        also(
            &[("/users/auth", "/users/auth")],
            row(
                get.clone(),
                "/user/auth",
                "/user/auth",
                Guest,
                Nothing,
                data(json!({"user_id": "$int", "real_name": null, "id_card": null})),
            ),
        ),
        also(
            &[("/users/auth", "/users/auth")],
            row(post.clone(), "/user/auth", "/user/auth", Newcomer, Json(identity), done()),
        ),
        row(
            get.clone(),
            "/areas",
            "/areas",
            Anyone,
            Nothing,
            data(json!([{"aid": "$int", "aname": "$str", "area_id": "$int", "name": "$str"}])),
        ),
        also(
            &[("/facilitys", "/facilitys")],
            row(
                get.clone(),
                "/facilities",
                "/facilities",
                Anyone,
                Nothing,
                data(json!([{"fid": "$int", "fname": "$str"}])),
            ),
        ),
        also(
            &[("/houses/info", "/houses/info")],
            row(post.clone(), "/houses", "/houses", Landlord, Json(house_form()), data(json!({"house_id": "$int"}))),
        ),
        also(
            &[("/houses/image", "/houses/image")],
            row(
                post.clone(),
                "/houses/{id}/images",
                "/houses/{house}/images",
                Landlord,
                Picture("house_image", &[("house_id", "{house}")]),
                data(json!({"url": "$str", "image_url": "$str"})),
            ),
        ),
        also(
            &[("/users/houses", "/users/houses")],
            row(get.clone(), "/user/houses", "/user/houses", Landlord, Nothing, data(json!({"houses": [house_row()]}))),
        ),
        also(
            &[("/house/index", "/house/index")],
            row(
                get.clone(),
                "/houses/index",
                "/houses/index",
                Anyone,
                Nothing,
                data(json!([{"house_id": "$int", "title": "$str", "img_url": "$str"}])),
            ),
        ),
        row(post.clone(), "/orders", "/orders", Guest, Json(order), data(json!({"order_id": "$int"}))),
        also(
            &[("/users/orders", "/users/orders?role=custom")],
            row(get.clone(), "/user/orders", "/user/orders?role=custom", Guest, Nothing, orders),
        ),
        row(
            put.clone(),
            "/orders/{id}/status",
            "/orders/{order}/status",
            Landlord,
            Json(json!({"action": "reject", "reason": "装修"})),
            done(),
        ),
        row(put, "/orders/{id}/comment", "/orders/{accepted}/comment", Guest, Json(json!({"comment": "很好"})), done()),
        row(
            get.clone(),
            "/houses/{id}",
            "/houses/{house}",
            Anyone,
            Nothing,
            data(json!({"user_id": -1, "house": house})),
        ),
        row(
            get,
            "/houses",
            "/houses?aid=2&sd={day}&ed=&sk=booking&p=undefined&min_price=&max_price=200000&capacity=2&room_count=&facility=1,3\
             &q=四合院&after=",
            Anyone,
            Nothing,
            data(json!({"houses": [house_row()], "total_page": 1, "current_page": 1, "next": null})),
        ),
        also(&[("/sessions", "/sessions")], row(Method::DELETE, "/session", "/session", Newcomer, Nothing, done())),
    ]
}
