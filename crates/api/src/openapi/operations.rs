//! A call: what it takes, what it answers, what it refuses.

use actix_web::http::StatusCode;
use minsu_application::AppError;
use serde_json::{Map, Value, json};

use super::{
    examples, fields, links,
    parts::Part,
    refusals::{self, Reads},
    schemas::{self, Way},
};
use crate::{
    dialect::Dialect,
    http::api_error::{ApiError, Verdict},
};

/// Answers that come with an `ETag`.
const CACHED: [&str; 6] =
    ["v1_areas", "v1_slides", "v1_search", "classic_areas", "classic_slides", "classic_cached_search"];

/// A call as utoipa read it.
pub struct Operation<'a> {
    /// Its dialect.
    pub part: &'a Part,
    /// Method and path below the dialect's prefix.
    pub call: String,
    /// Whether its method has a body.
    pub reads_body: bool,
    /// What utoipa made.
    pub source: Value,
}

/// The whole operation; schemas that it uses are described as well, and examples that it needs made.
pub fn describe(call: Operation<'_>, all: &mut Map<String, Value>, examples: &mut Map<String, Value>) -> Value {
    let Operation { part, call, reads_body, mut source } = call;
    let id = source["operationId"].as_str().unwrap_or_default().to_owned();
    let use_case = id.split_once('_').map_or("", |(_, use_case)| use_case);
    let note = part.notes.iter().find(|note| same_call(note.call, &call));
    let own = |name: &str| {
        let fields = note.map_or(&[][..], |note| note.fields);
        fields.iter().find(|(known, _)| *known == name).map(|(_, says)| *says)
    };
    if let Some(note) = note {
        source["description"] = json!(note.says);
    }
    parameters(&mut source, &id, &own);
    if !reads_body && let Some(keys) = source.as_object_mut() {
        keys.remove("requestBody");
    }
    body(&mut source, use_case, part.dialect, &own, all);
    let reads = if source.get("requestBody").is_none() { Reads::Nothing } else { Reads::Body };
    let refusals = refusals::of(use_case, part.dialect, reads);
    let is_nobody = |error: &ApiError| matches!(error, ApiError::App(AppError::NotLoggedIn) | ApiError::NoSession);
    if use_case != "log_in" && refusals.iter().any(is_nobody) {
        source["security"] = json!([{ "session": [] }]);
    }
    success(&mut source, all);
    refused(&mut source, part, &call, &refusals, examples);
    if CACHED.contains(&id.as_str()) {
        source["responses"]["304"] =
            json!({ "description": "the client has it: its `If-None-Match` names the `ETag`" });
    }
    if let Some(links) = links::of(&id) {
        source["responses"]["200"]["links"] = links;
    }
    if let Some(keys) = source.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    source
}

/// The same call, whatever the names of the placeholders are.
fn same_call(one: &str, other: &str) -> bool {
    let bare = |call: &str| {
        let segments = call.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        segments.collect::<Vec<_>>().join("/")
    };
    bare(one) == bare(other)
}

fn parameters(source: &mut Value, id: &str, own: &dyn Fn(&str) -> Option<&'static str>) {
    for parameter in source["parameters"].as_array_mut().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let in_path = parameter["in"] == "path";
        // In a path or a query there is no null.
        let mut schema = if in_path { fields::in_path(id, &name) } else { fields::in_query(&name) };
        let own_word = schemas::taken(&name, own, true)["description"].take();
        // The captcha calls need theirs; everything else in a query may be missing.
        let required =
            in_path || ["codeid", "cur"].contains(&name.as_str()) || (id == "v1_send_sms" && name != "purpose");
        if !in_path && id == "v1_send_sms" && name == "id" {
            schema = fields::taken("codeid");
        }
        *parameter = json!({
            "name": name, "in": parameter["in"], "required": required, "description": own_word, "schema": schema,
        });
    }
}

