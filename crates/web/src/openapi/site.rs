//! The calls that belong to no dialect.

use serde_json::{Map, Value, json};

/// `/healthz` and `/readyz`.
pub fn paths() -> Map<String, Value> {
    let fine = json!({
        "type": "object", "required": ["status"], "properties": { "status": { "type": "string", "enum": ["ok"] } },
    });
    let unavailable = json!({
        "type": "object",
        "required": ["status", "failing"],
        "properties": {
            "status": { "type": "string", "enum": ["unavailable"] },
            "failing": { "type": "array", "items": { "type": "string", "enum": ["database", "cache"] } },
        },
    });
    let answer = |description: &str, schema: &Value| json!({ "description": description, "content": { "application/json": { "schema": schema } } });
    let too_many = json!({
        "description": "more requests than the limit of a client address",
        "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/v1.Failure" },
            "examples": { "4201": { "$ref": "#/components/examples/v1.TooManyRequests" } },
        } },
    });
    let alive = json!({ "get": {
        "tags": ["site"], "operationId": "site_alive", "summary": "The process answers; nothing else is touched.",
        "responses": { "200": answer("alive", &fine), "429": too_many.clone() },
    } });
    let ready = json!({ "get": {
        "tags": ["site"], "operationId": "site_ready", "summary": "The database and the cache answer and take writes.",
        "responses": { "200": answer("ready", &fine), "429": too_many, "503": answer("with the names of what does not", &unavailable) },
    } });
    [("/healthz".to_owned(), alive), ("/readyz".to_owned(), ready)].into_iter().collect()
}
