//! Failures as pages in the layout of the site. A visitor without a login is redirected to it.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
};
use askama::Template;
use bytes::Bytes;
use minsu_application::{AppError, SessionError};
use minsu_web::{
    api_error::ApiError,
    dialect::{Failed, Problems},
    language::Language,
    login,
    state::State,
};
use uuid::Uuid;

use crate::{
    fault,
    frame::{self, Frame},
    language, local,
};

/// Marks the pages of the site.
pub struct Pages;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    f: &'a Frame,
    status: u16,
    sentence: &'static str,
    wait: Option<u64>,
    id: String,
}

impl Problems for Pages {
    fn answer(&self, failed: &Failed<'_>) -> HttpResponse {
        if matches!(failed.error, ApiError::NoSession | ApiError::App(AppError::Session(SessionError::NotLoggedIn))) {
            return to_login(failed.request);
        }
        let status = fault::status(failed.error);
        let Some(state) = State::of(failed.request) else { return HttpResponse::new(status) };
        shown(failed, state, status).unwrap_or_else(|_| HttpResponse::new(status))
    }

    fn without_request(&self, error: &ApiError, id: Uuid) -> (&'static str, Bytes) {
        let frame = Frame::public(Language::Chinese, false);
        let page = ErrorPage::new(&frame, error, fault::status(error), id);
        ("text/html; charset=utf-8", page.render().map_or_else(|_| Bytes::new(), Bytes::from))
    }
}

impl<'a> ErrorPage<'a> {
    fn new(frame: &'a Frame, error: &ApiError, status: StatusCode, id: Uuid) -> Self {
        Self {
            f: frame,
            status: status.as_u16(),
            sentence: fault::sentence(error, frame.language),
            wait: retry_after(error),
            id: id.to_string(),
        }
    }
}

fn shown(failed: &Failed<'_>, state: &State, status: StatusCode) -> Result<HttpResponse, ApiError> {
    let request = failed.request;
    let language = language::of(request);
    let frame = Frame::public(language, login::says_who(request, &state.http));
    let page = ErrorPage::new(&frame, failed.error, status, failed.id);
    let mut response = frame::personal_with(request, state, status, &page, &frame)?;
    if let Some(seconds) = page.wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Whole seconds, rounded up. A backend that does not answer may do so in a moment.
fn retry_after(error: &ApiError) -> Option<u64> {
    let verdict = error.verdict();
    let is_down = verdict.status == Some(StatusCode::SERVICE_UNAVAILABLE);
    let wait = verdict.retry_after.or(is_down.then_some(Duration::from_secs(1)))?;
    Some(u64::try_from(wait.as_millis().div_ceil(1000).max(1)).unwrap_or(u64::MAX))
}

/// To the login, and from there back to the page that was asked for.
fn to_login(request: &HttpRequest) -> HttpResponse {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    if request.method() == Method::GET && local::is_target(target) {
        local::redirect(&format!("/login?next={}", local::encoded(target)))
    } else {
        local::redirect("/login")
    }
}
