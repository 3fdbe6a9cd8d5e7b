//! The OpenAPI document of the native API.

use std::collections::BTreeSet;

use minsu_dialect_v2::{
    OPENAPI, PREFIX,
    problem::{Problem, answer::RULES, answer::said},
};

use super::{bare, conform::NATIVE, operations, properties};
use crate::support::{Client, TestServer};

#[test]
fn what_is_documented_is_routed_and_the_other_way_round() {
    let routes = minsu_dialect_v2::routes();
    let calls = routes.calls().iter().flat_map(|call| call.paths().map(move |path| (call.verb.method(), path)));
    let routed: BTreeSet<_> = calls.map(|(method, path)| format!("{method} {PREFIX}{}", bare(path))).collect();
    let documented = operations(&NATIVE).into_iter().map(|(method, path, _)| format!("{method} {}", bare(&path)));
    assert_eq!(documented.collect::<BTreeSet<_>>(), routed);
}

#[test]
fn every_operation_is_whole() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&NATIVE) {
        let label = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{label}: id stands twice");
        for key in ["summary", "description"] {
            assert!(operation[key].as_str().is_some_and(|text| !text.is_empty()), "{label} has no {key}");
        }
        let placeholders = path.matches('{').count();
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path = parameters.iter().filter(|it| it["in"] == "path");
        assert_eq!(in_path.count(), placeholders, "{label}");
        for parameter in parameters {
            assert!(parameter["$ref"].is_string() || parameter["description"].is_string(), "{label}: {parameter}");
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("503") && responses.keys().any(|status| status.starts_with('2')), "{label}");
    }
}

#[test]
fn every_field_says_what_it_means_and_shows_a_value() {
    let mut all = Vec::new();
    properties(&NATIVE["components"]["schemas"], "", &mut all);
    assert!(all.len() > 90, "only {} fields", all.len());
    for (place, property) in all {
        assert!(property["description"].is_string(), "{place} says nothing: {property}");
        let shows = ["examples", "enum", "$ref", "items", "properties", "allOf", "oneOf"];
        assert!(shows.iter().any(|key| property.get(key).is_some()), "{place} shows no value: {property}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let text = NATIVE.to_string();
    for rest in text.split("\"#/components/").skip(1) {
        let pointer = format!("/components/{}", rest.split('"').next().unwrap());
        assert!(NATIVE.pointer(&pointer).is_some(), "{pointer}");
    }
    for (_, _, operation) in operations(&NATIVE) {
        for (_, response) in operation["responses"].as_object().unwrap() {
            for (target, _) in response["links"].as_object().into_iter().flatten() {
                assert!(operations(&NATIVE).iter().any(|(_, _, other)| other["operationId"] == **target), "{target}");
            }
        }
    }
}

#[test]
fn every_problem_and_rule_is_in_the_document() {
    let about = NATIVE["info"]["description"].as_str().unwrap();
    let codes = Problem::ALL.iter().map(|problem| problem.row().code).chain(RULES.map(|rule| said(rule).0));
    for code in codes {
        assert!(about.contains(&format!("`{code}`")), "{code}");
    }
}

#[test]
fn the_document_is_the_snapshot() {
    crate::docs::compare("docs/openapi-v2.json", &OPENAPI);
}

#[tokio::test]
async fn the_document_is_served_where_documents_are() {
    let server = TestServer::start().await;
    let served = Client::new(&server).get("/api/v2/openapi.json").await.done(200);
    assert_eq!(served, *NATIVE);
    let server = TestServer::start_with(|state| state.http.docs = false).await;
    Client::new(&server).get("/api/v2/openapi.json").await.problem(404, "not_found");
}

#[tokio::test]
async fn every_problem_has_a_page_without_scripts() {
    let server = TestServer::start().await;
    let browser = Client::new(&server);
    for problem in Problem::ALL {
        let row = problem.row();
        let path = format!("/problems/{}", row.code);
        let request = browser.request(reqwest::Method::GET, &path).header("accept-language", "en");
        let page = browser.send(request).await;
        let text = String::from_utf8(page.bytes.to_vec()).unwrap();
        assert!(
            text.contains(row.english) && text.contains(row.explanation) && text.contains("<html lang=\"en\">"),
            "{text}"
        );
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    }
    let chinese = browser.get("/problems/days_taken").await;
    assert!(String::from_utf8_lossy(&chinese.bytes).contains("<h1>所选日期已被预订</h1>"));
    assert_eq!(browser.get("/problems/nothing").await.status.as_u16(), 404);
}
