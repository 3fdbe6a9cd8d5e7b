//! Who makes a request: the session cookie, read and written.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::header,
    web,
};
use minsu_application::{
    AppError,
    sessions::{self, Admission, SessionToken},
};
use minsu_domain::UserId;

use super::{
    api_error::ApiError,
    client_address,
    state::{HttpSettings, State},
};

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// The session token that the client sent, if it is one. It is looked up, never adopted.
pub struct SentToken(pub Option<SessionToken>);

impl SentToken {
    fn of(request: &HttpRequest, state: &State) -> Self {
        Self(sent_cookie(request, &state.http.session_cookie).and_then(SessionToken::parse))
    }
}

impl FromRequest for SentToken {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(state(request).map(|state| Self::of(request, &state)))
    }
}

/// Somebody who is logged in; without a login the call answers 4101.
#[derive(Debug, Clone, Copy)]
pub struct LoggedIn(pub UserId);

impl FromRequest for LoggedIn {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = state(request).map(|state| (SentToken::of(request, &state), state));
        Box::pin(async move {
            let (SentToken(token), state) = found?;
            let token = token.ok_or(AppError::NotLoggedIn)?;
            let user = sessions::resolve(&state.app, &token).await?;
            Ok(Self(user.ok_or(AppError::NotLoggedIn)?))
        })
    }
}

/// Anybody, logged in or not. Where the cache cannot tell, a visitor is anonymous: what everybody
/// may see must not depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Viewer(pub Option<UserId>);

impl Viewer {
    /// The id as the detail pages print it: -1 for nobody.
    pub fn id_or_minus_one(self) -> i64 {
        self.0.map_or(-1, UserId::get)
    }
}

impl FromRequest for Viewer {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = state(request).map(|state| (SentToken::of(request, &state), state));
        Box::pin(async move {
            let (SentToken(token), state) = found?;
            let Some(token) = token else { return Ok(Self(None)) };
            match sessions::resolve(&state.app, &token).await {
                Ok(user) => Ok(Self(user)),
                Err(AppError::CacheUnavailable(error)) => {
                    tracing::warn!(%error, "serving a visitor as anonymous");
                    Ok(Self(None))
                }
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// Whether a request says that it belongs to a session.
pub fn sends_session(request: &HttpRequest, settings: &HttpSettings) -> bool {
    sent_cookie(request, &settings.session_cookie).is_some()
}

/// The value of a cookie as it was sent. Our tokens have nothing in them that would be written in
/// another way, and reading all cookies of all sites on this host costs more than looking for one.
fn sent_cookie<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let lines = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

fn state(request: &HttpRequest) -> Result<web::Data<State>, ApiError> {
    State::of(request).cloned().ok_or_else(|| AppError::Internal("no state in the server".into()).into())
}

/// Answers a registration or a login: a new session, and its cookie on the reply. The session
/// that the client had before ends.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn with_new_session(
    state: &State,
    request: &HttpRequest,
    admission: &Admission,
    sent: &SentToken,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    let client = client_address::of(request);
    let token = sessions::open(&state.app, admission, client, sent.0.as_ref()).await?;
    let seconds = i64::try_from(state.app.policy.session_lifetime.as_secs()).unwrap_or(i64::MAX);
    let cookie = cookie(state, token.as_str().to_owned(), Duration::seconds(seconds));
    with_cookie(reply.respond_to(request), &cookie)
}

/// Answers what ended every session of the person: its cookie goes.
///
/// # Errors
/// When the cookie cannot be written.
pub fn without_session(
    state: &State,
    request: &HttpRequest,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    with_cookie(reply.respond_to(request), &cookie(state, String::new(), Duration::ZERO))
}

/// Answers a logout: the session ends, and its cookie goes.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn end_session(
    state: &State,
    request: &HttpRequest,
    sent: &SentToken,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    if let Some(token) = &sent.0 {
        sessions::close(&state.app, token).await?;
    }
    without_session(state, request, reply)
}

fn with_cookie(mut response: HttpResponse, cookie: &Cookie<'_>) -> Result<HttpResponse, ApiError> {
    response.add_cookie(cookie).map_err(|error| AppError::Internal(error.into()))?;
    Ok(response)
}

fn cookie(state: &State, value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(state.http.session_cookie.clone(), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.http.secure_cookies)
        .max_age(max_age)
        .finish()
}
