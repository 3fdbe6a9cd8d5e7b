//! The shapes of bodies and answers that several calls of the native API share.

use serde_json::{Value, json};

use crate::support::world;

pub(super) fn user(avatar: bool) -> Value {
    let mut user = json!({
        "id": "$int", "name": "$str", "mobile": "$str", "identity_verified": "$bool", "created_at": "$str",
    });
    if avatar {
        user["avatar"] = json!("$url");
    }
    user
}

pub(super) fn order(state: &str) -> Value {
    let order = json!({
        "id": "$int", "state": state, "version": "$int", "history": "$list", "listing": {
            "id": "$int", "title": "什刹海四合院", "picture": {"url": "$url", "small_url": "$url"},
        },
        "guest": {"id": "$int", "name": "$str"}, "landlord": {"id": "$int", "name": "$str"},
        "start": "$date", "end": "$date", "days": 1, "total": 1999, "deposit": 50_000, "currency": "CNY",
        "lines": [{"kind": "days", "from": "$date", "to": "$date", "quantity": 1, "unit": 1999, "amount": 1999}],
        "created_at": "$str", "policy": "moderate", "guests": "$int",
    });
    if state == "wait_accept" { with(order, "expires_at", json!("$str")) } else { order }
}

pub(super) fn with(mut value: Value, name: &str, own: Value) -> Value {
    value[name] = own;
    value
}

pub(super) fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

/// A listing in this state.
pub(super) fn listing(state: &str) -> Value {
    let listing = json!({
        "id": "$int", "state": state, "version": "$int", "order_count": "$int", "created_at": "$str", "landlord": {"id": "$int", "name": "$str"}, "title": "什刹海四合院",
        "area": {"id": 2, "name": "西城区"}, "address": "$str", "price": 1999, "deposit": 50_000, "currency": "CNY",
        "min_days": 1, "max_days": 0, "facilities": [1, 3, 7], "pictures": [{"id": "$int", "url": "$url", "small_url": "$url"}],
    });
    world::with(&listing, &world::dwelling())
}

/// A listing to be made, with every field.
pub(super) fn new_listing() -> Value {
    let listing = json!({
        "title": "什刹海四合院", "area_id": 2, "address": "西城区羊房胡同 1 号", "description": "老院子\n有猫",
        "price": 1999, "deposit": 50_000, "min_days": 1, "max_days": 0, "facilities": [7, 1, 3],
    });
    world::with(&listing, &world::dwelling())
}

/// The same as a draft.
pub(super) fn draft() -> Value {
    with(with(listing("draft"), "description", json!("老院子\n有猫")), "pictures", json!([]))
}

pub(super) fn item() -> Value {
    let item = json!({
        "id": "$int", "state": "published", "landlord": {"id": "$int", "name": "$str"}, "title": "什刹海四合院",
        "area": {"id": 2, "name": "西城区"}, "address": "$str", "price": 1999, "min_days": 1, "max_days": 0,
        "pictures": [{"url": "$url", "small_url": "$url"}], "order_count": "$int", "created_at": "$str",
        "quote": {"total": 1999, "currency": "CNY", "days": 1},
    });
    world::with(&item, &world::dwelling())
}

pub(super) fn all_rules() -> Value {
    json!({
        "weekday_prices": {"5": 25_999, "6": 25_999}, "arrival_days": [5, 6], "departure_days": [1, 7], "notice_days": 1,
        "window_days": 180, "preparation_days": 1, "instant": true, "cancellation": "strict", "cleaning_fee": 5000,
        "guests_included": 2, "extra_guest_fee": 3000, "weekly_discount": 1000, "monthly_discount": 2500,
    })
}

pub(super) fn all_seasons() -> Value {
    json!({"seasons": [{
        "from": "2027-02-05", "to": "2027-02-12", "price": 49_999, "weekday_prices": {"7": 59_999}, "min_days": 2,
        "max_days": 9, "arrival_days": [5], "departure_days": [5, 7],
    }]})
}

/// A day of one's own calendar that is blocked.
pub(super) fn blocked_day() -> Value {
    json!({
        "date": "$date", "state": "closed", "whose": "block", "blocked": true, "note": "油漆", "price": 68_888,
        "price_source": "date", "min_days": 3, "arrival": false, "departure": true,
        "set": {"price": 68_888, "min_days": 3, "closed_to_arrival": true, "closed_to_departure": false},
    })
}
