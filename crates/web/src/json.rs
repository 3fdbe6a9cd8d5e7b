//! Extractors of JSON bodies, query and path parameters, whose failures are the API's own errors.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::{PathError, QueryPayloadError},
    web,
};
use futures_util::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    api_error::{ApiError, RequestFault},
    body::Body,
};

/// What some editors and clients write before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A JSON body; only `application/json` and types that end in `+json`.
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(std::future::ready(Err(RequestFault::UnsupportedMediaType.into())));
        }
        let body = Body::from_request(request, payload);
        Box::pin(async move { Ok(Self(read(&body.await?.0)?)) })
    }
}

/// Whether the body says that it is JSON: `application/json`, or a type that ends in `+json`.
pub fn is_json(request: &HttpRequest) -> bool {
    request.mime_type().is_ok_and(|kind| {
        kind.is_some_and(|kind| kind.subtype() == "json" || kind.suffix().is_some_and(|suffix| suffix == "json"))
    })
}

/// Reads a JSON text; a byte order mark before it is skipped.
///
/// # Errors
/// [`RequestFault::MalformedBody`] for what is no JSON text, [`RequestFault::WrongFields`] for one with
/// other fields or values than `T` has, among them strings that are no Unicode text (`"\ud83d"`, one half
/// of a character).
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, RequestFault> {
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    serde_json::from_slice(text).map_err(|error| {
        if error.is_data() || is_json_text(text) { RequestFault::WrongFields } else { RequestFault::MalformedBody }
    })
}

/// Whether a text obeys the grammar of JSON, which takes halves of characters where they are escaped.
fn is_json_text(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Named {
        name: String,
    }

    #[test]
    fn a_text_is_read_refused_by_its_fields_or_no_json_at_all() {
        let named = |body: &[u8]| read::<Named>(body).map(|named| named.name).map_err(|fault| fault.to_string());
        let (fields, malformed) = (Err("wrong fields".to_owned()), Err("malformed body".to_owned()));
        for (body, expected) in [
            (&br#"{"name": "a"}"#[..], Ok("a".to_owned())),
            (b"\xef\xbb\xbf{\"name\": \"a\"}", Ok("a".to_owned())),
            (br#"{"name": "\ud83c\udfe0"}"#, Ok("🏠".to_owned())),
            (br#"{"name": 1}"#, fields.clone()),
            (br#"{"name": "\ud83c"}"#, fields.clone()),
            (br#"{"name": "\udfe0\ud83c"}"#, fields.clone()),
            (br#"{"name": "\ud83cA"}"#, fields.clone()),
            (br#"{"\ud83c": 1, "name": "a"}"#, fields),
            (b"\xef\xbb\xbf\xef\xbb\xbf{\"name\": \"a\"}", malformed.clone()),
            (br#"{"name": "\ud83c"#, malformed.clone()),
            (br#"{"name": "\ud83c"} x"#, malformed.clone()),
            (b"{\"name\": \"\xff\"}", malformed.clone()),
            (b"\xff\xfe{\0}\0", malformed.clone()),
            (b"\xef\xbb\xbf", malformed.clone()),
            (b"", malformed),
        ] {
            assert_eq!(named(body), expected, "{:?}", String::from_utf8_lossy(body));
        }
    }
}
