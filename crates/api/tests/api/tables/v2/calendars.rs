//! The rows of calendars of other sites and of links to our own.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    rows::{Row, Sends, Who, row},
    shapes::with,
};

/// The rows of calendars of other sites. Nothing answers at the address of the calendar.
pub(super) fn rows() -> Vec<Row> {
    use Sends::{Json, Nothing};
    use Who::Landlord;
    let body = json!({
        "name": "Airbnb", "url": "http://127.0.0.1:9/c.ics", "start_offset": -1, "end_offset": 1, "all_closures": true,
    });
    let feed = json!({
        "id": "$int", "version": "$int", "name": "Airbnb", "host": "127.0.0.1", "start_offset": -1, "end_offset": 1,
        "all_closures": true, "state": "new", "days_held": 0, "held_back": 0, "conflicts": [], "created_at": "$str",
    });
    let export = json!({"id": "$int", "name": "Airbnb", "url": "$str", "created_at": "$str"});
    let patch = json!({
        "name": "Vrbo", "url": "http://127.0.0.1:9/d.ics", "start_offset": 0, "end_offset": 2, "all_closures": false,
        "paused": true,
    });
    let read = with(with(feed.clone(), "fetched_at", json!("$str")), "error", json!("no_connection"));
    let changed = with(feed.clone(), "fetched_at", json!("$str"));
    let changed = with(with(with(changed, "name", json!("Vrbo")), "start_offset", json!(0)), "end_offset", json!(2));
    let changed = with(with(changed, "all_closures", json!(false)), "state", json!("paused"));
    let own = |row: Row, path| row.at(path).with_stranger(404, "not_found");
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let paused = "/listings/{draft}/feeds/{paused}";
    let of_paused = with(read.clone(), "state", json!("paused"));
    let failing = with(read, "state", json!("failing"));
    vec![
        own(
            row(get.clone(), "/listings/{id}/feeds", Landlord, Nothing, 200, json!({"items": []})),
            "/listings/{draft}/feeds",
        ),
        own(
            row(post.clone(), "/listings/{id}/feeds", Landlord, Json(body), 201, feed.clone()),
            "/listings/{draft}/feeds",
        ),
        own(row(get.clone(), "/listings/{id}/feeds/{feed}", Landlord, Nothing, 200, of_paused.clone()), paused),
        own(row(Method::PATCH, "/listings/{id}/feeds/{feed}", Landlord, Json(patch), 200, changed), paused),
        own(row(delete.clone(), "/listings/{id}/feeds/{feed}", Landlord, Nothing, 204, Value::Null), paused),
        own(
            row(post.clone(), "/listings/{id}/feeds/{feed}/sync", Landlord, Nothing, 202, failing),
            "/listings/{draft}/feeds/{unread}/sync",
        ),
        own(
            row(post.clone(), "/listings/{id}/feeds/{feed}/release", Landlord, Nothing, 200, of_paused),
            "/listings/{draft}/feeds/{paused}/release",
        ),
        own(
            row(get, "/listings/{id}/exports", Landlord, Nothing, 200, json!({"items": []})),
            "/listings/{draft}/exports",
        ),
        own(
            row(post.clone(), "/listings/{id}/exports", Landlord, Json(json!({"name": "Airbnb"})), 201, export.clone()),
            "/listings/{draft}/exports",
        ),
        own(
            row(post, "/listings/{id}/exports/{export}/renew", Landlord, Nothing, 200, export),
            "/listings/{draft}/exports/{export}/renew",
        ),
        own(
            row(delete, "/listings/{id}/exports/{export}", Landlord, Nothing, 204, Value::Null),
            "/listings/{draft}/exports/{export}",
        ),
    ]
}
