//! A call in the document: what it takes, what it answers, which problems it has.

use std::{collections::BTreeMap, time::Duration};

use minsu_application::{AppError, TokenError};
use minsu_domain::{Field, IdempotencyKey, Invalid};
use minsu_web::{
    api_error::ApiError,
    native_fault::NativeFault,
    openapi::{
        call::{Answer, Body, Call, Login, Verb},
        examples, operation as parts, refusals, schemas,
    },
};
use serde_json::{Error, Map, Value, json};

use crate::problem::{
    answer::{self, PROBLEM_JSON},
    mapping::Told,
};

/// How long a client may be told to wait for another request under its key.
const A_WHILE: Duration = Duration::from_secs(1);

/// The whole operation.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub(super) fn describe(call: &Call, all: &Map<String, Value>) -> Result<Value, Error> {
    let mut operation = json!({
        "operationId": call.id,
        "summary": call.summary,
        "description": call.says,
        "parameters": parameters(call)?,
        "responses": responses(call, all)?,
    });
    if let Some(body) = body(call, all)? {
        operation["requestBody"] = body;
    }
    operation["security"] = match (call.login, call.native.scope) {
        (Login::NotNeeded, None) => json!([]),
        (Login::NotNeeded, Some(scope)) => json!([{}, { "session": [] }, { "token": [scope.name()] }]),
        (_, None) => json!([{ "session": [] }]),
        (_, Some(scope)) => json!([{ "session": [] }, { "token": [scope.name()] }]),
    };
    Ok(operation)
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn parameters(call: &Call) -> Result<Vec<Value>, Error> {
    let mut all = parts::parameters(call, call.path)?;
    all.push(reference("parameters", "AcceptLanguage"));
    if call.has_tag && call.verb == Verb::Get {
        all.push(reference("parameters", "IfNoneMatch"));
    }
    if call.native.edits {
        all.push(reference("parameters", "IfMatch"));
    }
    if call.verb == Verb::Post {
        let name = if call.native.key_demanded { "IdempotencyKeyDemanded" } else { "IdempotencyKey" };
        all.push(reference("parameters", name));
    }
    Ok(all)
}

/// The parameters that calls share.
pub(super) fn shared_parameters() -> Value {
    let header = |name: &str, required: bool, says: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": required, "description": says,
            "schema": { "type": "string", "examples": [example] },
        })
    };
    let key = |required: bool| {
        json!({
            "name": "Idempotency-Key", "in": "header", "required": required,
            "description": "a text of the client's own, a UUID for example: the same request under it has one effect \
                and one answer for 24 hours",
            "schema": {
                "type": "string", "minLength": 1, "maxLength": IdempotencyKey::MAX_CHARS, "pattern": "^[!-~]+$",
                "examples": ["f78a6c48-70fc-4b6a-b564-7e8043903e24"],
            },
        })
    };
    json!({
        "IdempotencyKey": key(false),
        "IdempotencyKeyDemanded": key(true),
        "AcceptLanguage": header("Accept-Language", false, "the language of titles: `zh-CN` (the default) or `en`", "en"),
        "IfNoneMatch": header("If-None-Match", false, "the `ETag` that the client has", "\"0123456789abcdef\""),
        "IfMatch": header("If-Match", true, "the `ETag` of what is to be changed, or `*`", "\"0123456789abcdef\""),
    })
}

/// The headers that answers share.
pub(super) fn shared_headers() -> Value {
    let header = |says: &str, example: &str| json!({ "description": says, "schema": { "type": "string", "examples": [example] } });
    json!({
        "Replayed": header("`true`: the answer of an earlier request with this key", "true"),
        "ETag": header("the version", "\"0123456789abcdef\""),
        "Location": header("where it is what was made", "/api/v2/me"),
        "SetCookie": header("the session cookie", "minsu_session=…; Path=/; HttpOnly; SameSite=Lax"),
        "RateLimit": header("how much of each limit is left", "\"captchas\";r=59;t=60"),
        "RateLimitPolicy": header("the limits that count the call", "\"captchas\";q=60;w=60"),
        "RequestId": header("the id of the request, by which the log has it", "f78a6c48-70fc-4b6a-b564-7e8043903e24"),
        "RetryAfter": header("after how many seconds to try again", "60"),
        "ContentLanguage": header("the language of the title", "zh-CN"),
    })
}

fn headers(names: &[(&str, &str)]) -> Value {
    let limits = [("RateLimit", "RateLimit"), ("RateLimit-Policy", "RateLimitPolicy"), ("X-Request-Id", "RequestId")];
    let all = names.iter().chain(&limits);
    all.map(|(name, component)| ((*name).to_owned(), reference("headers", component))).collect::<Map<_, _>>().into()
}

