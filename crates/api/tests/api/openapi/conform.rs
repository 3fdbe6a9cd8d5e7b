//! Holds an answer against the document: its status, every key and type, code and sentence.

use std::sync::LazyLock;

use minsu_api::openapi;
use reqwest::Method;
use serde_json::Value;

use super::{bare, operations};
use crate::support::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// Demands that a documented call answered as it is documented. Calls that are no calls (unknown
/// paths, other methods) say nothing of the document.
#[track_caller]
pub fn demand_documented(method: &Method, url: &str, answer: &Answer) {
    let path = url.split_once("://").map_or(url, |(_, rest)| &rest[rest.find('/').unwrap_or(rest.len())..]);
    let path = path.split('?').next().unwrap_or_default();
    let Some(operation) = operation(method, path) else { return };
    let status = answer.status.as_u16();
    let label = format!("{method} {path} answered {status} {}", answer.json);
    let response = &operation["responses"][status.to_string()];
    assert!(!response.is_null(), "{label}, a status that is not documented");
    if status == 304 {
        return assert!(answer.bytes.is_empty(), "{label}");
    }
    if answer.json.is_null() {
        let kind = answer.headers["content-type"].to_str().unwrap_or_default();
        return assert!(!response["content"][kind].is_null(), "{label}, which is {kind}");
    }
    let content = &response["content"]["application/json"];
    let wrong = mismatch("", &answer.json, &content["schema"]);
    assert_eq!(wrong, None, "{label}");
    if !["0", ""].contains(&code(&answer.json).as_str()) {
        let examples = content["examples"].as_object().into_iter().flatten();
        let refusals = examples.filter_map(|(_, example)| {
            let name = example["$ref"].as_str()?.rsplit('/').next()?;
            Some(&DOCUMENT["components"]["examples"][name]["value"])
        });
        let known: Vec<_> = refusals.map(Value::to_string).collect();
        assert!(known.contains(&answer.json.to_string()), "{label}, a refusal that is not documented: {known:?}");
    }
}

fn code(answer: &Value) -> String {
    answer["errno"].as_str().map(String::from).unwrap_or_default()
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(&path).all(|(known, part)| known == part || (*known == "{}" && !part.is_empty()))
    };
    let all = operations(&DOCUMENT);
    let mut fitting = all.into_iter().filter(|(verb, template, _)| verb == method.as_str() && fits(&bare(template)));
    // `/houses/index` goes before `/houses/{id}`.
    let exact = fitting.clone().find(|(_, template, _)| template == path);
    exact.or_else(|| fitting.next()).map(|(_, _, operation)| operation)
}

/// Where a value leaves its schema. Keys that the schema does not name are mismatches too.
fn mismatch(place: &str, value: &Value, schema: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return mismatch(place, value, &DOCUMENT["components"]["schemas"][name]);
    }
    if let Some(parts) = schema["anyOf"].as_array() {
        let found: Vec<_> = parts.iter().map(|part| mismatch(place, value, part)).collect();
        return if found.contains(&None) { None } else { Some(format!("{found:?}")) };
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        return parts.iter().map(|part| mismatch(place, value, part)).min().unwrap_or_default();
    }
    let schema = &joined(schema);
    if let Some(values) = schema["enum"].as_array() {
        return (!values.contains(value)).then(|| format!("{place}: {value} is none of {values:?}"));
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.contains(&kind) {
        return Some(format!("{place}: {value} is none of {kinds:?}"));
    }
    match value {
        Value::Array(entries) => {
            entries.iter().find_map(|entry| mismatch(&format!("{place}[]"), entry, &schema["items"]))
        }
        Value::Object(fields) if schema["properties"].is_object() => {
            let missing = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(name) = missing.into_iter().find(|name| !fields.contains_key(*name)) {
                return Some(format!("{place}: {name} is missing"));
            }
            fields.iter().find_map(|(name, value)| match &schema["properties"][name] {
                Value::Null => Some(format!("{place}: {name} is not documented")),
                property => mismatch(&format!("{place}.{name}"), value, property),
            })
        }
        _ => None,
    }
}

/// The parts of an `allOf` as one schema.
fn joined(schema: &Value) -> Value {
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let mut whole = serde_json::json!({ "type": "object", "properties": {}, "required": [] });
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(name) => DOCUMENT["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()].clone(),
            None => joined(part),
        };
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            whole["properties"][name] = property.clone();
        }
        for name in part["required"].as_array().into_iter().flatten() {
            whole["required"].as_array_mut().unwrap().push(name.clone());
        }
    }
    whole
}
