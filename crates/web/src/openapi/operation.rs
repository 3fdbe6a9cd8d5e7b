//! A call at one of its paths: what it takes, what it answers, what it refuses.

use actix_web::http::{Method, StatusCode};
use serde_json::{Error, Map, Value, json};

use super::{
    call::{Answer, Body, Call, Input, Login},
    documented::Documented,
    refusals, schemas,
};
use crate::{api_error::ApiError, verdict::Verdict};

/// A path of a call.
pub struct Spelling {
    /// The path below the dialect's prefix.
    pub path: &'static str,
    /// The id of the operation below the dialect.
    id: String,
    /// What is said of it.
    says: &'static str,
    /// The form that it takes, if it takes one.
    form: Option<&'static [Input]>,
}

/// Every path of a call: its own, and for an alias its id with `_at_` and the path.
pub fn spellings(call: &Call) -> Vec<Spelling> {
    let form = match call.body {
        Body::Upload(form) => Some(form),
        _ => None,
    };
    let path = call.documented_as.unwrap_or(call.path);
    let own = Spelling { path, id: call.id.to_owned(), says: call.says, form };
    let aliases = call.aliases.iter().map(|alias| {
        let segments = alias.path.split('/').filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
        Spelling {
            path: alias.path,
            id: format!("{}_at_{}", call.id, segments.collect::<Vec<_>>().join("_")),
            says: alias.says.unwrap_or(call.says),
            form: alias.form.or(form),
        }
    });
    std::iter::once(own).chain(aliases).collect()
}

/// The whole operation; examples that it needs are made.
///
/// # Errors
/// For a schema or a refusal that cannot be read as JSON: a defect.
pub fn describe(
    dialect: &Documented<'_>,
    call: &Call,
    spelling: &Spelling,
    examples: &mut Map<String, Value>,
) -> Result<Value, Error> {
    let mut operation = json!({
        "tags": [dialect.name],
        "operationId": format!("{}_{}", dialect.name, spelling.id),
        "summary": call.summary,
        "description": spelling.says,
        "responses": { "200": success(dialect, call) },
    });
    let parameters = parameters(call, spelling.path)?;
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    if let Some(body) = body(dialect, call, spelling)? {
        operation["requestBody"] = body;
    }
    if call.login != Login::NotNeeded {
        operation["security"] = json!([{ "session": [] }]);
    }
    refused(&mut operation["responses"], dialect, call, spelling, examples)?;
    if call.has_tag {
        operation["responses"]["304"] =
            json!({ "description": "the client has it: its `If-None-Match` names the `ETag`" });
    }
    if let Some(links) = call.links {
        let link = |(target, name): &(&str, &str)| {
            let target = format!("{}_{target}", dialect.name);
            let id = json!({ *name: format!("$response.body#{}", links.pointer) });
            (target.clone(), json!({ "operationId": target, "parameters": id }))
        };
        operation["responses"]["200"]["links"] = links.to.iter().map(link).collect::<Map<_, _>>().into();
    }
    Ok(operation)
}

///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn parameters(call: &Call, path: &str) -> Result<Vec<Value>, Error> {
    let all_in_path = [call.path_parameter, call.native.second_in_path].into_iter().flatten();
    let in_path = all_in_path.filter(|field| path.contains(&format!("{{{}}}", field.name)));
    let mut all = Vec::new();
    for field in in_path {
        let (says, schema) = meaning(field)?;
        all.push(json!({
            "name": field.name, "in": "path", "required": true, "description": says, "schema": schema,
        }));
    }
    for parameter in (call.query)() {
        let mut parameter = serde_json::to_value(parameter)?;
        let of_schema = take_description(&mut parameter["schema"]);
        parameter["description"] = match parameter["description"].as_str() {
            Some(says) if !says.is_empty() => json!(schemas::phrase(says)),
            _ => of_schema,
        };
        all.push(parameter);
    }
    Ok(all)
}

/// What a field means, and its schema without that.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn meaning(field: Input) -> Result<(Value, Value), Error> {
    let mut schema = serde_json::to_value((field.schema)())?;
    let of_schema = take_description(&mut schema);
    let says = if field.says.is_empty() { of_schema } else { json!(field.says) };
    Ok((says, schema))
}

fn take_description(schema: &mut Value) -> Value {
    schema.as_object_mut().and_then(|keys| keys.remove("description")).unwrap_or_default()
}

