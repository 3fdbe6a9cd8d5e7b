//! Answers as the pages print them: fields in the order of the answer, and samples for what differs from run to run.

use serde_json::{Map, Value, json};

/// The sample values of the placeholders of a row.
const SAMPLES: [(&str, &str); 12] = [
    ("{captcha}", "f78a6c48-70fc-4b6a-b564-7e8043903e24"),
    ("{uuid}", "f78a6c48-70fc-4b6a-b564-7e8043903e24"),
    ("{text}", "ACE3"),
    ("{code}", "407319"),
    ("{reset}", "407319"),
    ("{change}", "407319"),
    ("{session}", "9f86d081884c7d65"),
    ("{mobile}", "13900000000"),
    ("{day}", "2026-12-01"),
    ("{order}", "7"),
    ("{accepted}", "7"),
    ("{house}", "1"),
];

/// The names in the query of a path.
pub fn query_names(path: &str) -> impl Iterator<Item = &str> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap())
}

/// A text of a row with the samples in its placeholders.
pub fn sampled(text: &str) -> String {
    SAMPLES.iter().fold(text.to_owned(), |text, (placeholder, sample)| text.replace(placeholder, sample))
}

/// An answer with lists of one entry, and samples for what differs from run to run.
pub(super) fn shortened(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), shortened(key, value))).collect(),
        Value::Array(entries) if holds_objects(value) => json!([shortened(key, &entries[0])]),
        Value::Array(entries) => entries.iter().map(|entry| shortened(key, entry)).collect(),
        // Of sessions opened in the same second, either may come first.
        Value::Bool(_) if key == "current" => json!(true),
        Value::Number(_) if key == "order_id" => json!(7),
        Value::String(text) => json!(match key {
            "start_date" | "end_date" => "2026-12-01".to_owned(),
            "ctime" | "create_time" if text.len() == 10 => "2026-11-21".to_owned(),
            "ctime" | "create_time" => "2026-11-21 10:30:00".to_owned(),
            "session_id" => "9f86d081884c7d65".to_owned(),
            "mobile" if text != "13800000002" => "13900000000".to_owned(),
            _ if text.starts_with("用户") => "用户3k8fj2mz".to_owned(),
            _ => sample_url(text),
        }),
        value => value.clone(),
    }
}

/// The URL of a picture, below the site's own name and with the digest of no picture.
fn sample_url(text: &str) -> String {
    let Some((_, path)) = text.split_once("/media/") else { return text.to_owned() };
    let (folder, file) = path.rsplit_once('/').unwrap();
    let digits = |text: &'_ str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
    let rest = &file[digits(file)..];
    // Portraits have 16 random digits behind the digest.
    let rest = rest.strip_prefix('-').filter(|rest| digits(rest) == 16).map_or(rest, |rest| &rest[16..]);
    format!("/media/{folder}/8f434346648f6b96df89dda901c5176b{rest}")
}

/// The fields of an answer but for its envelope, with their types.
pub(super) fn answer_fields(path: &str, value: &Value, raw: &str, fields: &mut Vec<(String, String)>) {
    let Value::Object(entries) = value else { return };
    let entries = in_order(entries, raw);
    for (key, entry) in &entries {
        let (key, entry) = (*key, *entry);
        if path.is_empty() && ["errno", "errcode", "errmsg"].contains(&key.as_str()) {
            continue;
        }
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        // Classic has the same answer under two names: told once.
        let mut before = entries.iter().take_while(|(name, _)| *name != key);
        if let Some((twin, _)) = before.find(|(_, twin)| *twin == entry && holds_objects(entry)) {
            fields.push((path, format!("as `{twin}`")));
            continue;
        }
        let (kind, inner) = match entry {
            Value::Null => ("string or null", &Value::Null),
            Value::Bool(_) => ("boolean", &Value::Null),
            Value::Number(_) => ("integer", &Value::Null),
            Value::String(_) => ("string", &Value::Null),
            Value::Object(_) => ("object", entry),
            Value::Array(entries) => match entries.first() {
                Some(first) if first.is_object() => ("list of objects", first),
                Some(first) if first.is_number() => ("list of integers", &Value::Null),
                _ => ("list of strings", &Value::Null),
            },
        };
        fields.push((path.clone(), kind.to_owned()));
        let below = if entry.is_array() { format!("{path}[]") } else { path };
        answer_fields(&below, inner, raw, fields);
    }
}

pub(super) fn holds_objects(value: &Value) -> bool {
    value.is_object() || value.as_array().is_some_and(|entries| entries.iter().any(Value::is_object))
}

/// The fields of an object in the order of the text that it was read from; by name without one.
pub(super) fn in_order<'a>(fields: &'a Map<String, Value>, raw: &str) -> Vec<(&'a String, &'a Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_key(|(key, _)| raw.find(&format!("\"{key}\":")));
    fields
}

/// JSON with short lists on one line.
pub fn pretty(value: &Value, raw: &str, depth: usize) -> String {
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let line =
                |(key, value): &(&String, &Value)| format!("{inner}\"{key}\": {}", pretty(value, raw, depth + 1));
            let lines: Vec<_> = in_order(fields, raw).iter().map(line).collect();
            format!("{{\n{}\n{outer}}}", lines.join(",\n"))
        }
        Value::Array(entries) => {
            let entries: Vec<_> = entries.iter().map(|entry| pretty(entry, raw, depth)).collect();
            format!("[{}]", entries.join(", "))
        }
        value => value.to_string(),
    }
}
