//! Shapes of JSON: which keys an answer has, and of which types.
//!
//! A shape is JSON itself. `"$int"`, `"$str"`, `"$bool"` and `"$str?"` (or null) stand for any
//! value of a type, `[shape]` for a list of at least one, `[]` for any list; everything else
//! must be there to the letter. An answer with a key that its shape does not name does not match.

use serde_json::Value;

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
                unknown => panic!("no such kind: {unknown}"),
            };
            if fits { None } else { wrong() }
        }
        (Value::Array(shapes), Value::Array(values)) => match shapes.as_slice() {
            [] => None,
            [shape] if values.is_empty() => Some(format!("{path}: expected a list of {shape}, got none")),
            [shape] => values.iter().enumerate().find_map(|(i, value)| at(&format!("{path}[{i}]"), value, shape)),
            _ => wrong(),
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
