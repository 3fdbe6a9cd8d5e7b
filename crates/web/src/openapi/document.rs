//! Puts the document together: the calls of every dialect, their schemas, their refusals.

use serde_json::{Error, Map, Value, json};

use super::{documented::Documented, examples, operation, schemas, site};
use crate::{
    dialect::{Dialect, Dialects, Failures},
    errno::Errno,
    openapi::call::{Answer, Body, Call, Described},
};

/// What the dialects make together.
#[derive(Default)]
struct Parts {
    /// Every call.
    paths: Map<String, Value>,
    /// Every schema by its name.
    schemas: Map<String, Value>,
    /// Every refusal as an answer.
    examples: Map<String, Value>,
}

/// The whole document; `about` is its introduction.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn document(about: &str, dialects: &Dialects) -> Result<Value, Error> {
    let mut parts = Parts::default();
    let with_errno = |dialect: &&Dialect| matches!(dialect.failures, Failures::Errno(..));
    for dialect in dialects.iter() {
        if let Failures::Errno(envelope, failure) = dialect.failures {
            add(&Documented { dialect, envelope, failure }, &mut parts)?;
        }
    }
    parts.paths.extend(site::paths());
    drop_unused(&parts.paths, &mut parts.schemas);
    let tags =
        dialects.iter().filter(with_errno).map(|dialect| json!({ "name": dialect.name, "description": dialect.about }));
    let of_the_site = json!({ "name": "site", "description": "For the supervisor that starts and stops the process." });
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Minsu",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("{about}\n\n{}", table_of_codes()),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "the server that this document comes from" }],
        "tags": tags.chain([of_the_site]).collect::<Vec<_>>(),
        "paths": parts.paths,
        "components": {
            "schemas": parts.schemas,
            "examples": parts.examples,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "minsu_session" },
            },
        },
    }))
}

/// Adds the calls of a dialect.
fn add(dialect: &Documented<'_>, parts: &mut Parts) -> Result<(), Error> {
    let calls = (dialect.routes)().calls().to_vec();
    let schemas = schemas_of(dialect.name, &calls, dialect.failure)?;
    let mut paths = Map::new();
    for call in &calls {
        for spelling in operation::spellings(call) {
            let described = operation::describe(dialect, call, &spelling, &mut parts.examples)?;
            let methods = paths.entry(format!("{}{}", dialect.prefix, spelling.path)).or_insert_with(|| json!({}));
            methods[call.verb.key()] = described;
        }
    }
    add_examples(&mut paths, &schemas);
    parts.paths.extend(paths);
    parts.schemas.extend(schemas);
    Ok(())
}

/// The schemas of a dialect under its name, values in the places where they are referred to.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn schemas_of(dialect: &str, calls: &[Call], failure: Described) -> Result<Map<String, Value>, Error> {
    let of_call = |call: &Call| {
        let answer = match call.answer {
            Answer::Json(answer) => Some(answer),
            Answer::Bytes(_) | Answer::Nothing => None,
        };
        let body = match call.body {
            Body::Json(body) | Body::Optional(body) => Some(body),
            Body::Nothing | Body::Upload(_) => None,
        };
        [answer, body]
    };
    let described = calls.iter().flat_map(of_call).flatten().chain([failure]);
    let mut all = Map::new();
    for (name, schema) in described.flat_map(|described: Described| described.schemas()) {
        let mut schema = serde_json::to_value(schema)?;
        schemas::prefix_references(&mut schema, dialect);
        all.insert(format!("{dialect}.{name}"), schema);
    }
    let before = all.clone();
    for schema in all.values_mut() {
        schemas::inline_values(schema, &before);
        schemas::say_in_phrases(schema);
    }
    all.retain(|_, schema| !schemas::is_inlined(schema));
    Ok(all)
}

/// utoipa puts what a generic envelope wraps into the envelope's own schema, and leaves a schema behind
/// that nothing refers to.
pub fn drop_unused(paths: &Map<String, Value>, schemas: &mut Map<String, Value>) {
    loop {
        let text = format!("{paths:?}{schemas:?}");
        let before = schemas.len();
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if schemas.len() == before {
            return;
        }
    }
}

/// Puts an example of a success before those of the refusals.
fn add_examples(paths: &mut Map<String, Value>, all: &Map<String, Value>) {
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(content) = operation["responses"]["200"]["content"].get_mut("application/json") else { continue };
        if let Some(success) = content["schema"]["anyOf"].get(0) {
            content["examples"]["0"] = json!({ "summary": "success", "value": examples::of(success, all) });
        }
    }
}

/// Every code, for people.
fn table_of_codes() -> String {
    let mut table = String::from("| code | name | meaning | status on request |\n|---|---|---|---|\n");
    for errno in Errno::ALL {
        let status = errno.semantic_status();
        let row = format!("| {} | {} | {} | {} |\n", errno.code(), errno.name(), errno.meaning(), status.as_u16());
        table.push_str(&row);
    }
    table
}
