//! Walks through schemas of a dialect, as JSON.

use serde_json::{Map, Value, json};

/// Where schemas lie in the document.
const PLACE: &str = "#/components/schemas/";

/// Gives every reference the dialect's name.
pub fn prefix_references(schema: &mut Value, dialect: &str) {
    each(schema, &mut |keys| {
        if let Some(Value::String(target)) = keys.get_mut("$ref")
            && let Some(name) = target.strip_prefix(PLACE)
        {
            *target = format!("{PLACE}{dialect}.{name}");
        }
    });
}

/// Puts values (texts, numbers, lists of them) in the place of the references to them: only objects have
/// a name of their own. What the reference says goes before what the value says.
pub fn inline_values(schema: &mut Value, all: &Map<String, Value>) {
    match schema {
        Value::Object(keys) => {
            keys.values_mut().for_each(|value| inline_values(value, all));
            if let Some(value) = value_of(keys, all) {
                *schema = value;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| inline_values(entry, all)),
        _ => {}
    }
}

/// The value that a schema refers to, alone or beside null.
fn value_of(keys: &Map<String, Value>, all: &Map<String, Value>) -> Option<Value> {
    let or_null = keys.get("oneOf").and_then(Value::as_array).and_then(|parts| match parts.as_slice() {
        [null, part] | [part, null] if null["type"] == "null" => Some(part),
        _ => None,
    });
    let mut value = match or_null {
        // It was put in already, on the way up.
        Some(part) if part.get("$ref").is_none() && is_value(part) => part.clone(),
        Some(_) => return None,
        None => all.get(&reference(keys)?).filter(|target| is_value(target))?.clone(),
    };
    if or_null.is_some() {
        allow_null(&mut value);
    }
    if let Some(says) = keys.get("description") {
        value["description"] = says.clone();
    }
    Some(value)
}

/// Whether a schema is one of a text, a number, or a list of them.
fn is_value(schema: &Value) -> bool {
    ["$ref", "properties", "allOf", "oneOf"].iter().all(|key| schema.get(key).is_none())
        && schema["items"].get("$ref").is_none()
        && schema["type"] != "object"
}

/// Whether it is a schema of a value that has a place of its own in the document only until it is inlined.
pub fn is_inlined(schema: &Value) -> bool {
    is_value(schema)
}

/// What properties mean, as the document says it: doc comments are sentences, descriptions are not.
pub fn say_in_phrases(schema: &mut Value) {
    each(schema, &mut |keys| {
        let properties = keys.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut) {
            if let Some(Value::String(says)) = property.get_mut("description") {
                *says = phrase(says);
            }
        }
    });
}

/// `The house.` becomes `the house`; `URL of the picture.` keeps its capitals.
pub fn phrase(sentence: &str) -> String {
    let text = sentence.trim_end().trim_end_matches('.').replace('\n', " ");
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && !second.is_ascii_uppercase() => {
            format!("{}{}", first.to_ascii_lowercase(), letters.as_str())
        }
        _ => text,
    }
}

/// Takes null too.
fn allow_null(schema: &mut Value) {
    match schema.get_mut("type") {
        Some(Value::Array(kinds)) => kinds.push(json!("null")),
        Some(kind) => *kind = json!([kind.take(), "null"]),
        None => {}
    }
}

/// Calls `change` for every object in a schema, the outer ones first.
fn each(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(keys) => {
            change(keys);
            keys.values_mut().for_each(|value| each(value, change));
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each(entry, change)),
        _ => {}
    }
}

fn reference(keys: &Map<String, Value>) -> Option<String> {
    keys.get("$ref")?.as_str()?.strip_prefix(PLACE).map(String::from)
}

/// The name of the schema that this one refers to.
pub fn name_of_reference(schema: &Value) -> Option<String> {
    reference(schema.as_object()?)
}

/// A reference to a schema.
pub fn refer(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_become_phrases() {
        for (sentence, expected) in [
            ("The house.", "the house"),
            ("URL of the picture.", "URL of the picture"),
            ("`id` of a house.", "`id` of a house"),
            ("A day, in 分.", "a day, in 分"),
            ("", ""),
        ] {
            assert_eq!(phrase(sentence), expected);
        }
    }

    #[test]
    fn values_are_inlined_and_objects_are_not() {
        let all = json!({
            "a.Title": { "type": "string", "maxLength": 64, "description": "1 to 64 characters" },
            "a.House": { "type": "object", "properties": {} },
        });
        let mut schema = json!({ "properties": {
            "title": { "$ref": "#/components/schemas/Title" },
            "name": { "$ref": "#/components/schemas/Title", "description": "the name" },
            "other": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Title" }] },
            "house": { "$ref": "#/components/schemas/House" },
        }});
        prefix_references(&mut schema, "a");
        inline_values(&mut schema, all.as_object().unwrap());
        let value = |says: &str| json!({ "type": "string", "maxLength": 64, "description": says });
        assert_eq!(schema["properties"]["title"], value("1 to 64 characters"));
        assert_eq!(schema["properties"]["name"], value("the name"));
        assert_eq!(schema["properties"]["other"]["type"], json!(["string", "null"]));
        assert_eq!(schema["properties"]["house"], json!({ "$ref": "#/components/schemas/a.House" }));
    }
}
