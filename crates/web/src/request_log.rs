//! The log of requests: no query strings, no bodies, no personal numbers.

use std::rc::Rc;

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
};
use tracing::Span;
use uuid::Uuid;

use super::{
    metrics::{Recorder, Running},
    request_span,
    routes::RouteTemplate,
};

/// The header that carries the request's id back to the client and its log lines.
pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for parts of the server that render an answer before the middleware does.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// A request that is being answered: it has an id and is counted. A line for each request, and its
/// id with everything that is logged meanwhile, come at the level debug
/// (`log.filter = "info,minsu_web::request_log=debug"`): the proxy in front has its own, and
/// formatting one costs as much as half an answer out of memory. The route template is logged, not
/// the path: a path may carry a mobile number.
pub struct RequestLog {
    id: Uuid,
    running: Running,
    span: Span,
}

impl RequestLog {
    /// A request began.
    pub fn begin(recorder: &Rc<Recorder>, request: &ServiceRequest) -> Self {
        let id = recorder.next_id();
        let span = request_span::begin(request, id);
        Self { id, running: Running::new(Rc::clone(recorder), request.method()), span }
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The span of everything that is logged for it.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// It was answered.
    pub fn end(self, response: &mut ServiceResponse) {
        let Self { id, running, span } = self;
        running.answered(response);
        span.in_scope(|| {
            let (method, route) = (response.request().method(), RouteTemplate::of(response.request()));
            let milliseconds = || running.elapsed().as_secs_f64() * 1000.0;
            tracing::debug!(%method, %route, status = response.status().as_u16(), milliseconds = milliseconds(), "answered");
        });
        request_span::end(&span, response);
        if let Ok(value) = HeaderValue::from_str(id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
            response.headers_mut().append(REQUEST_ID.clone(), value);
        }
    }
}
