//! The middleware of every handler of the native API: authentication, idempotency keys, limits.

use actix_web::{
    Error, Route,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
};
use minsu_application::standing;
use minsu_web::{client_address, openapi::call::Call, rate_limits, state::State};

use crate::{acting, repeats};

/// The guard around the route of a call.
pub(crate) fn guard(call: &Call, route: Route) -> Route {
    let call = *call;
    route.wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| pass(call, request, next)))
}

async fn pass(call: Call, request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let limit = call.native.limited_by.zip(State::of(request.request()).cloned());
    let client = client_address::of(request.request());
    let mut response = admit(call, request, next).await?;
    if let Some((limit, state)) = limit {
        match standing::of(&state.app, limit, client).await {
            Ok(None) => {}
            Ok(Some(standing)) => rate_limits::add(response.headers_mut(), limit.name(), &standing),
            // The answer is sent without the headers of the limit.
            Err(error) => tracing::warn!(%error, "cannot read the limit of a client"),
        }
    }
    Ok(response)
}

/// Answers instead of failing: an error that leaves a middleware has no request any more, and so
/// no dialect that could render it.
async fn admit(call: Call, request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    match acting::authenticate(&call, request.request()).await {
        Ok(caller) => repeats::once(&call, caller, request, next).await,
        Err(error) => Ok(request.error_response(error)),
    }
}
