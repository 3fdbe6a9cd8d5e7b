//! What browsers are told beside the answer: what they may do with it, and which other sites may
//! read it.

use actix_web::{
    HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use super::state::State;

/// For every answer that does not say otherwise: no guessing of types, no frames, nothing loaded
/// by what should be data, no address of ours told to others.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// Where the cookie travels over TLS only, so shall everything.
const OVER_TLS: &str = "max-age=31536000; includeSubDomains";

/// How long a browser need not ask again, in seconds.
const PREFLIGHT_AGE: &str = "600";

/// Middleware around everything. Other sites may read nothing, unless `server.allowed_origins`
/// names them.
pub async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let state = State::of(request.request()).cloned();
    let origins = state.as_ref().map_or(&[][..], |state| &state.http.allowed_origins);
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = origin.filter(|origin| origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()));
    let asks_first = request.method() == Method::OPTIONS
        && allowed.is_some()
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        request.into_response(preflight()).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        set_if_absent(headers, name, value);
    }
    if state.as_ref().is_some_and(|state| state.http.secure_cookies) {
        set_if_absent(headers, header::STRICT_TRANSPORT_SECURITY, OVER_TLS);
    }
    if !origins.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn set_if_absent(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What a page of an allowed origin may send.
fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, X-CSRFToken, X-XSRFTOKEN"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE))
        .finish()
}
