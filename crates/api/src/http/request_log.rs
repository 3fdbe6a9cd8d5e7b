//! What is known of each request: no query strings, no bodies, no numbers of persons.

use actix_web::{
    HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    leaving,
    metrics::{Recorder, Running},
    routes::RouteTemplate,
    traced,
};

/// The header that carries the request's id back to the client and its log lines.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, kept with it for the lines that tell a failure.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// Middleware: gives the request an id and counts it. A line for each request, and its id with
/// everything that is logged meanwhile, come at the level debug
/// (`log.filter = "info,minsu_api::http::request_log=debug"`): the proxy in front has its own, and
/// formatting one costs as much as half an answer out of memory. The route template is logged, not
/// the path: a path may carry a mobile number.
pub async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let Some(recorder) = request.app_data::<web::Data<Recorder>>().cloned() else {
        return next.call(request).await;
    };
    let id = recorder.next_id();
    request.extensions_mut().insert(RequestId(id));
    let running = Running::new(recorder, request.method());
    let span = traced::begin(&request, id);
    let mut response = next.call(request).instrument(span.clone()).await?;
    running.answered(&response);
    span.in_scope(|| {
        let (method, route) = (response.request().method(), RouteTemplate::of(response.request()));
        let milliseconds = running.elapsed().as_secs_f64() * 1000.0;
        tracing::debug!(%method, %route, status = response.status().as_u16(), milliseconds, "answered");
    });
    traced::end(&span, &response);
    if let Ok(value) = HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    leaving::say_goodbye(&mut response);
    Ok(response)
}
