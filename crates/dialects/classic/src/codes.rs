//! The picture captcha under its two URLs, and the SMS code.

use actix_web::{HttpResponse, http::header, web};
use minsu_application::{
    AccountError, AppError, CaptchaError, SmsCodeError,
    captchas::{self, CaptchaId, IssueCaptcha},
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::{Field, Mobile};
use minsu_ports::SmsError;
use serde::Deserialize;

use super::{
    dto::SmsBody,
    envelope::{Nothing, Reply, done},
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    fields::present,
    json::Json,
    openapi::{
        call::Call,
        refusals::{self, ConcatAll},
        texts, values,
    },
    state::State,
};

/// Documents 000 and 003; `p` and `c` are some pages' names of `pcodeid` and `codeid`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImageCodeParams {
    /// The captcha shown before; it is dropped.
    #[param(inline, value_type = Option<values::AnyText>)]
    pcodeid: Option<String>,
    /// The same as `pcodeid`.
    #[param(inline, value_type = Option<values::AnyText>)]
    p: Option<String>,
    /// 1 to 64 of `A-Z a-z 0-9 -`.
    #[param(inline, value_type = Option<values::CaptchaId>)]
    codeid: Option<String>,
    /// Another name of `codeid`.
    #[param(inline, value_type = Option<values::CaptchaId>)]
    c: Option<String>,
}

/// Document 001.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PicCodeParams {
    /// The captcha shown before; it is dropped.
    #[param(inline, value_type = Option<values::AnyText>)]
    pre: Option<String>,
    /// 1 to 64 of `A-Z a-z 0-9 -`.
    #[param(inline, value_type = values::CaptchaId)]
    cur: Option<String>,
}

pub(crate) const IMAGE_CODE: Call = Call::get_bytes(
    "/imagecode",
    "image_code",
    "image/jpeg",
    "A new captcha, under the names of documents 000 and 003.",
)
.says(texts::CAPTCHA)
.with_query::<ImageCodeParams>()
.refuses(|| {
    [refusals::app([AppError::Busy("drawing captchas"), refusals::too_often()]), refusals::invalid(&[Field::Id])]
        .concat_all()
});

pub(crate) async fn image_code(
    state: web::Data<State>,
    client: Client,
    query: web::Query<ImageCodeParams>,
) -> Result<HttpResponse, ApiError> {
    let ImageCodeParams { pcodeid, p, codeid, c } = query.into_inner();
    captcha(&state, client, &codeid.or(c), &pcodeid.or(p)).await
}

pub(crate) const PIC_CODE: Call =
    Call::get_bytes("/piccode", "pic_code", "image/jpeg", "A new captcha, under the names of document 001.")
        .says("The same as `/imagecode`, in the words of document 001.")
        .with_query::<PicCodeParams>()
        .refuses(|| {
            [
                refusals::app([AppError::Busy("drawing captchas"), refusals::too_often()]),
                refusals::invalid(&[Field::Id]),
            ]
            .concat_all()
        });

pub(crate) async fn pic_code(
    state: web::Data<State>,
    client: Client,
    query: web::Query<PicCodeParams>,
) -> Result<HttpResponse, ApiError> {
    captcha(&state, client, &query.cur, &query.pre).await
}

/// A page that opens for the first time has no previous captcha and sends a placeholder for it; a text that
/// cannot be an id names no captcha.
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

pub(crate) const SMS_CODE: Call =
    Call::post::<Reply<Nothing>>("/smscode", "send_sms", "Sends a code after an answered captcha.")
        .says(
            "Sends six digits that live for 300 seconds and are burnt after five tries. The captcha is used up, \
        also by a wrong answer. Known and unknown mobiles get the same answer.",
        )
        .with_json::<SmsBody>()
        .refuses(|| {
            [
                refusals::app([
                    AppError::Captcha(CaptchaError::Expired),
                    AppError::Captcha(CaptchaError::Wrong),
                    AppError::SmsCode(SmsCodeError::NotSent(SmsError::Failed(refusals::cause()))),
                    refusals::too_often(),
                    AppError::Account(AccountError::MobileRegistered),
                ]),
                refusals::wrong_parameters(),
                refusals::invalid(&[Field::Mobile, Field::Id]),
            ]
            .concat_all()
        });

pub(crate) async fn sms_code(
    state: web::Data<State>,
    client: Client,
    body: Json<SmsBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let (Some(id), Some(text)) = (body.captcha_id(), body.captcha_text()) else {
        return Err(RequestFault::WrongFields.into());
    };
    let command = SendSmsCode {
        mobile: Mobile::typed(&body.mobile.0)?,
        purpose: Purpose::Registration,
        captcha: CaptchaId::new(id)?,
        captcha_text: text.to_owned(),
        proof: None,
        client: client.0,
    };
    sms_codes::send(&state.app, &command).await?;
    Ok(done())
}
