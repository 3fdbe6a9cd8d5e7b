//! A body as it came, for calls that take it in several formats, and whether there is one.

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::PayloadError, http::header};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use super::{
    api_error::{ApiError, RequestFault},
    body_guard,
};

/// A whole body, up to the limit of JSON bodies.
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move { bytes.await.map(Self).map_err(|error| from_payload(&error).into()) })
    }
}

/// Whether a body comes with a request.
pub fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

fn from_payload(error: &actix_web::Error) -> RequestFault {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => RequestFault::BodyTooLarge,
        Some(error) if body_guard::is_too_slow(error) => RequestFault::TimedOut,
        _ => RequestFault::MalformedBody,
    }
}
