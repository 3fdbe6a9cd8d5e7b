//! Holds an answer against the document: its status, every key and type, code and sentence.

use std::sync::LazyLock;

use minsu_api::openapi;
use reqwest::Method;
use serde_json::Value;

use super::{bare, operations};
use crate::support::Answer;

pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document().unwrap());
pub static NATIVE: LazyLock<Value> = LazyLock::new(|| minsu_dialect_v2::document().unwrap());

/// Demands that a documented call answered as it is documented. Requests that are no documented call (unknown
/// paths, other methods) are not checked.
#[track_caller]
pub fn demand_documented(method: &Method, url: &str, answer: &Answer) {
    let path = url.split_once("://").map_or(url, |(_, rest)| &rest[rest.find('/').unwrap_or(rest.len())..]);
    let path = path.split('?').next().unwrap_or_default();
    if path.starts_with("/api/v2/") {
        return demand_native(method, path, answer);
    }
    let Some(operation) = operation(&DOCUMENT, method, path) else { return };
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
    let wrong = mismatch(&DOCUMENT, "", &answer.json, &content["schema"]);
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

/// The same of a call of the native API: its status, its type, its schema, its headers, and of a problem its
/// code.
#[track_caller]
fn demand_native(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(&NATIVE, method, path) else { return };
    let status = answer.status.as_u16();
    let label = format!("{method} {path} answered {status} {}", answer.json);
    let response = &operation["responses"][status.to_string()];
    assert!(!response.is_null(), "{label}, a status that is not documented");
    for name in ["etag", "location", "set-cookie", "retry-after", "ratelimit", "content-language"] {
        let mut documented = response["headers"].as_object().into_iter().flatten();
        let is_known = documented.any(|(known, _)| known.eq_ignore_ascii_case(name));
        assert!(!answer.headers.contains_key(name) || is_known, "{label} with the header {name}");
    }
    let Some(contents) = response["content"].as_object() else {
        return assert!(answer.bytes.is_empty(), "{label}, where no content is documented");
    };
    let kind = answer.headers["content-type"].to_str().unwrap_or_default();
    let content = contents.get(kind).unwrap_or_else(|| panic!("{label}, which is {kind}"));
    if answer.json.is_null() {
        return;
    }
    assert_eq!(mismatch(&NATIVE, "", &answer.json, &content["schema"]), None, "{label}");
    if kind == "application/problem+json" {
        let code = answer.json["code"].as_str().unwrap_or_default();
        assert!(!content["examples"][code].is_null(), "{label}, a problem that is not documented");
        assert_eq!(answer.json["status"], status, "{label}");
    }
}

fn operation(document: &'static Value, method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(&path).all(|(known, part)| {
                known == part
                    || known.strip_prefix("{}").is_some_and(|end| part.len() > end.len() && part.ends_with(end))
            })
    };
    let all = operations(document);
    let mut fitting = all.into_iter().filter(|(verb, template, _)| verb == method.as_str() && fits(&bare(template)));
    // `/houses/index` goes before `/houses/{id}`.
    let exact = fitting.clone().find(|(_, template, _)| template == path);
    exact.or_else(|| fitting.next()).map(|(_, _, operation)| operation)
}

/// Where a value leaves its schema. Keys that the schema does not name are mismatches too.
fn mismatch(document: &Value, place: &str, value: &Value, schema: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return mismatch(document, place, value, &document["components"]["schemas"][name]);
    }
    if let Some(parts) = schema["anyOf"].as_array() {
        let found: Vec<_> = parts.iter().map(|part| mismatch(document, place, value, part)).collect();
        return if found.contains(&None) { None } else { Some(format!("{found:?}")) };
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        return parts.iter().map(|part| mismatch(document, place, value, part)).min().unwrap_or_default();
    }
    let schema = &joined(document, schema);
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
            entries.iter().find_map(|entry| mismatch(document, &format!("{place}[]"), entry, &schema["items"]))
        }
        Value::Object(fields) if schema["properties"].is_object() => {
            let missing = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(name) = missing.into_iter().find(|name| !fields.contains_key(*name)) {
                return Some(format!("{place}: {name} is missing"));
            }
            fields.iter().find_map(|(name, value)| match &schema["properties"][name] {
                Value::Null => Some(format!("{place}: {name} is not documented")),
                property => mismatch(document, &format!("{place}.{name}"), value, property),
            })
        }
        _ => None,
    }
}

/// The parts of an `allOf` as one schema.
fn joined(document: &Value, schema: &Value) -> Value {
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let mut whole = serde_json::json!({ "type": "object", "properties": {}, "required": [] });
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(name) => document["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()].clone(),
            None => joined(document, part),
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
