//! Gives a failure the envelope of the dialect that owns the path, and the log its cause.

use std::error::Error;

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ServiceResponse,
    http::{StatusCode, header},
};
use uuid::Uuid;

use super::{api_error::ApiError, errno::Errno, routes::RouteTemplate, state::State};
use crate::dialect::Envelope;

/// Turns the error of a handler or an extractor into the envelope of the dialect that owns the
/// path, and forbids caches to keep what says nothing about them. `id` is the one that the client
/// gets.
pub fn failures(response: ServiceResponse, envelope: &dyn Envelope, id: Uuid) -> ServiceResponse {
    if let Some(error) = response.response().error() {
        let mut rendered = failure_response(response.request(), error, envelope, id);
        if let Some(allow) = response.headers().get(header::ALLOW) {
            rendered.headers_mut().insert(header::ALLOW, allow.clone());
        }
        return response.into_response(rendered);
    }
    let mut response = response;
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    response
}

fn failure_response(
    request: &HttpRequest,
    error: &actix_web::Error,
    envelope: &dyn Envelope,
    id: Uuid,
) -> HttpResponse {
    let unexpected;
    let error = match error.as_error::<ApiError>() {
        Some(error) => error,
        None => {
            unexpected = ApiError::App(minsu_application::AppError::Internal(error.to_string().into()));
            &unexpected
        }
    };
    let verdict = error.verdict(envelope.dialect());
    let status = match verdict.status {
        Some(status) => status,
        None if State::of(request).is_some_and(|state| state.http.business_status) => {
            verdict.semantic.unwrap_or_else(|| verdict.errno.semantic_status())
        }
        None => StatusCode::OK,
    };
    log(id, request, error, verdict.errno, status);
    let mut response = HttpResponse::build(status);
    if let Some(wait) = verdict.retry_after {
        // Whole seconds, rounded up: who comes back then is not too early.
        response.insert_header((header::RETRY_AFTER, wait.as_millis().div_ceil(1000).max(1).to_string()));
    }
    let mut response = response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json; charset=utf-8")
        .body(envelope.failure(request, verdict.errno, verdict.sentence));
    response.extensions_mut().insert(verdict.errno);
    response
}

/// Defects and outages are loud, refusals quiet. The whole chain of causes goes to the log, with the
/// id that the client got and the route: a path may have a mobile in it.
fn log(id: Uuid, request: &HttpRequest, error: &ApiError, errno: Errno, status: StatusCode) {
    let (method, route) = (request.method(), RouteTemplate::of(request));
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        cause = inner.source();
    }
    if status.is_server_error() {
        tracing::error!(%id, %method, %route, error = chain, "request failed");
    } else if matches!(
        error,
        ApiError::App(minsu_application::AppError::SmsFailed(_) | minsu_application::AppError::UploadFailed(_))
    ) {
        tracing::warn!(%id, %method, %route, error = chain, "third party failed");
    } else if matches!(errno, Errno::RoleErr | Errno::ReqErr | Errno::PwdErr) {
        // Somebody tried what is not theirs, or too often.
        tracing::info!(%id, %method, %route, error = chain, "request refused");
    } else {
        tracing::debug!(%id, %method, %route, error = chain, "request refused");
    }
}
