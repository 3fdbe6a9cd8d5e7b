//! The session cookie, read and written, and the user of a request.

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
    AppError, SessionError,
    sessions::{self, SessionToken, VerifiedLogin},
};
use minsu_domain::Principal;

use super::{api_error::ApiError, client_address, cookies, options::HttpOptions, state::State};

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// How many cookies of the session's name are tried. A browser sends several where another path or
/// domain of the host set one too; beyond this number each would be a look-up for a client to multiply.
const TRIES: usize = 4;

/// The session tokens that the client sent, each once, those that can be none left out, at most four. They
/// are looked up, never adopted.
pub struct SentTokens(Vec<SessionToken>);

impl SentTokens {
    fn of(request: &HttpRequest, state: &State) -> Self {
        let mut tokens = Vec::new();
        // The cookie of before comes last: other hosts of the domain can write it, and not one that begins with
        // `__Host-`.
        let names = [Some(&state.http.session_cookie), state.http.former_session_cookie.as_ref()];
        let values = names.into_iter().flatten().flat_map(|name| cookies::values(request, name));
        for token in values.filter_map(parse) {
            if tokens.len() < TRIES && !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        Self(tokens)
    }

    /// The first of them that names a valid session, with its user.
    async fn resolve(self, state: &State) -> Result<Option<CurrentSession>, AppError> {
        for token in self.0 {
            if let Some(principal) = sessions::resolve(&state.app, &token).await? {
                return Ok(Some(CurrentSession { principal, token }));
            }
        }
        Ok(None)
    }
}

impl FromRequest for SentTokens {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(state(request).map(|state| Self::of(request, &state)))
    }
}

fn parse(value: &[u8]) -> Option<SessionToken> {
    str::from_utf8(value).ok().and_then(SessionToken::parse)
}

/// The valid session of a request; without one the call answers 4101.
#[derive(Debug, Clone)]
pub struct CurrentSession {
    /// The user of the session.
    pub principal: Principal,
    /// The sent token that names it.
    pub token: SessionToken,
}

impl FromRequest for CurrentSession {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = state(request).map(|state| (SentTokens::of(request, &state), state));
        Box::pin(async move {
            let (tokens, state) = found?;
            Ok(tokens.resolve(&state).await?.ok_or(AppError::Session(SessionError::NotLoggedIn))?)
        })
    }
}

/// The user of a request; without a login the call answers 4101.
#[derive(Debug, Clone, Copy)]
pub struct LoggedIn(pub Principal);

impl FromRequest for LoggedIn {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let session = CurrentSession::from_request(request, payload);
        Box::pin(async move { Ok(Self(session.await?.principal)) })
    }
}

/// The visitor of a request, logged in or not. When the cache does not answer, the visitor is anonymous: public
/// pages must not depend on the cache.
#[derive(Debug, Clone, Copy)]
pub struct Viewer(pub Option<Principal>);

impl Viewer {
    /// The id as the detail pages print it: -1 without a login.
    pub fn id_or_minus_one(self) -> i64 {
        self.0.map_or(-1, |principal| principal.user.get())
    }
}

impl FromRequest for Viewer {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = state(request).map(|state| (SentTokens::of(request, &state), state));
        Box::pin(async move {
            let (tokens, state) = found?;
            match tokens.resolve(&state).await {
                Ok(session) => Ok(Self(session.map(|session| session.principal))),
                Err(AppError::CacheUnavailable(error)) => {
                    tracing::warn!(%error, "serving a visitor as anonymous");
                    Ok(Self(None))
                }
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// Whether a request says whose it is, by a session or by a token.
pub fn says_who(request: &HttpRequest, settings: &HttpOptions) -> bool {
    let names = [Some(&settings.session_cookie), settings.former_session_cookie.as_ref()];
    names.into_iter().flatten().any(|name| cookies::values(request, name).next().is_some())
        || request.headers().contains_key(header::AUTHORIZATION)
}

fn state(request: &HttpRequest) -> Result<web::Data<State>, ApiError> {
    State::of(request).cloned().ok_or_else(|| AppError::Internal("no state in the server".into()).into())
}

/// Answers a registration or a login: a new session, and its cookie on the reply. The sessions
/// that the client sent end.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn with_new_session(
    state: &State,
    request: &HttpRequest,
    verified_login: &VerifiedLogin,
    sent: &SentTokens,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    let client = client_address::of(request);
    let token = sessions::open(&state.app, verified_login, client, &sent.0).await?;
    let seconds = i64::try_from(state.app.policy.session_lifetime.as_secs()).unwrap_or(i64::MAX);
    let cookie = cookie(state, token.as_str().to_owned(), Duration::seconds(seconds));
    with_cookie(without_former(state, request, reply.respond_to(request))?, &cookie)
}

/// Answers a call that ended every session of the user: the cookie is deleted.
///
/// # Errors
/// When the cookie cannot be written.
pub fn without_session(
    state: &State,
    request: &HttpRequest,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    let response = without_former(state, request, reply.respond_to(request))?;
    with_cookie(response, &cookie(state, String::new(), Duration::ZERO))
}

/// Drops the cookie of before where the client sent one.
fn without_former(state: &State, request: &HttpRequest, response: HttpResponse) -> Result<HttpResponse, ApiError> {
    match &state.http.former_session_cookie {
        Some(name) if cookies::values(request, name).next().is_some() => {
            with_cookie(response, &named(state, name, String::new(), Duration::ZERO))
        }
        _ => Ok(response),
    }
}

/// Answers a logout: every session that the client sent ends, and the cookie is deleted.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn end_session(
    state: &State,
    request: &HttpRequest,
    sent: &SentTokens,
    reply: impl Responder<Body = BoxBody>,
) -> Result<HttpResponse, ApiError> {
    for token in &sent.0 {
        sessions::close(&state.app, token).await?;
    }
    without_session(state, request, reply)
}

fn with_cookie(mut response: HttpResponse, cookie: &Cookie<'_>) -> Result<HttpResponse, ApiError> {
    response.add_cookie(cookie).map_err(|error| AppError::Internal(error.into()))?;
    Ok(response)
}

fn cookie(state: &State, value: String, max_age: Duration) -> Cookie<'static> {
    named(state, &state.http.session_cookie, value, max_age)
}

fn named(state: &State, name: &str, value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(name.to_owned(), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.http.secure_cookies)
        .max_age(max_age)
        .finish()
}
