//! The middleware around every request: CORS, limits, cached answers, the request's span, rendering of errors,
//! security headers. It is one middleware and not a chain, because each link would cost an allocation or two
//! and copies of request and answer, together a third of the cost of a cached page.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    Error, FromRequest as _, HttpMessage as _, HttpResponse, Responder as _,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::header::{self, HeaderValue},
    web,
};
use futures_util::future::LocalBoxFuture;
use minsu_application::standing::Standing;
use tracing::Instrument;

use super::{
    api_error::{ApiError, RequestFault},
    body_guard, cors_and_security_headers,
    dialect::Failures,
    graceful_shutdown,
    login::Viewer,
    metrics::Recorder,
    rate_limits, render,
    request_log::{RequestId, RequestLog},
    shortcuts::{End, Shortcuts},
    state::State,
};

/// The middleware, for one worker.
pub struct RequestMiddleware {
    state: web::Data<State>,
    recorder: Rc<Recorder>,
    shortcuts: Rc<Shortcuts>,
}

impl RequestMiddleware {
    /// A middleware with a recorder of its own.
    pub fn new(state: web::Data<State>) -> Self {
        let recorder = Rc::new(Recorder::new(state.metrics.clone()));
        Self { state, recorder, shortcuts: Rc::default() }
    }
}

impl<S> Transform<S, ServiceRequest> for RequestMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = RequestService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let Self { state, recorder, shortcuts } = self;
        let (state, recorder, shortcuts) = (state.clone(), Rc::clone(recorder), Rc::clone(shortcuts));
        ready(Ok(RequestService { service, state, recorder, shortcuts }))
    }
}

/// The middleware around its services.
pub struct RequestService<S> {
    service: S,
    state: web::Data<State>,
    recorder: Rc<Recorder>,
    shortcuts: Rc<Shortcuts>,
}

impl<S> Service<ServiceRequest> for RequestService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let log = RequestLog::begin(&self.recorder, &request);
        let state = self.state.clone();
        let allowed = cors_and_security_headers::allowed_origin(&request, &state.http);
        if allowed.is_some() && cors_and_security_headers::is_preflight(&request) {
            let mut response = request.into_response(cors_and_security_headers::preflight());
            finish(&mut response, &state, allowed, log);
            return Box::pin(ready(Ok(response)));
        }
        // As the router reads it: percent signs hide no path.
        let path = request.match_info().unprocessed();
        let failures = state.dialects.failures(path, || asks_for_a_page(&request));
        let admitted = admit(&mut request, &state);
        let ending = Ending { failures, allowed, log };
        match admitted {
            Ok(standing) => {
                match self.shortcuts.take(&mut request, &state) {
                    None => {}
                    Some(End::Answer(answer)) => {
                        let response = ending.of(request.into_response(answer), &state, standing);
                        return Box::pin(ready(Ok(response)));
                    }
                    Some(End::Page(page, wrap)) => {
                        let viewer = Viewer::extract(request.request()).instrument(ending.log.span().clone());
                        return Box::pin(async move {
                            let answer = match viewer.await {
                                Ok(viewer) => wrap(viewer, &page.body).respond_to(request.request()),
                                Err(error) => HttpResponse::from_error(error),
                            };
                            Ok(ending.of(request.into_response(answer), &state, standing))
                        });
                    }
                }
                if matches!(ending.failures, Failures::Problems(_)) {
                    request.extensions_mut().insert(RequestId(ending.log.id()));
                }
                let shortcuts = Rc::clone(&self.shortcuts);
                // Before the answer: what is made around midnight then counts as yesterday's.
                let day = state.app.today();
                let answering = self.service.call(request).instrument(ending.log.span().clone());
                Box::pin(async move {
                    let response = answering.await?;
                    shortcuts.note(&response, day);
                    Ok(ending.of(response, &state, standing))
                })
            }
            Err(fault) => {
                let refused = request.error_response(ApiError::from(fault)).map_into_boxed_body();
                let response = ending.of(refused, &state, state.limiter.exhausted());
                Box::pin(ready(Ok(response)))
            }
        }
    }
}

/// What an answer needs on its way out.
struct Ending {
    failures: Failures,
    allowed: Option<HeaderValue>,
    log: RequestLog,
}

impl Ending {
    /// Renders a failure, and adds the headers of every answer.
    fn of(self, response: ServiceResponse, state: &State, standing: Option<Standing>) -> ServiceResponse {
        let Self { failures, allowed, log } = self;
        let mut response = render::failures(response, failures, log.id());
        if let (Failures::Problems(_), Some(standing)) = (failures, standing) {
            rate_limits::add(response.headers_mut(), "requests", &standing);
        }
        finish(&mut response, state, allowed, log);
        response
    }
}

/// Whether a browser asks for a page to show: other clients do not name HTML.
fn asks_for_a_page(request: &ServiceRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT);
    accepted.filter_map(|line| line.to_str().ok()).any(|line| line.contains("text/html"))
}

/// Refuses a request that is over a limit or too large, whatever its path.
fn admit(request: &mut ServiceRequest, state: &State) -> Result<Option<Standing>, RequestFault> {
    let standing = state.limiter.admit(request.request())?;
    body_guard::guard(request, &state.http)?;
    Ok(standing)
}

fn finish(response: &mut ServiceResponse, state: &State, allowed: Option<HeaderValue>, log: RequestLog) {
    cors_and_security_headers::add_headers(response.headers_mut(), &state.http, allowed);
    log.end(response);
    graceful_shutdown::add_close_header(response);
}
