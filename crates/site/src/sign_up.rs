//! Signing up.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::users::{self, Register};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    login::{self, SentTokens},
    state::State,
};

use crate::{codes, form::VisitorForm, local};

/// `POST /signup/code`
pub async fn sign_up(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let fields = &form.0;
    codes::redeem(&state, &request, fields, async |mobile| {
        let command = Register {
            mobile,
            sms_code: fields.get("code").trim().to_owned(),
            password: fields.get("password").to_owned(),
            captcha_text: None,
            client: client.0,
        };
        let (_, verified) = users::register(&state.app, command).await?;
        let next = local::after_login(fields.get("next"));
        let reply = local::redirect(if next == "/me" { "/me?done=welcome" } else { next });
        login::with_new_session(&state, &request, &verified, &sent, reply).await
    })
    .await
}
