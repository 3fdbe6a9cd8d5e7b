//! The OpenAPI 3.1 document of the native API, made of the constants beside the handlers, the DTOs and
//! the table of problems.

mod operation;

use actix_web::{HttpRequest, HttpResponse, http::header};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    openapi::{
        call::{Body, Call, Described},
        document as parts,
    },
};
use serde_json::{Error, Map, Value, json};

use crate::{
    acting::Site,
    language::Language,
    names::PREFIX,
    problem::{
        Problem,
        answer::{ProblemBody, RULES, said},
    },
};

/// Where schemas lie in the document, with the name of the dialect and without.
const NAMED: &str = "#/components/schemas/v2.";
const PLAIN: &str = "#/components/schemas/";

/// Where the handler gets the text of the document.
#[derive(Clone, Copy)]
pub(crate) struct Document(pub(crate) fn() -> &'static str);

pub(crate) const DOCUMENT: Call = Call::get_bytes("/openapi.json", "openapi", "application/json", "This document.")
    .says("The OpenAPI 3.1 document of the native API; it is there unless `server.docs` is off.")
    .refuses(|| vec![RequestFault::UnknownPath.into()]);

pub(crate) async fn document(site: Site, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let text = request.app_data::<Document>().filter(|_| site.state.http.docs).ok_or(RequestFault::UnknownPath)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("application/json")
        .body((text.0)()))
}

/// The whole document.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub(crate) fn value(calls: &[Call]) -> Result<Value, Error> {
    let mut schemas = parts::schemas_of("v2", calls, Described::of::<ProblemBody>())?;
    close_bodies(calls, &mut schemas);
    let mut paths = Map::new();
    for call in calls {
        let methods = paths.entry(format!("{PREFIX}{}", call.path)).or_insert_with(|| json!({}));
        methods[call.verb.key()] = operation::describe(call, &schemas)?;
    }
    parts::drop_unused(&paths, &mut schemas);
    let schemas: Map<_, _> =
        schemas.into_iter().map(|(name, schema)| (name.trim_start_matches("v2.").to_owned(), schema)).collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Minsu, the native API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about(),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "the server that this document comes from" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": operation::shared_parameters(),
            "headers": operation::shared_headers(),
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "minsu_session" },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "minsu_…" },
            },
        },
    });
    serde_json::from_str(&document.to_string().replace(NAMED, PLAIN))
}

/// What a body has beside its fields is refused.
fn close_bodies(calls: &[Call], schemas: &mut Map<String, Value>) {
    for call in calls {
        if let Body::Json(body) = call.body
            && let Some(schema) = schemas.get_mut(&format!("v2.{}", body.name()))
        {
            schema["additionalProperties"] = json!(false);
        }
    }
}

/// The introduction, with the tables of problems and of what can be wrong with a field.
fn about() -> String {
    let mut text = String::from(
        "JSON in `snake_case`; amounts are integers in 分, days `YYYY-MM-DD`, instants RFC 3339 in UTC. What is \
         absent has no value; `null` is refused. Unknown fields and parameters are refused.\n\n\
         A failure is a problem (RFC 9457, `application/problem+json`): branch on `code`. `title` is in the \
         language that `Accept-Language` prefers, `zh-CN` or `en`.\n\n\
         | status | code | 中文 | English |\n|---|---|---|---|\n",
    );
    for problem in Problem::ALL {
        let row = problem.row();
        let (chinese, english) = (problem.title(Language::Chinese), problem.title(Language::English));
        text.push_str(&format!("| {} | `{}` | {chinese} | {english} |\n", row.status, row.code));
    }
    text.push_str("\nThe `errors` of `invalid_fields` have these codes:\n\n| code | 中文 | English |\n|---|---|---|\n");
    for rule in RULES {
        let (code, chinese, english) = said(rule);
        text.push_str(&format!("| `{code}` | {chinese} | {english} |\n"));
    }
    text
}
