//! The picture captcha and the SMS code.

use actix_web::{HttpResponse, http::header, web};
use minsu_application::{
    captchas::{self, CaptchaId, IssueCaptcha, SpeakCaptcha},
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::{Field, Invalid, Mobile};
use serde::Deserialize;
use uuid::Uuid;

use super::{envelope::Done, sms_path};
use crate::http::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    fields::present,
    state::State,
};

/// A new captcha under an id that the client made.
#[utoipa::path(
    get, path = "/imagecode/{id}", tag = "v1", operation_id = "v1_image_code",
    params(("id" = String, Path, description = "a UUID made by the client")),
    responses((status = 200, description = "the picture; on failure the envelope", content_type = "image/jpeg", body = Vec<u8>)),
)]
pub async fn image_code(
    state: web::Data<State>,
    client: Client,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let command = IssueCaptcha { id: uuid(&id)?, previous: None, client: client.0 };
    let jpeg = captchas::issue(&state.app, &command).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("image/jpeg").body(jpeg))
}

/// A captcha for people who do not see its picture.
#[utoipa::path(
    get, path = "/imagecode/{id}/audio", tag = "v1", operation_id = "v1_image_code_audio",
    params(("id" = String, Path, description = "the id under which the picture was asked for")),
    responses((status = 200, description = "the recording; on failure the envelope", content_type = "audio/wav", body = Vec<u8>)),
)]
pub async fn image_code_audio(
    state: web::Data<State>,
    client: Client,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let command = SpeakCaptcha { id: uuid(&id)?, client: client.0 };
    let wav = captchas::speak(&state.app, &command).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("audio/wav").body(wav))
}

/// Ids of this dialect are UUIDs.
fn uuid(text: &str) -> Result<CaptchaId, Invalid> {
    Uuid::try_parse(text).map_err(|_| Invalid::format(Field::Id))?;
    CaptchaId::new(text)
}

/// The parameters of the SMS call that may stand in the query.
#[derive(Debug, Deserialize)]
pub struct SmsParams {
    text: Option<String>,
    id: Option<String>,
    purpose: Option<String>,
}

/// Sends a code after an answered captcha.
#[utoipa::path(
    get, path = "/smscode/{mobile}", tag = "v1", operation_id = "v1_send_sms",
    params(
        ("mobile" = String, Path, description = "also with `&text=…&id=…` or `,text=…,id=…` behind it"),
        ("text" = Option<String>, Query, description = "the captcha's answer"),
        ("id" = Option<String>, Query, description = "the captcha's id"),
        ("purpose" = Option<String>, Query, description = "`register` (the default) or `password`, for a new password"),
    ),
    responses((status = 200, body = Done)),
)]
pub async fn sms_code(
    state: web::Data<State>,
    client: Client,
    path: web::Path<String>,
    query: web::Query<SmsParams>,
) -> Result<Done, ApiError> {
    let SmsParams { text, id, purpose } = query.into_inner();
    let asked = sms_path::parse(&path, text, id);
    let mobile = Mobile::new(&asked.mobile)?;
    let purpose = match present(&purpose) {
        None | Some("register") => Purpose::Registration,
        Some("password") => Purpose::PasswordReset,
        Some(_) => return Err(RequestFault::WrongFields.into()),
    };
    let (Some(captcha_text), Some(id)) = (asked.text, asked.id) else {
        return Err(RequestFault::WrongFields.into());
    };
    let command = SendSmsCode { mobile, purpose, captcha: CaptchaId::new(&id)?, captcha_text, client: client.0 };
    sms_codes::send(&state.app, &command).await?;
    Ok(Done::saying("发送成功"))
}
