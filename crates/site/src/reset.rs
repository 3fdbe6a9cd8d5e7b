//! A new password by an SMS code.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::users::{self, ResetPassword};
use minsu_web::{api_error::ApiError, client_address::Client, state::State};

use crate::{codes, form::VisitorForm, local};

/// `POST /reset/code`
pub async fn reset(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let fields = &form.0;
    codes::redeem(&state, &request, fields, async |mobile| {
        let command = ResetPassword {
            mobile,
            sms_code: fields.get("code").trim().to_owned(),
            password: fields.get("password").to_owned(),
            id_last4: fields.filled("id_last4").map(|text| text.trim().to_owned()),
            client: client.0,
        };
        users::reset_password(&state.app, command).await?;
        Ok(local::redirect("/login?done=reset"))
    })
    .await
}
