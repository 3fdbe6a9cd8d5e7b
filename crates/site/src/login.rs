//! Logging in and out.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
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
    done, fault,
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
    let frame = Frame { known: false, ..done::told(Frame::of(&request, &state), &fields) };
    let page = LoginPage::new(frame, &fields);
    frame::personal(&request, &state, StatusCode::OK, &page, &page.f)
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
    let verified = match Mobile::typed(fields.get("mobile")) {
        Ok(mobile) => {
            let command = LogIn { mobile, password: fields.get("password").to_owned(), client: client.0 };
            users::log_in(&state.app, &command).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match verified {
        Ok(verified) => {
            let reply = local::redirect(local::after_login(fields.get("next")));
            login::with_new_session(&state, &request, &verified, &sent, reply).await
        }
        Err(error) => {
            let frame = Frame { known: false, ..Frame::of(&request, &state) };
            let sentence = fault::above_the_form(error.into(), frame.language)?;
            let page = LoginPage::new(frame.refused(sentence), fields);
            frame::personal(&request, &state, StatusCode::UNPROCESSABLE_ENTITY, &page, &page.f)
        }
    }
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
