//! JSON, query and path parameters: what goes wrong with them, in the API's own errors.

use actix_web::{
    HttpRequest,
    error::{JsonPayloadError, PathError, QueryPayloadError},
    web,
};

use super::{
    api_error::{ApiError, RequestFault},
    body_guard,
};

/// JSON bodies up to a limit in bytes; only `application/json`.
pub fn json_config(limit: usize) -> web::JsonConfig {
    web::JsonConfig::default().limit(limit).error_handler(|error, _: &HttpRequest| from_json(&error).into())
}

/// Query strings.
pub fn query_config() -> web::QueryConfig {
    web::QueryConfig::default()
        .error_handler(|_: QueryPayloadError, _: &HttpRequest| ApiError::from(RequestFault::WrongFields).into())
}

/// Path parameters.
pub fn path_config() -> web::PathConfig {
    web::PathConfig::default()
        .error_handler(|_: PathError, _: &HttpRequest| ApiError::from(RequestFault::WrongFields).into())
}

fn from_json(error: &JsonPayloadError) -> ApiError {
    match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => RequestFault::BodyTooLarge,
        JsonPayloadError::Payload(error) if body_guard::is_too_slow(error) => RequestFault::TimedOut,
        JsonPayloadError::ContentType => RequestFault::UnsupportedMediaType,
        JsonPayloadError::Deserialize(error) if error.is_data() => RequestFault::WrongFields,
        _ => RequestFault::MalformedBody,
    }
    .into()
}
