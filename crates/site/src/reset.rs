//! A new password by an SMS code.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    sms_codes::Purpose,
    users::{self, ResetPassword},
};
use minsu_web::{api_error::ApiError, client_address::Client, state::State};

use crate::{
    codes, fault,
    form::{Fields, VisitorForm},
    language, local,
};

/// `GET /reset`
pub async fn ask(state: web::Data<State>, request: HttpRequest, client: Client) -> Result<HttpResponse, ApiError> {
    codes::ask(&state, &request, client.0, Purpose::PasswordReset, &Fields::of_query(&request), None).await
}

/// `POST /reset`
pub async fn send(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    codes::send(&state, &request, client.0, Purpose::PasswordReset, &form.0).await
}

/// `GET /reset/code`
pub async fn code(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    codes::code(&state, &request, Purpose::PasswordReset, &Fields::of_query(&request), None).await
}

/// `POST /reset/code`
pub async fn reset(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let fields = &form.0;
    let Some(mobile) = codes::mobile(&request, &state) else { return Ok(local::redirect("/reset")) };
    let command = ResetPassword {
        mobile,
        sms_code: fields.get("code").trim().to_owned(),
        password: fields.get("password").to_owned(),
        id_last4: fields.filled("id_last4").map(|text| text.trim().to_owned()),
        client: client.0,
    };
    match users::reset_password(&state.app, command).await {
        Ok(()) => {
            let mut response = local::redirect("/login?done=reset");
            codes::forget(&mut response, &state)?;
            Ok(response)
        }
        Err(error) => {
            let sentence = fault::above_the_form(error.into(), language::of(&request))?;
            codes::code(&state, &request, Purpose::PasswordReset, fields, Some(sentence)).await
        }
    }
}
