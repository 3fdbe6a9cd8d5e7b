//! Shapes of JSON: which keys an answer has, and of which types.
//!
//! A shape is JSON itself. `"$int"`, `"$str"`, `"$bool"`, `"$str?"` (or null) and `"$list"` stand for
//! any value of a type, `"$date"`, `"$time"`, `"$url"` and `"$id"` for texts of a form, `[shape]` for a
//! list of at least one; everything else must be there to the letter. An answer with a key that its
//! shape does not name does not match.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

/// How answers write dates and times.
const DATE: &str = "%Y-%m-%d";
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// Says where an answer leaves its shape.
pub fn mismatch(value: &Value, shape: &Value) -> Option<String> {
    at("", value, shape)
}

fn at(path: &str, value: &Value, shape: &Value) -> Option<String> {
    let wrong = || Some(format!("{path}: expected {shape}, got {value}"));
    match (shape, value) {
        (Value::String(kind), value) if kind.starts_with('$') => {
            let fits = match kind.as_str() {
                "$int" => value.is_i64() || value.is_u64(),
                "$str" => value.is_string(),
                "$bool" => value.is_boolean(),
                "$str?" => value.is_string() || value.is_null(),
                "$list" => value.is_array(),
                "$date" => value.as_str().is_some_and(|text| NaiveDate::parse_from_str(text, DATE).is_ok()),
                "$time" => value.as_str().is_some_and(|text| NaiveDateTime::parse_from_str(text, TIME).is_ok()),
                "$url" => value.as_str().is_some_and(|text| text.starts_with("http://") && text.contains("/media/")),
                "$id" => value.as_str().is_some_and(|text| text.parse::<u64>().is_ok()),
                unknown => panic!("no such kind: {unknown}"),
            };
            if fits { None } else { wrong() }
        }
        (Value::Array(shapes), Value::Array(values)) => match shapes.as_slice() {
            [] if !values.is_empty() => wrong(),
            [shape] if values.is_empty() => Some(format!("{path}: expected a list of {shape}, got none")),
            [shape] => values.iter().enumerate().find_map(|(i, value)| at(&format!("{path}[{i}]"), value, shape)),
            shapes if shapes.len() != values.len() => wrong(),
            shapes => shapes.iter().zip(values).find_map(|(shape, value)| at(&format!("{path}[]"), value, shape)),
        },
        (Value::Object(shapes), Value::Object(values)) => {
            if let Some(extra) = values.keys().find(|key| !shapes.contains_key(*key)) {
                return Some(format!("{path}: unexpected key {extra}"));
            }
            shapes.iter().find_map(|(key, shape)| match values.get(key) {
                Some(value) => at(&format!("{path}.{key}"), value, shape),
                None => Some(format!("{path}: key {key} is missing")),
            })
        }
        (shape, value) if shape == value => None,
        _ => wrong(),
    }
}

#[test]
fn shapes_notice_missing_extra_and_mistyped_keys() {
    use serde_json::json;
    let shape = json!({"errno": "0", "list": [{"id": "$int"}], "name": "$str?"});
    assert_eq!(mismatch(&json!({"errno": "0", "list": [{"id": 1}], "name": null}), &shape), None);
    for (kind, good, bad) in [
        ("$date", "2026-12-01", "2026-12-01 10:30:00"),
        ("$time", "2026-12-01 10:30:00", "2026-12-01"),
        ("$url", "http://127.0.0.1:1/media/a.jpg", "/media/a.jpg"),
        ("$id", "7", "seven"),
    ] {
        assert_eq!(mismatch(&json!(good), &json!(kind)), None);
        assert!(mismatch(&json!(bad), &json!(kind)).is_some(), "{bad} is no {kind}");
    }
    for (value, shape, fits) in [
        (json!([]), json!([]), true),
        (json!([1]), json!([]), false),
        (json!([1]), json!("$list"), true),
        (json!([1, 3]), json!([1, 3]), true),
        (json!([1, 3, 5]), json!([1, 3]), false),
        (json!([1, 4]), json!([1, 3]), false),
    ] {
        assert_eq!(mismatch(&value, &shape).is_none(), fits, "{value} {shape}");
    }
    for wrong in [
        json!({"errno": 0, "list": [{"id": 1}], "name": null}),
        json!({"errno": "0", "list": [], "name": null}),
        json!({"errno": "0", "list": [{"id": "1"}], "name": null}),
        json!({"errno": "0", "list": [{"id": 1}]}),
        json!({"errno": "0", "list": [{"id": 1}], "name": 5}),
        json!({"errno": "0", "list": [{"id": 1, "extra": 1}], "name": "x"}),
    ] {
        assert!(mismatch(&wrong, &shape).is_some(), "{wrong}");
    }
}
