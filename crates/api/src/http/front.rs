//! What happens around every request, whoever answers it. It is one middleware and not a chain of
//! them: each link would cost an allocation or two and copies of request and answer, which together
//! were a third of what a page out of memory cost.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    Error, FromRequest as _, HttpResponse, Responder as _,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    web,
};
use futures_util::future::LocalBoxFuture;
use tracing::Instrument;

use super::{
    api_error::{ApiError, RequestFault},
    body_guard, browsers, leaving,
    login::Viewer,
    metrics::Recorder,
    render,
    request_log::RequestLog,
    shortcuts::{End, Shortcuts},
    state::State,
};
use crate::dialect::{self, v1::envelope::V1};

/// The middleware, for one worker.
pub struct Front {
    state: web::Data<State>,
    recorder: Rc<Recorder>,
    shortcuts: Rc<Shortcuts>,
}

impl Front {
    /// A front that counts by itself.
    pub fn new(state: web::Data<State>) -> Self {
        let recorder = Rc::new(Recorder::new(state.metrics.clone()));
        Self { state, recorder, shortcuts: Rc::default() }
    }
}

impl<S> Transform<S, ServiceRequest> for Front
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = FrontService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let Self { state, recorder, shortcuts } = self;
        let (state, recorder, shortcuts) = (state.clone(), Rc::clone(recorder), Rc::clone(shortcuts));
        ready(Ok(FrontService { service, state, recorder, shortcuts }))
    }
}

/// The middleware around its services.
pub struct FrontService<S> {
    service: S,
    state: web::Data<State>,
    recorder: Rc<Recorder>,
    shortcuts: Rc<Shortcuts>,
}

impl<S> Service<ServiceRequest> for FrontService<S>
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
        let allowed = browsers::allowed_origin(&request, &state.http);
        if allowed.is_some() && browsers::asks_first(&request) {
            let mut response = request.into_response(browsers::preflight());
            end(&mut response, &state, allowed, log);
            return Box::pin(ready(Ok(response)));
        }
        // As the router reads it: percent signs hide no path.
        let owner = dialect::owner(request.match_info().unprocessed());
        let admitted = if owner.is_some() { admit(&mut request, &state) } else { Ok(()) };
        let envelope = owner.unwrap_or(&V1);
        match admitted {
            Ok(()) => {
                match self.shortcuts.take(&mut request, &state) {
                    None => {}
                    Some(End::Answer(answer)) => {
                        let mut response = render::failures(request.into_response(answer), envelope, log.id());
                        end(&mut response, &state, allowed, log);
                        return Box::pin(ready(Ok(response)));
                    }
                    Some(End::Page(page, wrap)) => {
                        let viewer = Viewer::extract(request.request()).instrument(log.span().clone());
                        return Box::pin(async move {
                            let answer = match viewer.await {
                                Ok(viewer) => wrap(viewer, &page.body).respond_to(request.request()),
                                Err(error) => HttpResponse::from_error(error),
                            };
                            let mut response = render::failures(request.into_response(answer), envelope, log.id());
                            end(&mut response, &state, allowed, log);
                            Ok(response)
                        });
                    }
                }
                let shortcuts = Rc::clone(&self.shortcuts);
                let answering = self.service.call(request).instrument(log.span().clone());
                Box::pin(async move {
                    let mut response = render::failures(answering.await?, envelope, log.id());
                    shortcuts.note(&response);
                    end(&mut response, &state, allowed, log);
                    Ok(response)
                })
            }
            Err(fault) => {
                let refused = request.error_response(ApiError::from(fault)).map_into_boxed_body();
                let mut response = render::failures(refused, envelope, log.id());
                end(&mut response, &state, allowed, log);
                Box::pin(ready(Ok(response)))
            }
        }
    }
}

/// What a call of the API must not be: one too many, or too large.
fn admit(request: &mut ServiceRequest, state: &State) -> Result<(), RequestFault> {
    state.limiter.admit(request.request())?;
    body_guard::guard(request, &state.http)
}

fn end(
    response: &mut ServiceResponse,
    state: &State,
    allowed: Option<actix_web::http::header::HeaderValue>,
    log: RequestLog,
) {
    browsers::tell(response.headers_mut(), &state.http, allowed);
    log.end(response);
    leaving::say_goodbye(response);
}
