//! Signing up.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    sms_codes::Purpose,
    users::{self, Register},
};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    login::{self, SentTokens},
    state::State,
};

use crate::{
    codes, fault,
    form::{Fields, VisitorForm},
    language, local,
};

/// `GET /signup`
pub async fn ask(state: web::Data<State>, request: HttpRequest, client: Client) -> Result<HttpResponse, ApiError> {
    codes::ask(&state, &request, client.0, Purpose::Registration, &Fields::of_query(&request), None).await
}

/// `POST /signup`
pub async fn send(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    codes::send(&state, &request, client.0, Purpose::Registration, &form.0).await
}

/// `GET /signup/code`
pub async fn code(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    codes::code(&state, &request, Purpose::Registration, &Fields::of_query(&request), None).await
}

/// `POST /signup/code`
pub async fn sign_up(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let fields = &form.0;
    let Some(mobile) = codes::mobile(&request, &state) else { return Ok(local::redirect("/signup")) };
    let command = Register {
        mobile,
        sms_code: fields.get("code").trim().to_owned(),
        password: fields.get("password").to_owned(),
        captcha_text: None,
        client: client.0,
    };
    match users::register(&state.app, command).await {
        Ok((_, verified)) => {
            let next = local::after_login(fields.get("next"));
            let target = if next == "/me" { "/me?done=welcome" } else { next };
            let reply = local::redirect(target);
            let mut response = login::with_new_session(&state, &request, &verified, &sent, reply).await?;
            codes::forget(&mut response, &state)?;
            Ok(response)
        }
        Err(error) => {
            let sentence = fault::above_the_form(error.into(), language::of(&request))?;
            codes::code(&state, &request, Purpose::Registration, fields, Some(sentence)).await
        }
    }
}
