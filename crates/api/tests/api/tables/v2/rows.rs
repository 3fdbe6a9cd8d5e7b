//! Every call of the native API, once: its caller, what it sends, and its answer.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    calendars, integration,
    shapes::{all_rules, all_seasons, blocked_day, draft, item, listing, new_listing, order, user, with, without},
};

/// Who makes a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// It needs no login.
    Anyone,
    Guest,
    Landlord,
    /// A new account, used by this call alone.
    Newcomer,
}

/// What a call sends.
#[derive(Clone)]
pub(super) enum Sends {
    Nothing,
    Json(Value),
    Picture,
    /// The pictures of the listing of the path, with a caption each.
    OwnPictures,
}

/// A call and its success. Placeholders are those of the other tables; `{session}` is the caller's own.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) method: Method,
    pub(super) route: &'static str,
    pub(super) path: &'static str,
    pub(super) who: Who,
    pub(super) sends: Sends,
    pub(super) status: u16,
    /// The shape of the answer; null for bytes and for no content.
    pub(super) shape: Value,
    /// The answer to another account that is logged in.
    pub(super) stranger: Option<(u16, &'static str)>,
}

pub(super) fn row(method: Method, path: &'static str, who: Who, sends: Sends, status: u16, shape: Value) -> Row {
    Row { method, route: path, path, who, sends, status, shape, stranger: None }
}

impl Row {
    /// The same, called at a path with placeholders.
    pub(super) fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    pub(super) fn with_stranger(self, status: u16, code: &'static str) -> Self {
        Self { stranger: Some((status, code)), ..self }
    }

    pub(super) fn edits(&self) -> bool {
        match self.route {
            "/me/avatar" | "/me/identity" | "/me/notifications" | "/me" | "/listings/{id}" => {
                self.method != Method::GET
            }
            "/webhooks/{id}" => self.method == Method::PATCH,
            "/listings/{id}/pictures"
            | "/listings/{id}/rules"
            | "/listings/{id}/seasons"
            | "/listings/{id}/schedule" => self.method == Method::PUT,
            "/listings/{id}/feeds/{feed}" => self.method == Method::PATCH,
            _ => false,
        }
    }
}

/// The rows of rules, calendars and quotes.
fn pricing() -> Vec<Row> {
    use Sends::{Json, Nothing};
    use Who::{Anyone, Landlord};
    let rules = json!({
        "weekday_prices": {}, "arrival_days": "$list", "departure_days": "$list", "notice_days": 0, "window_days": 0,
        "preparation_days": 0, "instant": false, "cancellation": "moderate", "cleaning_fee": 0, "guests_included": 1,
        "extra_guest_fee": 0, "weekly_discount": 0, "monthly_discount": 0,
    });
    let changes = json!({"changes": [{
        "from": "{day}", "to": "{day}", "blocked": true, "note": "油漆", "price": 68_888, "min_days": 3,
        "closed_to_arrival": true, "closed_to_departure": false,
    }]});
    let days = |day: Value| json!({"from": "$date", "to": "$date", "currency": "CNY", "items": [day]});
    let free = json!({
        "date": "$date", "state": "free", "blocked": false, "price": 1999, "price_source": "base", "min_days": 1,
        "arrival": true, "departure": true, "set": {},
    });
    let public =
        json!({"date": "$date", "state": "free", "price": 1999, "min_days": 1, "arrival": true, "departure": true});
    let quote = json!({
        "lines": [{"kind": "days", "from": "$date", "to": "$date", "quantity": 1, "unit": 1999, "amount": 1999}],
        "total": 1999, "days": 1, "deposit": 50_000, "currency": "CNY", "valid_until": "$str", "token": "$str",
    });
    let stay = json!({"start": "{day}", "end": "{day}", "guests": 2});
    let own = |row: Row, path| row.at(path).with_stranger(404, "not_found");
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        own(row(get.clone(), "/listings/{id}/rules", Landlord, Nothing, 200, rules), "/listings/{draft}/rules"),
        own(
            row(put.clone(), "/listings/{id}/rules", Landlord, Json(all_rules()), 200, all_rules()),
            "/listings/{draft}/rules",
        ),
        own(
            row(get.clone(), "/listings/{id}/seasons", Landlord, Nothing, 200, json!({"seasons": []})),
            "/listings/{draft}/seasons",
        ),
        own(
            row(put.clone(), "/listings/{id}/seasons", Landlord, Json(all_seasons()), 200, all_seasons()),
            "/listings/{draft}/seasons",
        ),
        own(
            row(get.clone(), "/listings/{id}/schedule", Landlord, Nothing, 200, days(free)),
            "/listings/{draft}/schedule?from={day}&to={day}",
        ),
        own(
            row(put, "/listings/{id}/schedule", Landlord, Json(changes), 200, days(blocked_day())),
            "/listings/{draft}/schedule",
        ),
        row(get, "/listings/{id}/calendar", Anyone, Nothing, 200, days(public))
            .at("/listings/{house}/calendar?from={day}&to={day}"),
        row(Method::POST, "/listings/{id}/quotes", Anyone, Json(stay), 200, quote).at("/listings/{house}/quotes"),
    ]
}