fn body(dialect: &Documented<'_>, call: &Call, spelling: &Spelling) -> Result<Option<Value>, Error> {
    let schema = |name: String| schemas::refer(&format!("{}.{name}", dialect.name));
    Ok(match (call.body, spelling.form) {
        (_, Some(form)) => {
            let mut properties = Map::new();
            for field in form {
                let (says, mut schema) = meaning(*field)?;
                schema["description"] = says;
                properties.insert(field.name.to_owned(), schema);
            }
            let names: Vec<_> = form.iter().map(|field| field.name).collect();
            let form = json!({ "type": "object", "required": names, "properties": properties });
            Some(json!({ "content": { "multipart/form-data": { "schema": form } }, "required": true }))
        }
        (Body::Json(body), None) => Some(json!({
            "content": { "application/json": { "schema": schema(body.name()) } }, "required": true,
        })),
        (Body::Optional(body), None) => {
            let content = json!({ "schema": schema(body.name()) });
            Some(json!({
                "content": { "application/json": content, "application/x-www-form-urlencoded": content },
                "required": false,
            }))
        }
        (Body::Nothing | Body::Upload(_), None) => None,
    })
}

/// The good answer, and that a refusal may come in its place.
fn success(dialect: &Documented<'_>, call: &Call) -> Value {
    let failure = failure(dialect);
    let content = match call.answer {
        Answer::Json(answer) => {
            let good = schemas::refer(&format!("{}.{}", dialect.name, answer.name()));
            json!({ "application/json": { "schema": { "anyOf": [good, failure] } } })
        }
        Answer::Nothing => json!({ "application/json": { "schema": failure } }),
        Answer::Bytes(kind) => json!({
            kind: { "schema": { "type": "string", "format": "binary" } },
            "application/json": { "schema": failure },
        }),
    };
    json!({ "description": "the answer, or a refusal with its code", "content": content })
}

fn failure(dialect: &Documented<'_>) -> Value {
    schemas::refer(&format!("{}.{}", dialect.name, dialect.failure.name()))
}

/// Puts every refusal under its statuses, with its code and sentence as an example.
fn refused(
    responses: &mut Value,
    dialect: &Documented<'_>,
    call: &Call,
    spelling: &Spelling,
    examples: &mut Map<String, Value>,
) -> Result<(), Error> {
    let method = call.verb.method();
    let path = format!("{}{}", dialect.prefix, spelling.path);
    for error in refusals::of(call) {
        let verdict = dialect.envelope.verdict(&error);
        let example = example(dialect, &method, &path, call, &error, verdict, examples)?;
        let reference = json!({ "$ref": format!("#/components/examples/{example}") });
        for status in statuses(verdict) {
            let response = &mut responses[status.as_str()];
            if response["description"].is_null() {
                response["description"] = json!(if verdict.status.is_some() {
                    "no business answer"
                } else {
                    "a refusal, with the setting `server.business_status`"
                });
                response["content"]["application/json"]["schema"] = failure(dialect);
            }
            let name = format!("{} {}", verdict.errno.code(), verdict.sentence);
            response["content"]["application/json"]["examples"][name] = reference.clone();
        }
    }
    Ok(())
}

/// With and without the setting `server.business_status`.
fn statuses(verdict: Verdict) -> Vec<StatusCode> {
    match verdict.status {
        Some(status) => vec![status],
        None => vec![StatusCode::OK, verdict.semantic.unwrap_or_else(|| verdict.errno.semantic_status())],
    }
}

/// The name of the example of a refusal. Where a call's envelope is not that of all others, its id follows.
fn example(
    dialect: &Documented<'_>,
    method: &Method,
    path: &str,
    call: &Call,
    error: &ApiError,
    verdict: Verdict,
    examples: &mut Map<String, Value>,
) -> Result<String, Error> {
    let body = |method: &Method, path: &str| {
        serde_json::from_slice::<Value>(&dialect.envelope.failure(method, path, verdict.errno, verdict.sentence))
    };
    let (own, usual) = (body(method, path)?, body(&Method::GET, dialect.prefix)?);
    let suffix = if own == usual { String::new() } else { format!(".{}", call.id) };
    let name = format!("{}.{}{suffix}", dialect.name, refusals::name(error));
    examples.insert(name.clone(), json!({ "value": own }));
    Ok(name)
}