fn body(
    source: &mut Value,
    use_case: &str,
    dialect: Dialect,
    own: &dyn Fn(&str) -> Option<&'static str>,
    all: &mut Map<String, Value>,
) {
    let content = source.get_mut("requestBody").and_then(|body| body["content"].as_object_mut());
    let Some(content) = content else { return };
    if let Some(form) = content.get_mut("multipart/form-data") {
        let names: &[&str] = match (use_case, dialect) {
            ("set_avatar", _) => &["avatar"],
            (_, Dialect::V1) => &["house_image"],
            (_, Dialect::Classic) => &["house_id", "house_image"],
        };
        let property = |name: &&str| ((*name).to_owned(), schemas::taken(name, own, true));
        let properties: Map<_, _> = names.iter().map(property).collect();
        form["schema"] = json!({ "type": "object", "required": names, "properties": properties });
        return;
    }
    let is_search = use_case.contains("search");
    if is_search && let Some(json) = content.get("application/json").cloned() {
        content.insert("application/x-www-form-urlencoded".into(), json);
    }
    if let Some(json) = content.get_mut("application/json") {
        unwrap_option(&mut json["schema"]);
        schemas::describe(&mut json["schema"], "", Way::In, own, all);
        json["schema"].as_object_mut().into_iter().for_each(|keys| keys.retain(|_, value| !value.is_null()));
    }
    if is_search && let Some(json) = content.get("application/json").cloned() {
        content.insert("application/x-www-form-urlencoded".into(), json);
    }
    source["requestBody"]["required"] = json!(!is_search);
}

/// `Option<T>` as the schema of a body means that there may be none.
fn unwrap_option(schema: &mut Value) {
    let inner = schema["oneOf"].as_array().and_then(|parts| parts.iter().find(|part| part.get("$ref").is_some()));
    if let Some(inner) = inner.cloned() {
        *schema = inner;
    }
}

fn success(source: &mut Value, all: &mut Map<String, Value>) {
    let content = &mut source["responses"]["200"]["content"];
    for binary in ["image/jpeg", "audio/wav"] {
        if let Some(answer) = content.get_mut(binary) {
            answer["schema"] = json!({ "type": "string", "format": "binary" });
        }
    }
    let Some(json) = content.get_mut("application/json") else { return };
    schemas::describe(&mut json["schema"], "", Way::Out, &|_| None, all);
    json["schema"].as_object_mut().into_iter().for_each(|keys| keys.retain(|_, value| !value.is_null()));
}

/// Puts every refusal under its statuses, with its code and sentence as an example.
fn refused(source: &mut Value, part: &Part, call: &str, refusals: &[ApiError], examples: &mut Map<String, Value>) {
    let failure = format!("#/components/schemas/{}.Failure", part.name);
    let failure = json!({ "$ref": failure });
    let success = source["responses"]["200"]["content"].get("application/json").map(|json| json["schema"].clone());
    let good: Vec<_> = success.iter().cloned().chain([failure.clone()]).collect();
    source["responses"]["200"]["description"] = json!("the answer, or a refusal with its code");
    source["responses"]["200"]["content"]["application/json"]["schema"] =
        if good.len() == 1 { failure.clone() } else { json!({ "anyOf": good }) };
    for error in refusals {
        let verdict = error.verdict(part.dialect);
        let publishing = part.dialect == Dialect::Classic && call == "POST /house/info";
        let example = format!("{}.{}{}", part.name, refusals::name(error), if publishing { ".publishing" } else { "" });
        let reference = json!({ "$ref": format!("#/components/examples/{example}") });
        examples.insert(example, json!({ "value": body_of(part.dialect, publishing, verdict) }));
        let statuses = match verdict.status {
            Some(status) => vec![status],
            None => {
                let semantic = verdict.semantic.unwrap_or_else(|| verdict.errno.semantic_status());
                vec![StatusCode::OK, semantic]
            }
        };
        for status in statuses {
            let response = &mut source["responses"][status.as_str()];
            if response["description"].is_null() {
                response["description"] = json!(if verdict.status.is_some() {
                    "no business answer"
                } else {
                    "a refusal, with the setting `server.business_status`"
                });
                response["content"]["application/json"]["schema"] = failure.clone();
            }
            let content = &mut response["content"]["application/json"];
            let name = format!("{} {}", verdict.errno.code(), verdict.sentence);
            content["examples"][name] = reference.clone();
        }
    }
}

/// The envelope of a refusal.
fn body_of(dialect: Dialect, publishing: bool, verdict: Verdict) -> Value {
    let (code, sentence) = (verdict.errno.code(), verdict.sentence);
    match dialect {
        Dialect::V1 => json!({ "errno": code, "errmsg": sentence }),
        Dialect::Classic if publishing => {
            json!({ "errno": code, "errcode": code, "errmsg": sentence, "house_id": "" })
        }
        Dialect::Classic => json!({ "errno": code, "errcode": code, "errmsg": sentence }),
    }
}

/// Puts an example of a success before those of the refusals, when every schema is described.
pub fn add_examples(paths: &mut Map<String, Value>, all: &Map<String, Value>) {
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(content) = operation["responses"]["200"]["content"].get_mut("application/json") else { continue };
        if let Some(success) = content["schema"]["anyOf"].get(0) {
            content["examples"]["0"] = json!({ "summary": "success", "value": examples::of(success, all) });
        }
    }
}
