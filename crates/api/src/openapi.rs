//! The OpenAPI 3.1 document of all dialects.
//!
//! utoipa reads handlers and DTOs: paths, parameters, fields and their types. What the code says
//! elsewhere is laid over that, so that nothing is written twice: what a call does (`notes`), what a
//! field means (`words`), which values it takes (`fields`), and what a call can refuse with which
//! code (`refusals`, through the one mapping of `http/api_error.rs`).
//!
//! # Adding a call
//! 1. A `#[utoipa::path]` at the handler, with an `operation_id` of the dialect and the use case, and
//!    the handler's name in the dialect's `Documentation`.
//! 2. Its line in `notes`, and its arm in `refusals`, where its use case is new.
//! 3. A field of a new name gets a line in `words` and in `fields`.

mod examples;
mod fields;
mod links;
pub mod notes;
mod operations;
mod parts;
mod refusals;
mod schemas;
mod site;
pub mod words;

use std::sync::LazyLock;

use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::{
    dialect::{Dialect, classic, v1},
    http::errno::Errno,
};
use parts::{Document, Part};

/// The document as text, made when it is first asked for.
pub static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

const ABOUT: &str = "\
Back end of a house-rental site, in three dialects of one API: **v1** below `/api/v1.0`, and two \
**classic** ones below `/api` that are served at once.

A business answer, good or bad, has status 200 and a code: `errno`, in classic also `errcode`. With the \
setting `server.business_status` refusals carry the status that stands beside theirs instead. What is no \
business answer (a body that is no JSON, a database that cannot be reached) always has its own status.

Log in with one of the calls that set the session cookie; a browser sends it by itself from then on. In \
profile dev the answers of captchas and the SMS codes lie in `dev-outbox.jsonl` in the data directory.";

/// The whole document.
pub fn document() -> Value {
    let mut document = Document::default();
    for part in [
        Part {
            name: "v1",
            prefix: v1::PREFIX,
            dialect: Dialect::V1,
            notes: notes::V1,
            source: v1::Documentation::openapi(),
        },
        Part {
            name: "classic",
            prefix: classic::PREFIX,
            dialect: Dialect::Classic,
            notes: notes::CLASSIC,
            source: classic::Documentation::openapi(),
        },
    ] {
        part.assemble(&mut document);
    }
    document.paths.extend(site::paths());
    document.drop_unused_schemas();
    let Document { paths, schemas, examples } = document;
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Minsu",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("{ABOUT}\n\n{}", table_of_codes()),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "the server that this document comes from" }],
        "tags": [
            { "name": "v1", "description": "Documents 002 and 004, and the orders of the pages of this dialect." },
            { "name": "classic", "description": "Documents 000 and 003 (`errno`) and 001 (`errcode`), at once." },
            { "name": "site", "description": "For whoever starts and stops the process." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "examples": examples,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "minsu_session" },
            },
        },
    })
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
