//! Whole examples, put together of the examples of the fields.

use serde_json::{Map, Value, json};

use super::schemas::name_of_reference;

/// An example of a schema.
pub fn of(schema: &Value, all: &Map<String, Value>) -> Value {
    if let Some(example) = schema.get("examples").and_then(|examples| examples.get(0)) {
        return example.clone();
    }
    if let Some(target) = name_of_reference(schema).and_then(|name| all.get(&name)) {
        return of(target, all);
    }
    if let Some(value) = schema.get("enum").and_then(|values| values.get(0)) {
        return value.clone();
    }
    if let Some(Value::Array(parts)) = schema.get("allOf") {
        let fields = parts.iter().filter_map(|part| of(part, all).as_object().cloned());
        return Value::Object(fields.flatten().collect());
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        return properties.iter().map(|(name, property)| (name.clone(), of(property, all))).collect();
    }
    if let Some(items) = schema.get("items") {
        return json!([of(items, all)]);
    }
    json!({})
}
