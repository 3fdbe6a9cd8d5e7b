//! Counts requests, and shows the figures on a listener of their own.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    dev::ServiceResponse,
    http::{Method, header},
    web,
};
use minsu_metrics::Metrics;

use super::errno::Errno;

/// The format of OpenMetrics, which Prometheus asks for.
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request that is being answered. It counts as running until this is dropped, also when the
/// client goes away in the middle.
pub struct Running {
    metrics: Arc<Metrics>,
    method: &'static str,
    started: Instant,
}

impl Running {
    /// A request began.
    pub fn new(metrics: Arc<Metrics>, method: &Method) -> Self {
        metrics.began();
        Self { metrics, method: known(method), started: Instant::now() }
    }

    /// It was answered.
    pub fn answered<B>(&self, response: &ServiceResponse<B>) {
        // Templates only: a path may carry a mobile number, and there are as many paths as visitors
        // can think of.
        let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
        let errno = response.response().extensions().get::<Errno>().copied();
        let answer = errno.or_else(|| route.starts_with("/api/").then_some(Errno::Ok)).map(Errno::code);
        self.metrics.answered(self.method, &route, response.status().as_u16(), answer, self.elapsed());
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.metrics.ended();
    }
}

/// A client may send any word as its method; each would be a series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// `GET /metrics`
pub async fn show(metrics: web::Data<Metrics>) -> HttpResponse {
    match metrics.text() {
        Ok(text) => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, FORMAT)).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
