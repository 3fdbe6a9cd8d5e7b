//! The picture captcha under its two URLs, and the SMS code.

use actix_web::{HttpResponse, http::header, web};
use minsu_application::{
    captchas::{self, CaptchaId, IssueCaptcha},
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::Mobile;
use serde::Deserialize;

use super::{
    dto::SmsBody,
    envelope::{Nothing, Reply, done},
};
use crate::http::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    fields::present,
    state::State,
};

/// Documents 000 and 003.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImageCodeParams {
    pcodeid: Option<String>,
    codeid: Option<String>,
}

/// Document 001.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PicCodeParams {
    pre: Option<String>,
    cur: Option<String>,
}

/// A new captcha, under the names of documents 000 and 003.
#[utoipa::path(get, path = "/imagecode", tag = "classic", operation_id = "classic_image_code", params(ImageCodeParams),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub async fn image_code(
    state: web::Data<State>,
    client: Client,
    query: web::Query<ImageCodeParams>,
) -> Result<HttpResponse, ApiError> {
    captcha(&state, client, &query.codeid, &query.pcodeid).await
}

/// A new captcha, under the names of document 001.
#[utoipa::path(get, path = "/piccode", tag = "classic", operation_id = "classic_pic_code", params(PicCodeParams),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub async fn pic_code(
    state: web::Data<State>,
    client: Client,
    query: web::Query<PicCodeParams>,
) -> Result<HttpResponse, ApiError> {
    captcha(&state, client, &query.cur, &query.pre).await
}

/// A page that opens for the first time has no previous captcha and sends whatever stands for
/// it; what cannot be an id is nobody's captcha.
async fn captcha(
    state: &State,
    client: Client,
    current: &Option<String>,
    previous: &Option<String>,
) -> Result<HttpResponse, ApiError> {
    let command = IssueCaptcha {
        id: CaptchaId::new(present(current).unwrap_or_default())?,
        previous: present(previous).and_then(|id| CaptchaId::new(id).ok()),
        client: client.0,
    };
    let jpeg = captchas::issue(&state.app, &command).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("image/jpeg").body(jpeg))
}

/// Sends a code after an answered captcha.
#[utoipa::path(post, path = "/smscode", tag = "classic", operation_id = "classic_send_sms",
    request_body = SmsBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn sms_code(
    state: web::Data<State>,
    client: Client,
    body: web::Json<SmsBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let (Some(id), Some(text)) = (body.captcha_id(), body.captcha_text()) else {
        return Err(RequestFault::WrongFields.into());
    };
    let command = SendSmsCode {
        mobile: Mobile::new(&body.mobile.0)?,
        purpose: Purpose::Registration,
        captcha: CaptchaId::new(id)?,
        captcha_text: text.to_owned(),
        client: client.0,
    };
    sms_codes::send(&state.app, &command).await?;
    Ok(done())
}
