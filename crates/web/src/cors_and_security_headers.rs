//! CORS and security headers: what a browser may do with an answer, and which other sites may read it.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

use super::options::HttpOptions;

/// For every answer that sets no policy of its own: no sniffing of types, no frames, no resource loaded by
/// data, no address of the site sent to others.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// Where cookies are restricted to TLS, everything is (HSTS).
const OVER_TLS: &str = "max-age=31536000; includeSubDomains";

/// How long a browser may keep a preflight's answer, in seconds.
const PREFLIGHT_AGE: &str = "600";

/// The request's origin, if it is another site that may read answers: those that
/// `server.allowed_origins` names, by default none.
pub fn allowed_origin(request: &ServiceRequest, settings: &HttpOptions) -> Option<HeaderValue> {
    if settings.allowed_origins.is_empty() {
        return None;
    }
    let origin = request.headers().get(header::ORIGIN)?;
    let allowed = settings.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
    allowed.then(|| origin.clone())
}

/// Whether a request is a CORS preflight.
pub fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds the headers of every answer, and those for an allowed origin.
pub fn add_headers(headers: &mut HeaderMap, settings: &HttpOptions, allowed: Option<HeaderValue>) {
    // The pages of the API document set all of these themselves.
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
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// What a page of an allowed origin may send beside what browsers let every page send.
const ALLOWED_HEADERS: &str = "Content-Type, X-CSRFToken, X-XSRFTOKEN, Authorization, Idempotency-Key, If-Match";
/// What it may read beside what browsers let every page read.
const EXPOSED_HEADERS: &str =
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";

/// The answer to a preflight: what a page of an allowed origin may send.
pub fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE))
        .finish()
}
