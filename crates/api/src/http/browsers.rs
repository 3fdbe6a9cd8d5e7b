//! What browsers are told beside the answer: what they may do with it, and which other sites may
//! read it.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

use super::state::HttpSettings;

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

/// The request's origin, if it is another site that may read answers: those that
/// `server.allowed_origins` names, by default none.
pub fn allowed_origin(request: &ServiceRequest, settings: &HttpSettings) -> Option<HeaderValue> {
    if settings.allowed_origins.is_empty() {
        return None;
    }
    let origin = request.headers().get(header::ORIGIN)?;
    let allowed = settings.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
    allowed.then(|| origin.clone())
}

/// Whether a browser only asks what a page of an allowed origin may send.
pub fn asks_first(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds the headers of every answer, and those for an allowed origin.
pub fn tell(headers: &mut HeaderMap, settings: &HttpSettings, allowed: Option<HeaderValue>) {
    // Who has a policy of its own, the pages of the document, has its own of all of these.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        for (name, value) in ALWAYS {
            headers.append(name, HeaderValue::from_static(value));
        }
    }
    if settings.secure_cookies {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(OVER_TLS));
    }
    if !settings.allowed_origins.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// What a page of an allowed origin may send.
pub fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, X-CSRFToken, X-XSRFTOKEN"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE))
        .finish()
}
