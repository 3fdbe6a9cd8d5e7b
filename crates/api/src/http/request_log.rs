//! One log line for each request: no query strings, no bodies, no numbers of persons.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

use super::{metrics::Running, state::State};

/// The header that carries the request's id back to the client and its log lines.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: gives the request an id, counts it, logs it when it is answered, and puts everything that
/// is logged meanwhile under the same id. The route template is logged, not the path: a path may
/// carry a mobile number.
pub async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = Uuid::new_v4();
    let method = request.method().clone();
    let running = State::of(request.request()).map(|state| Running::new(state.metrics.clone(), &method));
    let span = tracing::info_span!("request", %id);
    let result = next.call(request).instrument(span.clone()).await;
    let _entered = span.enter();
    match result {
        Ok(mut response) => {
            let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
            let elapsed = running.as_ref().map(Running::elapsed).unwrap_or_default();
            let milliseconds = elapsed.as_secs_f64() * 1000.0;
            tracing::info!(%method, route, status = response.status().as_u16(), milliseconds, "answered");
            if let Some(running) = &running {
                running.answered(&response);
            }
            if let Ok(value) = HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
                response.headers_mut().insert(REQUEST_ID.clone(), value);
            }
            Ok(response)
        }
        Err(error) => {
            tracing::info!(%method, route = "unknown", %error, "refused");
            Err(error)
        }
    }
}
