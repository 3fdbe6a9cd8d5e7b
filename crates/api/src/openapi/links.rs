//! Which answer names what another call asks for: tools follow these from call to call.

use serde_json::{Map, Value, json};

/// The operation, where in its answer an id stands, and the calls that take it under a name.
type Link = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const LINKS: [Link; 6] = [
    ("v1_publish", "/data/house_id", &[("v1_house", "id"), ("v1_add_picture", "id")]),
    ("v1_place_order", "/data/order_id", &[("v1_decide_order", "id"), ("v1_comment", "id")]),
    ("v1_slides", "/data/0/house_id", &[("v1_house", "id")]),
    ("v1_search", "/data/houses/0/house_id", &[("v1_house", "id")]),
    ("classic_publish", "/house_id", &[("classic_house", "house_id")]),
    ("classic_search", "/houses/0/house_id", &[("classic_house", "house_id")]),
];

/// The links of an operation's answer.
pub fn of(operation: &str) -> Option<Value> {
    let (_, pointer, targets) = LINKS.iter().find(|(source, ..)| *source == operation)?;
    let link = |(target, name): &(&str, &str)| {
        let id = json!({ *name: format!("$response.body#{pointer}") });
        ((*target).to_owned(), json!({ "operationId": target, "parameters": id }))
    };
    Some(Value::Object(targets.iter().map(link).collect::<Map<_, _>>()))
}
