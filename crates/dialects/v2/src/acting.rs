//! Who acts in a request, and with which application.

use std::rc::Rc;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::future::LocalBoxFuture;
use minsu_application::{
    App, AppError, SessionError, TokenError,
    sessions::{self, SessionToken},
    tokens,
};
use minsu_domain::{Principal, Scope};
use minsu_web::{
    api_error::ApiError,
    cross_site,
    login::{CurrentSession, Viewer},
    native_fault::NativeFault,
    openapi::call::{Call, Login},
    state::State,
};

/// The application that a request with an idempotency key works with.
#[derive(Clone)]
pub(crate) struct Claimed(pub(crate) Rc<App>);

/// The state of the server, and the application with which this request acts.
pub(crate) struct Site {
    /// The state of the server.
    pub(crate) state: web::Data<State>,
    claimed: Option<Claimed>,
}

impl Site {
    /// The application.
    pub(crate) fn app(&self) -> &App {
        self.claimed.as_ref().map_or(&self.state.app, |claimed| &claimed.0)
    }
}

impl FromRequest for Site {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let claimed = request.extensions().get::<Claimed>().cloned();
        std::future::ready(state(request).map(|state| Self { state, claimed }))
    }
}

pub(crate) fn state(request: &HttpRequest) -> Result<web::Data<State>, ApiError> {
    State::of(request).cloned().ok_or_else(|| AppError::Internal("no state in the server".into()).into())
}

/// Who was found to act, by the guard.
#[derive(Clone)]
struct Found {
    principal: Principal,
    session: Option<SessionToken>,
}

/// Finds out who acts in a request to this call, and whether they may make it; handlers get them by
/// [`Caller`] and [`Session`].
///
/// # Errors
/// [`minsu_web::api_error::RequestFault::CrossSite`] for a changing call with a cookie from a page of another
/// site, [`SessionError::NotLoggedIn`], [`NativeFault::TokenInvalid`], [`TokenError::ScopeMissing`],
/// [`TokenError::SessionNeeded`], [`SessionError::ConfirmationNeeded`].
pub(crate) async fn authenticate(call: &Call, request: &HttpRequest) -> Result<Option<Principal>, ApiError> {
    let is_needed = call.login != Login::NotNeeded;
    let found = match request.headers().get(header::AUTHORIZATION).filter(|_| is_needed) {
        Some(value) => by_token(call.native.scope, request, value.as_bytes()).await?,
        None => {
            if call.changes_state {
                cross_site::check(request)?;
            }
            if !is_needed {
                return Ok(None);
            }
            let CurrentSession { principal, token } = CurrentSession::extract(request).await?;
            Found { principal, session: Some(token) }
        }
    };
    if call.native.confirmed {
        sessions::demand_confirmed(found.principal)?;
    }
    let principal = found.principal;
    request.extensions_mut().insert(found);
    Ok(Some(principal))
}

/// The person of a personal token that a request carries, on a call that needs no login.
///
/// # Errors
/// [`NativeFault::TokenInvalid`], [`TokenError::ScopeMissing`].
pub(crate) async fn by_token_if_any(scope: Scope, request: &HttpRequest) -> Result<Option<Principal>, ApiError> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(value) => Ok(Some(by_token(Some(scope), request, value.as_bytes()).await?.principal)),
        None => Ok(None),
    }
}

async fn by_token(scope: Option<Scope>, request: &HttpRequest, value: &[u8]) -> Result<Found, ApiError> {
    let text = str::from_utf8(value).ok().and_then(|value| value.split_once(' '));
    let (_, token) =
        text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or(NativeFault::TokenInvalid)?;
    let app = &state(request)?.app;
    let principal = tokens::resolve(app, token.trim()).await?.ok_or(NativeFault::TokenInvalid)?;
    match scope {
        Some(scope) => tokens::demand(principal, scope)?,
        None => return Err(AppError::from(TokenError::SessionNeeded).into()),
    }
    Ok(Found { principal, session: None })
}

/// What the guard found; without one the call answers `not_logged_in`.
fn found(request: &HttpRequest) -> Result<Found, ApiError> {
    let found = request.extensions().get::<Found>().cloned();
    found.ok_or_else(|| AppError::from(SessionError::NotLoggedIn).into())
}

/// The person in whose name a call acts, by a session or a token.
pub(crate) struct Caller(pub(crate) Principal);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(found(request).map(|found| Self(found.principal)))
    }
}

/// The session in which a call acts; a token is none.
pub(crate) struct Session {
    pub(crate) principal: Principal,
    pub(crate) token: SessionToken,
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = found(request).and_then(|Found { principal, session }| {
            let token = session.ok_or(AppError::from(TokenError::SessionNeeded))?;
            Ok(Self { principal, token })
        });
        std::future::ready(session)
    }
}

/// The viewer of something public, where a session tells who that is.
pub(crate) struct Looking(pub(crate) Option<Principal>);

impl FromRequest for Looking {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let viewer = Viewer::from_request(request, payload);
        Box::pin(async move { Ok(Self(viewer.await?.0)) })
    }
}
