//! The OpenAPI document: what is documented is routed and the other way round, every answer that any test here
//! gets is one that is documented, and a change of the document fails until its snapshot is committed.

mod conform;
mod native;

use std::collections::BTreeSet;

use minsu_api::openapi;
use minsu_dialect_classic as classic;
use minsu_dialect_v1 as v1;
use minsu_web::routes::Routes;
use serde_json::{Map, Value};

pub use conform::{DOCUMENT, demand_documented};

use crate::support::{Client, TestServer};

/// Every operation: method, path, itself.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    all
}

/// A path without the names of its placeholders.
fn bare(path: &str) -> String {
    let without_name = |part: &str| match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
        Some((_, end)) => format!("{{}}{end}"),
        None => part.to_owned(),
    };
    path.split('/').map(without_name).collect::<Vec<_>>().join("/")
}

#[test]
fn what_is_documented_is_routed_and_the_other_way_round() {
    let of = |prefix: &str, routes: Routes| -> BTreeSet<String> {
        let calls = routes.calls().iter().flat_map(|call| call.paths().map(move |path| (call.verb.method(), path)));
        calls.map(|(method, path)| format!("{method} {prefix}{}", bare(path))).collect()
    };
    let mut routed = of(v1::PREFIX, v1::routes());
    routed.extend(of(classic::PREFIX, classic::routes()));
    let document = openapi::document().unwrap();
    let documented = operations(&document).into_iter().map(|(method, path, _)| format!("{method} {}", bare(&path)));
    let documented: BTreeSet<_> = documented.filter(|call| call.contains(" /api/")).collect();
    assert_eq!(routed.difference(&documented).collect::<Vec<_>>(), Vec::<&String>::new(), "routed, not documented");
    assert_eq!(documented.difference(&routed).collect::<Vec<_>>(), Vec::<&String>::new(), "documented, not routed");
}

#[test]
fn every_operation_is_whole() {
    let document = openapi::document().unwrap();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let label = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().expect(&label).to_owned()), "{label}: id stands twice");
        assert!(operation["summary"].is_string(), "{label} has no summary");
        if !path.starts_with("/api/") {
            continue;
        }
        assert!(operation["description"].as_str().is_some_and(|says| !says.is_empty()), "{label} has no description");
        let placeholders: BTreeSet<_> = path.split('/').filter(|part| part.starts_with('{')).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let in_path =
            parameters.filter(|it| it["in"] == "path").map(|it| format!("{{{}}}", it["name"].as_str().unwrap()));
        assert_eq!(in_path.collect::<BTreeSet<_>>(), placeholders.into_iter().map(String::from).collect(), "{label}");
        let refused = operation["responses"]["200"]["content"]["application/json"]["examples"].as_object();
        assert!(
            refused.is_some_and(|examples| examples.keys().any(|name| name != "0")) || open(&label),
            "{label} refuses nothing"
        );
    }
}

/// Calls that no business rule refuses.
fn open(label: &str) -> bool {
    ["areas", "facilities", "facilitys", "houses/index", "house/area", "house/index"]
        .iter()
        .any(|end| label.ends_with(end))
}

/// Every property of every schema, by its place.
fn properties(schema: &Value, place: &str, all: &mut Vec<(String, Value)>) {
    match schema {
        Value::Object(keys) => {
            for (name, property) in keys.get("properties").and_then(Value::as_object).into_iter().flatten() {
                all.push((format!("{place}.{name}"), property.clone()));
            }
            keys.iter().for_each(|(key, value)| properties(value, &format!("{place}/{key}"), all));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| properties(entry, place, all)),
        _ => {}
    }
}

#[test]
fn every_field_says_what_it_means_and_shows_a_value() {
    let document = openapi::document().unwrap();
    let mut all = Vec::new();
    properties(&document["components"]["schemas"], "", &mut all);
    assert!(all.len() > 200, "only {} fields", all.len());
    for (place, property) in all {
        assert!(property["description"].is_string(), "{place} says nothing: {property}");
        let shows = ["examples", "enum", "$ref", "items", "properties", "allOf", "oneOf"]
            .iter()
            .any(|key| property.get(key).is_some());
        assert!(shows || property["format"] == "binary", "{place} shows no value: {property}");
    }
    for (method, path, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{method} {path}: {parameter}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document().unwrap();
    let text = document.to_string();
    let schemas: &Map<String, Value> = document["components"]["schemas"].as_object().unwrap();
    let mut used = BTreeSet::new();
    for rest in text.split("#/components/schemas/").skip(1) {
        let name = rest.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "no schema {name}");
        used.insert(name.to_owned());
    }
    let unused: Vec<_> = schemas.keys().filter(|name| !used.contains(*name)).collect();
    assert_eq!(unused, Vec::<&String>::new(), "schemas that are not referred to");
}

#[test]
fn the_document_is_the_snapshot() {
    crate::docs::compare("docs/openapi.json", &openapi::TEXT);
}

#[tokio::test]
async fn the_document_and_its_page_are_served_under_a_strict_policy() {
    let server = TestServer::start().await;
    let browser = Client::new(&server);
    assert_eq!(browser.get("/openapi.json").await.json, openapi::document().unwrap());
    let page = browser.get("/docs").await;
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{:?}", page.headers);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(text.contains("swagger-ui"), "{text}");
    for source in text.split("src=\"").chain(text.split("href=\"")).skip(1) {
        let file = source.split('"').next().unwrap();
        assert!(!file.contains("//"), "{file} comes from elsewhere");
        if let Some(name) = file.strip_prefix("./") {
            assert_eq!(browser.get(&format!("/docs/{name}")).await.status.as_u16(), 200, "{file}");
        }
    }
    assert_eq!(browser.get("/docs/../Cargo.toml").await.status.as_u16(), 404);
    assert_eq!(browser.get("/docs/nothing.js").await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_page_can_be_switched_off() {
    let server = TestServer::start_with(|state| state.http.docs = false).await;
    let browser = Client::new(&server);
    for path in ["/openapi.json", "/docs", "/docs/", "/docs/index.html"] {
        assert_eq!(browser.get(path).await.status.as_u16(), 404, "{path}");
    }
}