/// The rows of payments: the site of these tests takes none, and there are no such calls.
fn payments() -> Vec<Row> {
    use Sends::{Json, Nothing};
    use Who::{Anyone, Guest};
    let none = json!({
        "type": "/problems/not_found", "title": "$str", "status": 404, "code": "not_found", "request_id": "$str",
    });
    let method = Json(json!({"method": "sandbox"}));
    vec![
        row(Method::POST, "/orders/{id}/payments", Guest, method, 404, none.clone())
            .at("/orders/{order}/payments")
            .with_stranger(404, "not_found"),
        row(Method::GET, "/payments/{id}", Guest, Nothing, 404, none.clone())
            .at("/payments/1")
            .with_stranger(404, "not_found"),
        row(Method::POST, "/payments/notices/{provider}", Anyone, Nothing, 404, none).at("/payments/notices/alipay"),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    [account_and_orders(), pricing(), calendars::rows(), payments(), integration::rows()].concat()
}

fn account_and_orders() -> Vec<Row> {
    use Sends::{Json, Nothing, OwnPictures, Picture};
    use Who::{Anyone, Guest, Landlord, Newcomer};
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let sms = json!({"mobile": "{mobile}", "purpose": "register", "captcha_id": "{captcha}", "captcha_text": "{text}"});
    let sign_up = json!({"mobile": "{mobile}", "sms_code": "{code}", "password": "an untold secret"});
    let log_in = json!({"mobile": "13800000002", "password": "123456789"});
    let reset = json!({"mobile": "{mobile}", "sms_code": "{reset}", "password": "an untold secret"});
    let identity = json!({"real_name": "韩梅梅", "id_number": "440524188001010014"});
    let masked = json!({"real_name": "韩梅梅", "id_number": "4405**********0014"});
    let session = json!({"id": "$str", "address": "$str", "current": true, "created_at": "$str"});
    let token = json!({
        "id": "$int", "name": "calendar", "scopes": ["orders:read"], "expires_at": "2099-01-01T00:00:00Z",
        "created_at": "$str",
    });
    let new_token = json!({"name": "calendar", "scopes": ["orders:read"], "expires_at": "2099-01-01T08:00:00+08:00"});
    let password = json!({"password": "an untold secret", "old_password": "123456789"});
    let new_order = json!({"listing_id": "{house}", "start": "{day}", "end": "{day}", "guests": 4, "total": 1999});
    let export = json!({
        "user": user(false), "identity": {"real_name": "李雷", "id_number": "11010519491231002X"},
        "sms": "$list", "listings": "$list", "orders_as_guest": [], "orders_as_landlord": "$list", "sessions": [session],
    });
    let published = with(listing("published"), "description", json!("老院子\n有猫"));
    let unlisted = with(published.clone(), "state", json!("unlisted"));
    let changed = with(with(draft(), "title", json!("鼓楼小院")), "price", json!(1));
    let picture = json!({"id": "$int", "url": "$url", "small_url": "$url"});
    let captioned = json!([with(picture.clone(), "caption", json!("院子"))]);
    let arranged = with(draft(), "pictures", captioned);
    let named = json!({"id": "$int", "name": "$str"});
    let captcha = json!({"id": "$str", "image": "$str", "audio": "$str"});
    let page = |items: Value| json!({"items": [items]});
    let found = json!({"items": [item()], "total": 1, "total_is_exact": true});
    let site = json!({
        "stay_rule": "days", "time_zone": "Asia/Shanghai", "currency": "CNY", "areas": [named], "facilities": [named],
        "limits": {
            "stay_days": "$int", "horizon_days": "$int", "name_chars": 32, "password_min_chars": 8,
            "password_max_bytes": 1024, "title_chars": 64, "address_chars": 512, "description_chars": 2000, "unit_chars": 32, "beds_chars": 64,
            "room_count": 100, "acreage": 100_000, "capacity": 1000, "review_chars": 1000, "reason_chars": 500,
            "json_bytes": 65_536, "upload_bytes": 10_485_760,
        },
    });
    vec![
        row(get.clone(), "/openapi.json", Anyone, Nothing, 200, Value::Null),
        row(get.clone(), "/site", Anyone, Nothing, 200, site),
        row(post.clone(), "/captchas", Anyone, Nothing, 201, captcha),
        row(get.clone(), "/captchas/{id}.jpg", Anyone, Nothing, 200, Value::Null).at("/captchas/{kept}.jpg"),
        row(get.clone(), "/captchas/{id}.wav", Anyone, Nothing, 200, Value::Null).at("/captchas/{kept}.wav"),
        row(post.clone(), "/sms-codes", Anyone, Json(sms), 202, Value::Null),
        row(post.clone(), "/users", Anyone, Json(sign_up), 201, user(false)),
        row(post.clone(), "/session", Anyone, Json(log_in), 201, user(false)),
        row(get.clone(), "/session", Guest, Nothing, 200, user(false)),
        row(delete.clone(), "/session", Newcomer, Nothing, 204, Value::Null),
        row(post.clone(), "/password-resets", Anyone, Json(reset), 204, Value::Null),
        row(get.clone(), "/me/sessions", Newcomer, Nothing, 200, page(session)),
        row(delete.clone(), "/me/sessions/{id}", Newcomer, Nothing, 204, Value::Null)
            .at("/me/sessions/{session}")
            .with_stranger(404, "not_found"),
        row(get.clone(), "/me", Guest, Nothing, 200, user(false)),
        row(Method::PATCH, "/me", Newcomer, Json(json!({"name": "韩梅梅"})), 200, with(user(false), "name", json!("韩梅梅"))),
        row(put.clone(), "/me/avatar", Newcomer, Picture, 200, json!({"avatar": "$url"})),
        row(get.clone(), "/me/identity", Landlord, Nothing, 200, json!({"real_name": "李雷", "id_number": "1101**********002X"})),
        row(put, "/me/identity", Newcomer, Json(identity), 200, masked),
        row(post.clone(), "/session/confirm", Newcomer, Json(json!({"password": "123456789"})), 204, Value::Null),
        row(get.clone(), "/me/tokens", Newcomer, Nothing, 200, json!({"items": []})),
        row(post.clone(), "/me/tokens", Newcomer, Json(new_token), 201, with(token.clone(), "token", json!("$str"))),
        row(delete.clone(), "/me/tokens/{id}", Newcomer, Nothing, 204, Value::Null)
            .at("/me/tokens/{token}")
            .with_stranger(404, "not_found"),
        row(Method::PUT, "/me/password", Newcomer, Json(password), 204, Value::Null),
        row(delete, "/me", Newcomer, Nothing, 204, Value::Null),
        row(get.clone(), "/me/export", Landlord, Nothing, 200, export),
        row(post.clone(), "/orders", Guest, Json(new_order), 201, order("wait_accept")),
        row(get.clone(), "/listings", Anyone, Nothing, 200, found)
            .at("/listings?area=2&start={day}&end={day}&guests=2&rooms=1&price_min=1&price_max=1999&facility=1,3&facility=7&q=四合院&sort=-price&limit=5"),
        row(get.clone(), "/listings/{id}", Anyone, Nothing, 200, listing("published")).at("/listings/{house}"),
        row(get.clone(), "/me/listings", Landlord, Nothing, 200, json!({"items": "$list"}))
            .at("/me/listings?limit=100"),
        row(post.clone(), "/listings", Landlord, Json(new_listing()), 201, draft()),
        row(Method::PATCH, "/listings/{id}", Landlord, Json(json!({"title": "鼓楼小院", "price": 1})), 200, changed)
            .at("/listings/{draft}")
            .with_stranger(404, "not_found"),
        row(Method::DELETE, "/listings/{id}", Landlord, Nothing, 204, Value::Null)
            .at("/listings/{public}")
            .with_stranger(403, "forbidden"),
        row(post.clone(), "/listings/{id}/pictures", Landlord, Picture, 201, picture.clone())
            .at("/listings/{draft}/pictures")
            .with_stranger(404, "not_found"),
        row(Method::PUT, "/listings/{id}/pictures", Landlord, OwnPictures, 200, arranged)
            .at("/listings/{pictured}/pictures")
            .with_stranger(404, "not_found"),
        row(Method::DELETE, "/listings/{id}/pictures/{picture}", Landlord, Nothing, 204, Value::Null)
            .at("/listings/{pictured}/pictures/{picture}")
            .with_stranger(404, "not_found"),
        row(post.clone(), "/listings/{id}/publish", Landlord, Nothing, 200, published)
            .at("/listings/{pictured}/publish")
            .with_stranger(404, "not_found"),
        row(post.clone(), "/listings/{id}/unlist", Landlord, Nothing, 200, unlisted)
            .at("/listings/{public}/unlist")
            .with_stranger(403, "forbidden"),
        row(get.clone(), "/orders", Guest, Nothing, 200, page(without(order("wait_accept"), "history"))).at("/orders?role=guest&state=wait_accept&listing={house}&limit=100"),
        row(get.clone(), "/events", Landlord, Nothing, 200, json!({"items": "$list", "next": "$str"}))
            .at("/events?types=order.placed,listing.published&limit=100"),
        row(get.clone(), "/orders/{id}", Guest, Nothing, 200, order("wait_accept")).at("/orders/{order}").with_stranger(404, "not_found"),
        row(post.clone(), "/orders/{id}/accept", Landlord, Nothing, 200, order("wait_comment"))
            .at("/orders/{order}/accept")
            .with_stranger(404, "not_found"),
        row(
            post.clone(),
            "/orders/{id}/reject",
            Landlord,
            Json(json!({"reason": "装修"})),
            200,
            with(order("rejected"), "reason", json!("装修")),
        )
        .at("/orders/{order}/reject")
        .with_stranger(404, "not_found"),
        row(get.clone(), "/orders/{id}/occupants", Landlord, Nothing, 200, json!({"occupants": []}))
            .at("/orders/{begun}/occupants")
            .with_stranger(404, "not_found"),
        row(
            Method::PUT,
            "/orders/{id}/occupants",
            Guest,
            Json(json!({"occupants": [{"name": "张三", "id_number": "11010519491231002X"}]})),
            200,
            json!({"occupants": [{"name": "张三", "id_number": "1101**********002X"}]}),
        )
        .at("/orders/{order}/occupants")
        .with_stranger(404, "not_found"),
        row(get.clone(), "/orders/{id}/occupants.csv", Landlord, Nothing, 200, Value::Null)
            .at("/orders/{begun}/occupants.csv")
            .with_stranger(404, "not_found"),
        row(
            get,
            "/orders/{id}/cancellation",
            Guest,
            Nothing,
            200,
            json!({"refund": 1999, "kept": 0, "paid": 0, "currency": "CNY", "policy": "moderate"}),
        )
        .at("/orders/{order}/cancellation")
        .with_stranger(404, "not_found"),
        row(
            post.clone(),
            "/orders/{id}/cancel",
            Guest,
            Json(json!({"reason": "改期"})),
            200,
            with(order("canceled"), "reason", json!("改期")),
        )
        .at("/orders/{order}/cancel")
        .with_stranger(404, "not_found"),
        row(
            post,
            "/orders/{id}/review",
            Guest,
            Json(json!({"text": "很好"})),
            200,
            with(order("complete"), "review", json!({"text": "很好", "created_at": "$str"})),
        )
        .at("/orders/{begun}/review")
        .with_stranger(404, "not_found"),
    ]
}
