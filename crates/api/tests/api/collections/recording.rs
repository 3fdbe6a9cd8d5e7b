//! An answer as a collection records it: status, media type, and JSON in which what differs from run to
//! run is masked by the kinds of `support/shape.rs`.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use crate::{docs::samples::pretty, support::Answer};

/// The lines of a recorded answer, without the `# ` before them.
pub fn recorded(answer: &Answer, variables: &BTreeMap<String, String>) -> String {
    let kind = answer.headers["content-type"].to_str().unwrap();
    let head = format!("← {} {kind}", answer.status.as_u16());
    if answer.json.is_null() {
        return head;
    }
    let raw = String::from_utf8_lossy(&answer.bytes);
    format!("{head}\n{}", pretty(&masked("", &answer.json, variables), &raw, 0))
}

/// Names of ids, which depend on what was stored before.
const IDS: [&str; 4] = ["house_id", "order_id", "user_id", "hid"];

fn masked(key: &str, value: &Value, variables: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), masked(key, value, variables))).collect()
        }
        Value::Array(entries) => {
            let entries: Vec<_> = entries.iter().map(|entry| masked(key, entry, variables)).collect();
            match entries.split_first() {
                Some((first, others)) if first.is_object() => json!([others.iter().fold(first.clone(), common)]),
                _ => Value::Array(entries),
            }
        }
        // -1 is the viewer who is not logged in.
        Value::Number(number) if IDS.contains(&key) && number.as_i64() != Some(-1) => json!("$int"),
        Value::String(text) => json!(masked_text(key, text, variables)),
        value => value.clone(),
    }
}

fn masked_text(key: &str, text: &str, variables: &BTreeMap<String, String>) -> String {
    let variable = ["landlord", "guest", "first", "last"]
        .into_iter()
        .find(|name| variables.get(*name).is_some_and(|value| value == text));
    match variable {
        Some(name) => format!("{{{{{name}}}}}"),
        None if IDS.contains(&key) && text.parse::<u64>().is_ok() => "$id".to_owned(),
        None if NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() => "$date".to_owned(),
        None if NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").is_ok() => "$time".to_owned(),
        None if text.starts_with("http://") => "$url".to_owned(),
        // A name that the site chose.
        None if ["name", "user_name", "data"].contains(&key) && text.starts_with("用户") => "$str".to_owned(),
        // A session; `address` is also that of a house, which is written with a blank.
        None if key == "session_id" || key == "address" && !text.contains(' ') => "$str".to_owned(),
        None => text.to_owned(),
    }
}

/// What two entries of a list have in common: kinds where they differ.
fn common(one: Value, other: &Value) -> Value {
    match (one, other) {
        (one, other) if one == *other => one,
        (Value::Object(one), Value::Object(other)) => {
            let field = |(key, value)| {
                let common = common(value, &other[&key]);
                (key, common)
            };
            Value::Object(one.into_iter().map(field).collect::<Map<_, _>>())
        }
        (_, Value::Number(_)) => json!("$int"),
        (_, Value::Bool(_)) => json!("$bool"),
        _ => json!("$str"),
    }
}
