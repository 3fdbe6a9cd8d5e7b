//! Requests that may be repeated: `Idempotency-Key` around a POST, see [`minsu_application::idempotency`].

use std::rc::Rc;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use minsu_application::{
    AppError,
    idempotency::{self, Claim, Claimed, KeyScope, RequestDigest},
};
use minsu_domain::{IdempotencyKey, Principal};
use minsu_ports::StoredAnswer;
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body_guard, client_address,
    dialect::Failures,
    native_fault::NativeFault,
    openapi::call::Call,
    render,
    request_log::RequestId,
    state::State,
};

use crate::{acting, problem::answer::Native};

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a form may be larger than its file.
const FORM_EXTRA: usize = 65_536;

/// What is kept of an answer instead of its body: answers with a secret are shown whole once only.
pub(crate) struct KeptBody(pub(crate) Bytes);

/// Calls the handler; under a key once, however often the request comes.
pub(crate) async fn once(
    call: &Call,
    caller: Option<Principal>,
    mut request: ServiceRequest,
    next: actix_web::middleware::Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let key = match key_of(call, &request) {
        Ok(Some(key)) => key,
        Ok(None) => return next.call(request).await,
        Err(error) => return Ok(request.error_response(error)),
    };
    let begun = begin(&key, caller, &mut request).await;
    let (state, claim) = match begun {
        Ok((state, Claimed::Fresh(claim))) => (state, claim),
        Ok((_, Claimed::Replay(answer))) => return Ok(request.into_response(replayed(answer))),
        Ok((_, Claimed::InProgress(wait))) => {
            return Ok(request.error_response(ApiError::from(NativeFault::InProgress(wait))));
        }
        Ok((_, Claimed::Reused)) => {
            return Ok(request.error_response(ApiError::from(NativeFault::IdempotencyKeyReused)));
        }
        Err(error) => return Ok(request.error_response(error)),
    };
    request.extensions_mut().insert(acting::Claimed(Rc::new(claim.app(&state.app))));
    let id = request.extensions().get::<RequestId>().map_or_else(uuid::Uuid::nil, |id| id.0);
    let response = next.call(request).await?;
    let response = render::failures(response, Failures::Problems(&Native), id);
    end(&state, &claim, response).await
}

/// The key of a request that has one.
fn key_of(call: &Call, request: &ServiceRequest) -> Result<Option<IdempotencyKey>, ApiError> {
    let sent = request.headers().get(&KEY).filter(|_| call.verb.method() == Method::POST);
    match sent {
        Some(value) => Ok(Some(IdempotencyKey::new(value.to_str().unwrap_or_default())?)),
        None if call.native.key_demanded => Err(NativeFault::IdempotencyKeyMissing.into()),
        None => Ok(None),
    }
}

/// Claims the key for the request, whose body is read and put back.
async fn begin(
    key: &IdempotencyKey,
    caller: Option<Principal>,
    request: &mut ServiceRequest,
) -> Result<(actix_web::web::Data<State>, Claimed), ApiError> {
    let state = acting::state(request.request())?;
    let boundary = boundary(request);
    let limit = match boundary {
        Some(_) => state.http.upload_limit.saturating_add(FORM_EXTRA),
        None => state.http.json_limit,
    };
    let body = read(request.take_payload(), limit).await?;
    request.set_payload(Payload::Stream { payload: Box::pin(stream::iter([Ok(body.clone())])) });
    let digested = boundary.map_or_else(|| body.clone(), |boundary| without(&body, boundary.as_bytes()));
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let scope = match caller {
        Some(caller) => KeyScope::Person(caller.user),
        None => KeyScope::Network { client: client_address::of(request.request()), path: request.path() },
    };
    let digest = RequestDigest::of(request.method().as_str(), target, &scope, &digested);
    let claimed = idempotency::begin(&state.app, key, &scope, &digest).await?;
    Ok((state, claimed))
}

async fn read(mut payload: Payload, limit: usize) -> Result<Bytes, RequestFault> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => RequestFault::BodyTooLarge,
            error if body_guard::is_too_slow(&error) => RequestFault::TimedOut,
            _ => RequestFault::MalformedBody,
        })?;
        if body.len() + chunk.len() > limit {
            return Err(RequestFault::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The boundary of a form, which clients draw anew each time.
fn boundary(request: &ServiceRequest) -> Option<String> {
    let kind = request.mime_type().ok().flatten()?;
    (kind.type_() == "multipart").then(|| kind.get_param("boundary").map(|name| name.as_str().to_owned()))?
}

/// The bytes without every occurrence of a part.
fn without(bytes: &[u8], part: &[u8]) -> Bytes {
    let mut kept = BytesMut::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(place) =
        (!part.is_empty()).then(|| rest.windows(part.len()).position(|window| window == part)).flatten()
    {
        kept.extend_from_slice(&rest[..place]);
        rest = &rest[place + part.len()..];
    }
    kept.extend_from_slice(rest);
    kept.freeze()
}

/// Stores what is stored, and gives the key back otherwise.
async fn end(
    state: &State,
    claim: &Claim,
    response: ServiceResponse<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        idempotency::abandon(&state.app, claim).await;
        return Err(ApiError::App(AppError::Internal("the answer has no bytes".into())).into());
    };
    let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(String::from);
    let kept = response.extensions().get::<KeptBody>().map_or_else(|| body.to_vec(), |kept| kept.0.to_vec());
    let answer = StoredAnswer {
        status: response.status().as_u16(),
        body: kept,
        content_type: header(header::CONTENT_TYPE),
        location: header(header::LOCATION),
        etag: header(header::ETAG),
    };
    if !is_stored(&answer) {
        idempotency::abandon(&state.app, claim).await;
    } else {
        let stored = idempotency::complete(&state.app, claim, answer.clone()).await;
        if stored != answer {
            return Ok(ServiceResponse::new(request, replayed(stored)));
        }
    }
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(body))))
}

/// What says nothing of the request itself is not kept: failures of the server, limits, a missing login, a
/// request that is still running.
fn is_stored(answer: &StoredAnswer) -> bool {
    let is_running = || answer.body.windows(13).any(|window| window == br#""in_progress""#);
    match answer.status {
        401 | 429 => false,
        409 => !is_running(),
        status => status < 500,
    }
}

fn replayed(answer: StoredAnswer) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    let headers =
        [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location), (header::ETAG, answer.etag)];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.insert_header((name, value));
        }
    }
    response.insert_header((REPLAYED.clone(), "true")).body(answer.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_makes_no_other_body() {
        assert_eq!(without(b"--x1\r\nbody\r\n--x1--", b"x1"), without(b"--y2\r\nbody\r\n--y2--", b"y2"));
        assert_eq!(without(b"body", b""), &b"body"[..]);
        assert_ne!(without(b"--x\r\none", b"x"), without(b"--x\r\ntwo", b"x"));
    }
}
