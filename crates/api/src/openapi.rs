//! The OpenAPI document of the dialects that are served, see [`minsu_web::openapi`].

use std::sync::LazyLock;

use minsu_web::openapi::document::document as of_dialects;
use serde_json::{Error, Value};

use crate::wiring::registered_dialects;

/// The document as text, made when it is first asked for.
pub static TEXT: LazyLock<String> = LazyLock::new(|| match document() {
    Ok(document) => format!("{document:#}\n"),
    Err(error) => {
        tracing::error!(%error, "the OpenAPI document cannot be written");
        String::new()
    }
});

const ABOUT: &str = "\
Back end of a house-rental site, in three dialects of one API: **v1** below `/api/v1.0`, and two \
**classic** ones below `/api` that are served at once.

A business answer, good or bad, has status 200 and a code: `errno`, in classic also `errcode`. With the \
setting `server.business_status` refusals carry the status beside theirs instead. What is no \
business answer (a body that is no JSON, a database that cannot be reached) always has its own status.

Log in with one of the calls that set the session cookie; a browser sends it by itself from then on. In \
profile dev the answers of captchas and the SMS codes lie in `dev-outbox.jsonl` in the data directory.";

/// The whole document.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn document() -> Result<Value, Error> {
    of_dialects(ABOUT, &registered_dialects(minsu_dialect_classic::Options::default()))
}
