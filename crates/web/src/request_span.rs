//! The span of a request, shared by its log lines and its trace.

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName},
};
use tracing::{Span, field::Empty};
use uuid::Uuid;

use super::{client_address, errno::Errno, routes::RouteTemplate, state::State};

/// The headers of W3C Trace Context.
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The span of a request that begins. When no subscriber records it, it costs one comparison.
pub fn begin(request: &ServiceRequest, id: Uuid) -> Span {
    let span = tracing::debug_span!(
        target: "minsu_web::request_log",
        "request",
        %id,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
        minsu.errno = Empty,
    );
    if !span.is_disabled() {
        continue_trace(&span, request);
    }
    span
}

/// Continues a trace that a trusted proxy began. Headers of other peers are ignored: a client could have each of
/// its requests recorded, or add them to traces of others.
fn continue_trace(span: &Span, request: &ServiceRequest) {
    let Some(parent) = header(request.headers(), &TRACEPARENT) else { return };
    let (Some(state), Some(peer)) = (State::of(request.request()), request.peer_addr()) else { return };
    if client_address::is_in(&state.http.trusted_proxies, peer.ip()) {
        state.traces.continue_from(span, parent, header(request.headers(), &TRACESTATE));
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Records the answer: route template and code, nothing else of the request, because paths and queries carry
/// personal data.
pub fn end<B>(span: &Span, response: &ServiceResponse<B>) {
    if span.is_disabled() {
        return;
    }
    let route = RouteTemplate::of(response.request());
    let status = response.status();
    let method = super::metrics::known(response.request().method());
    span.record("http.request.method", method);
    span.record("http.route", tracing::field::display(route));
    span.record("http.response.status_code", i64::from(status.as_u16()));
    let errno = response.response().extensions().get::<Errno>().copied();
    if let Some(errno) = errno.or_else(|| route.is_of_the_api().then_some(Errno::Ok)) {
        span.record("minsu.errno", errno.code());
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    if let Some(state) = State::of(response.request()) {
        state.traces.rename(span, format!("{method} {route}"));
    }
}
