//! The rows of the classic dialects (contract, section 3).

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answers, Row, Sends, Who};
use crate::support::world::{dwelling, house_form, with};

fn row(method: Method, route: &'static str, path: &'static str, who: Who, sends: Sends, fields: Value) -> Row {
    let mut shape = json!({"errno": 0, "errcode": "0", "errmsg": "OK"});
    if let (Value::Object(shape), Value::Object(fields)) = (&mut shape, fields) {
        shape.extend(fields);
    }
    let answers = Answers::Json(shape);
    Row { method, route, path, aliases: &[], documented: route, who, sends, answers, without_login: "4101" }
}

fn house_row() -> Value {
    json!({
        "house_id": "$int", "title": "$str", "price": 1999, "room_count": 2, "min_days": 1, "max_days": 0, "address": "$str",
        "order_count": "$int", "area_name": "西城区", "avatar": "$str", "avatar_url": "$str",
        "image_url": "$str", "img_url": "$str",
    })
}

fn list() -> Value {
    json!({"data": [house_row()], "houses": [house_row()], "total_page": 1, "total": "$int"})
}

pub fn rows() -> Vec<Row> {
    use Sends::{Json, Nothing, Picture};
    use Who::{Anyone, Guest, Landlord};
    let (get, post) = (Method::GET, Method::POST);
    let jpeg = |row: Row| Row { answers: Answers::Jpeg, ..row };
    let says_4102 = |row: Row| Row { without_login: "4102", ..row };
    let nothing = || Value::Null;
    let my_house = json!({
        "house_id": "$int", "title": "$str", "price": 1999, "min_days": 1, "max_days": 0, "ctime": "$str", "area_name": "西城区",
        "img_url": "$str",
    });
    let house = json!({
        "hid": "$int", "user_id": "$int", "user_name": "$str", "user_avatar": "$str", "title": "$str",
        "price": 1999, "address": "$str", "deposit": 50_000, "min_days": 1, "max_days": 0, "images": ["$str"],
        "img_urls": ["$str"], "facilities": ["$int"],
        "comments": [{"user_name": "$str", "ctime": "$str", "content": "$str", "comment": "$str"}],
    });
    let house = with(&house, &dwelling());
    let order_row = json!({
        "order_id": "$int", "title": "$str", "img_url": "$str", "start_date": "$str", "end_date": "$str",
        "ctime": "$str", "days": 1, "amount": 1999, "status": "$int", "comment": "$str",
    });
    let sms = json!({"mobile": "{mobile}", "image_code_id": "{captcha}", "image_code_text": "{text}"});
    let register = json!({
        "mobile": "{mobile}", "phonecode": "{code}", "password": "123456789", "password2": "123456789",
        "imagecode": "ignored",
    });
    let login = json!({"mobile": "13800000002", "password": "123456789"});
    let identity = json!({"real_name": "韩梅梅", "id_card": "440524188001010014"});
    let order = json!({"house_id": "{house}", "start_date": "{day}", "end_date": "{day}"});
    let area = json!({"area_id": "$int", "name": "$str"});
    let slides = json!([{"house_id": "$int", "title": "$str", "img_url": "$str"}]);
    let rejection = json!({"order_id": "{order}", "reject_reason": "装修"});
    vec![
        jpeg(row(get.clone(), "/imagecode", "/imagecode?pcodeid=456&codeid=123", Anyone, Nothing, nothing())),
        jpeg(row(get.clone(), "/piccode", "/piccode?pre=&cur={uuid}", Anyone, Nothing, nothing())),
        row(post.clone(), "/smscode", "/smscode", Anyone, Json(sms), nothing()),
        row(post.clone(), "/register", "/register", Anyone, Json(register), nothing()),
        row(post.clone(), "/login", "/login", Anyone, Json(login), nothing()),
        says_4102(row(
            get.clone(),
            "/check_login",
            "/check_login",
            Guest,
            Nothing,
            json!({"data": "$str", "name": "$str"}),
        )),
        row(
            get.clone(),
            "/profile",
            "/profile",
            Guest,
            Nothing,
            json!({"data": {"user_id": "$int", "name": "$str", "mobile": "13800000002", "avatar": "$str", "avatar_url": "$str"}}),
        ),
        row(
            post.clone(),
            "/profile/avatar",
            "/profile/avatar",
            Guest,
            Picture("avatar", &[]),
            json!({"data": {"pic_url": "$str", "user_id": "$int"}, "url": "$str", "avatar": "$str"}),
        ),
        row(post.clone(), "/profile/name", "/profile/name", Guest, Json(json!({"username": "switch"})), nothing()),
        row(
            get.clone(),
            "/profile/auth",
            "/profile/auth",
            Landlord,
            Nothing,
            json!({"data": {"real_name": "李雷", "id_card": "1101**********002X"}}),
        ),
        row(post.clone(), "/profile/auth", "/profile/auth", Guest, Json(identity), nothing()),
        row(get.clone(), "/house/area", "/house/area", Anyone, Nothing, json!({"data": [area.clone()]})),
        row(
            get.clone(),
            "/house/my",
            "/house/my?custom=landlord",
            Landlord,
            Nothing,
            json!({"houses": [my_house.clone()], "data": [my_house]}),
        ),
        row(post.clone(), "/house/info", "/house/info", Landlord, Json(house_form()), json!({"house_id": "$str"})),
        row(
            post.clone(),
            "/house/image",
            "/house/image",
            Landlord,
            Picture("house_image", &[("house_id", "{house}")]),
            json!({"url": "$str", "image_url": "$str", "data": "$str"}),
        ),
        row(
            get.clone(),
            "/house/index",
            "/house/index",
            Anyone,
            Nothing,
            json!({"houses": slides, "areas": [area], "data": [area]}),
        ),
        row(get.clone(), "/house/list", "/house/list?aid=2&p=1", Anyone, Nothing, list()),
        row(post.clone(), "/house/list", "/house/list", Anyone, Json(json!({"aid": "2", "p": 1})), list()),
        row(get.clone(), "/house/list2", "/house/list2?sk=price-inc", Anyone, Nothing, list()),
        row(post.clone(), "/house/list2", "/house/list2?p=1", Anyone, Json(json!({"sd": "{day}"})), list()),
        Row {
            aliases: &[("/order/list2", "/order/list2")],
            ..row(post.clone(), "/order", "/order", Guest, Json(order), json!({"order_id": "$int"}))
        },
        row(get.clone(), "/order/my", "/order/my?role=landlord", Landlord, Nothing, json!({"orders": [order_row]})),
        row(post.clone(), "/order/accept", "/order/accept", Landlord, Json(json!({"order_id": "{order}"})), nothing()),
        Row {
            aliases: &[("/house/reject", "/house/reject")],
            ..row(post.clone(), "/order/reject", "/order/reject", Landlord, Json(rejection), nothing())
        },
        row(
            post,
            "/order/comment",
            "/order/comment",
            Guest,
            Json(json!({"order_id": "{accepted}", "comment": "很好"})),
            nothing(),
        ),
        row(
            get.clone(),
            "/house/info",
            "/house/info?house_id={house}",
            Anyone,
            Nothing,
            json!({"user_id": -1, "house": house.clone(), "data": house}),
        ),
        says_4102(row(get, "/logout", "/logout", Guest, Nothing, nothing())),
    ]
}
