//! Logging in and out.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::users::{self, LogIn};
use minsu_domain::Mobile;
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    login::{self, SentTokens},
    state::State,
};

use crate::{
    answer::answer,
    done,
    form::{Fields, VisitorForm},
    frame::{self, Frame},
    local,
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    f: Frame,
    mobile: String,
    next: String,
    /// The query for those who sign up first.
    onward: String,
}

impl LoginPage {
    fn new(f: Frame, fields: &Fields) -> Self {
        let next = local::after_login(fields.get("next")).to_owned();
        let onward = if next == "/me" { String::new() } else { format!("?next={}", local::encoded(&next)) };
        Self { f, mobile: fields.get("mobile").chars().take(20).collect(), next, onward }
    }
}

/// `GET /login`
pub async fn look(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    shown(&state, &request, done::told(Frame::of(&request, &state), &fields), &fields)
}

fn shown(state: &State, request: &HttpRequest, frame: Frame, fields: &Fields) -> Result<HttpResponse, ApiError> {
    let page = LoginPage::new(Frame { known: false, ..frame }, fields);
    frame::personal(request, state, &page, &page.f)
}

/// `POST /login`
pub async fn log_in(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let fields = &form.0;
    let done = async {
        let mobile = Mobile::typed(fields.get("mobile"))?;
        let command = LogIn { mobile, password: fields.get("password").to_owned(), client: client.0 };
        let verified = users::log_in(&state.app, &command).await?;
        let reply = local::redirect(local::after_login(fields.get("next")));
        login::with_new_session(&state, &request, &verified, &sent, reply).await
    };
    answer(&state, &request, done.await, async |frame| shown(&state, &request, frame, fields)).await
}

/// `POST /logout`
pub async fn log_out(
    state: web::Data<State>,
    request: HttpRequest,
    sent: SentTokens,
    _form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    login::end_session(&state, &request, &sent, local::redirect("/")).await
}