fn body(call: &Call, all: &Map<String, Value>) -> Result<Option<Value>, Error> {
    Ok(match call.body {
        Body::Nothing => None,
        Body::Json(body) | Body::Optional(body) => {
            let schema = schemas::refer(&format!("v2.{}", body.name()));
            let content = json!({ "schema": schema, "example": examples::of(&schema, all) });
            let kinds = if call.verb == Verb::Patch {
                json!({ "application/merge-patch+json": content, "application/json": content })
            } else {
                json!({ "application/json": content })
            };
            Some(json!({ "content": kinds, "required": !matches!(call.body, Body::Optional(_)) }))
        }
        Body::Upload(form) => {
            let mut properties = Map::new();
            for field in form {
                let (says, mut schema) = parts::meaning(*field)?;
                schema["description"] = says;
                properties.insert(field.name.to_owned(), schema);
            }
            let names: Vec<_> = form.iter().map(|field| field.name).collect();
            let schema = json!({ "type": "object", "required": names, "properties": properties });
            Some(json!({ "content": { "multipart/form-data": { "schema": schema } }, "required": true }))
        }
    })
}

fn responses(call: &Call, all: &Map<String, Value>) -> Result<Value, Error> {
    let mut responses = Map::new();
    responses.insert(call.native.status.to_string(), success(call, all));
    if call.has_tag && call.verb == Verb::Get {
        let says = "the client has it: its `If-None-Match` names the `ETag`";
        responses.insert("304".to_owned(), json!({ "description": says, "headers": headers(&[("ETag", "ETag")]) }));
    }
    let mut by_status: BTreeMap<u16, Map<String, Value>> = BTreeMap::new();
    for error in problems(call) {
        let told = Told::from(&error);
        let row = told.problem.row();
        let example = json!({ "summary": row.english, "value": serde_json::to_value(answer::example(told))? });
        by_status.entry(row.status).or_default().entry(row.code).or_insert(example);
    }
    for (status, examples) in by_status {
        let schema = schemas::refer("v2.ProblemBody");
        let mut names = vec![("Content-Language", "ContentLanguage")];
        if examples.values().any(|example| !example["value"]["retry_after"].is_null()) {
            names.push(("Retry-After", "RetryAfter"));
        }
        let says: Vec<_> = examples.keys().map(|code| format!("`{code}`")).collect();
        let content = json!({ PROBLEM_JSON: { "schema": schema, "examples": examples } });
        let response = json!({ "description": says.join(", "), "headers": headers(&names), "content": content });
        responses.insert(status.to_string(), response);
    }
    Ok(responses.into())
}

/// Everything that a call refuses: its own, what every call of its kind does, what the native API adds.
fn problems(call: &Call) -> Vec<ApiError> {
    let mut all = refusals::of(call);
    if call.native.edits {
        all.extend([NativeFault::VersionMissing.into(), NativeFault::VersionStale.into()]);
    }
    if call.native.key_demanded {
        all.push(NativeFault::IdempotencyKeyMissing.into());
    }
    if call.verb == Verb::Post {
        let key = Invalid::format(Field::IdempotencyKey);
        all.extend([key.into(), NativeFault::IdempotencyKeyReused.into(), NativeFault::InProgress(A_WHILE).into()]);
    }
    if call.login != Login::NotNeeded || call.native.scope.is_some() {
        let scope = if call.native.scope.is_some() { TokenError::ScopeMissing } else { TokenError::SessionNeeded };
        all.extend([NativeFault::TokenInvalid.into(), AppError::Token(scope).into()]);
    }
    all
}

fn success(call: &Call, all: &Map<String, Value>) -> Value {
    let mut names = Vec::new();
    if call.has_tag {
        names.push(("ETag", "ETag"));
    }
    if call.native.has_location {
        names.push(("Location", "Location"));
    }
    if call.verb == Verb::Post {
        names.push(("Idempotency-Replayed", "Replayed"));
    }
    if call.native.sets_cookie {
        names.push(("Set-Cookie", "SetCookie"));
    }
    let mut response = json!({ "description": "done", "headers": headers(&names) });
    match call.answer {
        Answer::Nothing => {}
        Answer::Json(answer) => {
            let schema = schemas::refer(&format!("v2.{}", answer.name()));
            let example = examples::of(&schema, all);
            response["content"] = json!({ "application/json": { "schema": schema, "example": example } });
        }
        Answer::Bytes("application/json") => {
            response["content"] = json!({ "application/json": { "schema": { "type": "object" } } });
        }
        Answer::Bytes(kind) => {
            response["content"] = json!({ kind: { "schema": { "type": "string", "format": "binary" } } });
        }
    }
    if let Some(links) = call.links {
        let link = |(target, name): &(&str, &str)| {
            let id = json!({ *name: format!("$response.body#{}", links.pointer) });
            ((*target).to_owned(), json!({ "operationId": target, "parameters": id }))
        };
        response["links"] = links.to.iter().map(link).collect::<Map<_, _>>().into();
    }
    response
}
