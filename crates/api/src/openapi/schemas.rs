//! Walks through schemas: what a field means and takes goes to each property.

use serde_json::{Map, Value, json};

use super::{
    fields,
    words::{ANSWER, REQUEST, meaning},
};

/// Which way a schema's values go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// Describes every property below a schema, through references too. `own` knows the words that one
/// call has of its own.
pub fn describe(
    schema: &mut Value,
    path: &str,
    way: Way,
    own: &dyn Fn(&str) -> Option<&'static str>,
    all: &mut Map<String, Value>,
) {
    if let Some(name) = reference(schema) {
        if let Some(mut target) = all.remove(&name) {
            describe(&mut target, path, way, own, all);
            all.insert(name, target);
        }
        return;
    }
    for part in ["allOf", "oneOf", "anyOf"] {
        for part in schema[part].as_array_mut().into_iter().flatten() {
            describe(part, path, way, own, all);
        }
    }
    if schema["items"].is_object() {
        describe(&mut schema["items"], &format!("{path}[]"), way, own, all);
    }
    let required: Vec<String> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(String::from))
        .collect();
    if let Some(properties) = schema["properties"].as_object_mut() {
        for (name, property) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match way {
                Way::In => *property = taken(name, own, required.contains(name)),
                Way::Out => {
                    shown(name, &path, property);
                    describe(property, &path, way, own, all);
                }
            }
        }
    }
    without_null_keys(schema);
}

/// A field of a request.
pub fn taken(name: &str, own: &dyn Fn(&str) -> Option<&'static str>, required: bool) -> Value {
    let mut schema = fields::taken(name);
    if let Some(says) = own(name).or_else(|| meaning(REQUEST, name)) {
        schema["description"] = json!(says);
    }
    if !required {
        match &mut schema["type"] {
            Value::Null => {}
            Value::Array(kinds) => kinds.push(json!("null")),
            kind => *kind = json!([kind.take(), "null"]),
        }
    }
    without_null_keys(&mut schema);
    schema
}

/// Asking for a key that is not there leaves a null behind.
fn without_null_keys(schema: &mut Value) {
    if let Some(keys) = schema.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
}

/// A field of an answer.
fn shown(name: &str, path: &str, schema: &mut Value) {
    if let Some(special) = fields::special(path, schema) {
        *schema = special;
    }
    if let Some(says) = meaning(ANSWER, path) {
        schema["description"] = json!(says);
    }
    let holds_values = |schema: &Value| reference(schema).is_none() && schema.get("properties").is_none();
    if let (Some(example), true) = (fields::shown(name, schema), holds_values(schema)) {
        schema["examples"] = json!([example]);
    }
}

/// Calls `change` for the properties of every object in a schema, references left alone.
pub fn each_object(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(keys) => {
            if let Some(Value::Object(properties)) = keys.get_mut("properties") {
                change(properties);
            }
            keys.values_mut().for_each(|value| each_object(value, change));
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each_object(entry, change)),
        _ => {}
    }
}

/// The name of the schema that this one refers to.
pub fn reference(schema: &Value) -> Option<String> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/").map(String::from)
}
