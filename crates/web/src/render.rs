//! Tells a failure in the way of the dialect that owns the path, and gives the log its cause.

use std::error::Error;

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ServiceResponse,
    http::{StatusCode, header},
};
use minsu_application::{AppError, PictureError, SmsCodeError};
use uuid::Uuid;

use super::{api_error::ApiError, errno::Errno, rate_limits, routes::RouteTemplate, state::State};
use crate::dialect::{Envelope, Failed, Failures};

/// Turns the error of a handler or an extractor into an answer of the dialect that owns the path, and adds
/// `Cache-Control: no-store` to answers without that header. `id` is the one that the client gets.
pub fn failures(response: ServiceResponse, told: Failures, id: Uuid) -> ServiceResponse {
    if let Some(error) = response.response().error() {
        let mut rendered = failure_response(response.request(), error, told, id);
        for name in [&header::ALLOW, &rate_limits::POLICY, &rate_limits::STATE] {
            if let Some(value) = response.headers().get(name) {
                rendered.headers_mut().insert(name.clone(), value.clone());
            }
        }
        return response.into_response(rendered);
    }
    let mut response = response;
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    response
}

fn failure_response(request: &HttpRequest, error: &actix_web::Error, told: Failures, id: Uuid) -> HttpResponse {
    let unexpected;
    let error = match error.as_error::<ApiError>() {
        Some(error) => error,
        None => {
            unexpected = ApiError::App(AppError::Internal(error.to_string().into()));
            &unexpected
        }
    };
    match told {
        Failures::Errno(envelope, _) => in_envelope(request, error, envelope, id),
        Failures::Problems(problems) => {
            let mut response = problems.answer(&Failed { request, error, id });
            let errno = error.verdict().errno;
            log(id, request, error, errno, response.status());
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            response.extensions_mut().insert(errno);
            response
        }
    }
}

fn in_envelope(request: &HttpRequest, error: &ApiError, envelope: &dyn Envelope, id: Uuid) -> HttpResponse {
    let verdict = envelope.verdict(error);
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
        // Whole seconds, rounded up: a client that waits so long is not too early.
        response.insert_header((header::RETRY_AFTER, wait.as_millis().div_ceil(1000).max(1).to_string()));
    }
    let mut response = response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json; charset=utf-8")
        .body(envelope.failure(request.method(), request.path(), verdict.errno, verdict.sentence));
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
    if matches!(error, ApiError::App(AppError::Busy(_))) {
        // As many as an attacker wants; they are counted.
        tracing::debug!(%id, %method, %route, error = chain, "request refused");
    } else if status.is_server_error() {
        tracing::error!(%id, %method, %route, error = chain, "request failed");
    } else if matches!(
        error,
        ApiError::App(AppError::SmsCode(SmsCodeError::NotSent(_)) | AppError::Picture(PictureError::NotStored(_)))
    ) {
        tracing::warn!(%id, %method, %route, error = chain, "third party failed");
    } else if matches!(errno, Errno::RoleErr | Errno::ReqErr | Errno::PwdErr) {
        // An attempt without the right or the password for it, or too many attempts.
        tracing::info!(%id, %method, %route, error = chain, "request refused");
    } else {
        tracing::debug!(%id, %method, %route, error = chain, "request refused");
    }
}
