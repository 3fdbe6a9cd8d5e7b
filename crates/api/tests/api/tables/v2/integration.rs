//! The rows of webhooks and messages.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    rows::{Row, Sends, Who, row},
    shapes::with,
};

pub(super) fn rows() -> Vec<Row> {
    use Sends::{Json, Nothing};
    use Who::{Landlord, Newcomer};
    let events = json!(["order.placed", "order.paid"]);
    let webhook = json!({"id": "$int", "host": "127.0.0.1", "state": "on", "created_at": "$str"});
    let new = json!({"url": "http://127.0.0.1:9/hook", "events": events});
    let made = with(with(webhook.clone(), "secret", json!("$str")), "events", events);
    let renewed = with(with(webhook.clone(), "secret", json!("$str")), "former_secret_until", json!("$str"));
    let off = json!({"url": "http://127.0.0.1:9/other", "enabled": false});
    let delivery = json!({
        "id": "$int", "event_id": "$str", "type": "webhook.test", "state": "waiting", "attempts": 0,
        "next_attempt_at": "$str", "created_at": "$str",
    });
    let all = json!([
        "order.placed",
        "order.accepted",
        "order.rejected",
        "order.expired",
        "order.canceled",
        "order.paid",
        "account.webhook_disabled",
    ]);
    let chosen = json!({"sms": ["order.placed"]});
    let own = |row: Row, path| row.at(path).with_stranger(404, "not_found");
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    vec![
        row(get.clone(), "/webhooks", Landlord, Nothing, 200, json!({"items": "$list"})),
        row(post.clone(), "/webhooks", Landlord, Json(new), 201, made),
        own(row(get.clone(), "/webhooks/{id}", Landlord, Nothing, 200, webhook.clone()), "/webhooks/{webhook}"),
        own(
            row(Method::PATCH, "/webhooks/{id}", Landlord, Json(off), 200, with(webhook, "state", json!("off"))),
            "/webhooks/{webhook}",
        ),
        own(row(delete, "/webhooks/{id}", Landlord, Nothing, 204, Value::Null), "/webhooks/{webhook}"),
        own(row(post.clone(), "/webhooks/{id}/secret", Landlord, Nothing, 200, renewed), "/webhooks/{webhook}/secret"),
        own(
            row(post.clone(), "/webhooks/{id}/test", Landlord, Nothing, 202, delivery.clone()),
            "/webhooks/{webhook}/test",
        ),
        own(
            row(get.clone(), "/webhooks/{id}/deliveries", Landlord, Nothing, 200, json!({"items": []})),
            "/webhooks/{webhook}/deliveries?state=parked,waiting&limit=100",
        ),
        own(
            row(post, "/webhooks/{id}/deliveries/{delivery}/redeliver", Landlord, Nothing, 202, delivery),
            "/webhooks/{webhook}/deliveries/{delivery}/redeliver",
        ),
        row(get, "/me/notifications", Newcomer, Nothing, 200, json!({"sms": all, "available": []})),
        row(
            Method::PUT,
            "/me/notifications",
            Newcomer,
            Json(chosen.clone()),
            200,
            with(chosen, "available", json!([])),
        ),
    ]
}
