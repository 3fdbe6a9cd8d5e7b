//! The picture captcha and the SMS code.

use actix_web::{HttpResponse, http::header, web};
use minsu_application::{
    AppError, CaptchaError, SmsCodeError,
    captchas::{self, CaptchaId, IssueCaptcha, SpeakCaptcha},
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::{Field, Invalid, Mobile};
use minsu_ports::SmsError;
use serde::Deserialize;
use uuid::Uuid;

use super::{envelope::Done, sms_path};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    fields::present,
    openapi::{
        call::{Alias, Call, Input},
        refusals::{self, ConcatAll},
        texts, values,
    },
    state::State,
};

pub(crate) const IMAGE_CODE: Call =
    Call::get_bytes("/imagecode/{id}", "image_code", "image/jpeg", "A new captcha under an id that the client made.")
        .says(texts::CAPTCHA)
        .also(&[Alias::at("/image_codes/{id}")])
        .with_path(Input::new("id", "a UUID made by the client", values::uuid))
        .refuses(|| {
            [
                refusals::app([AppError::Busy("drawing captchas"), refusals::too_often()]),
                refusals::invalid(&[Field::Id]),
            ]
            .concat_all()
        });

pub(crate) async fn image_code(
    state: web::Data<State>,
    client: Client,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let command = IssueCaptcha { id: uuid(&id)?, previous: None, client: client.0 };
    let jpeg = captchas::issue(&state.app, &command).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("image/jpeg").body(jpeg))
}

pub(crate) const IMAGE_CODE_AUDIO: Call = Call::get_bytes(
    "/imagecode/{id}/audio",
    "image_code_audio",
    "audio/wav",
    "A captcha for people who do not see its picture.",
)
.says(
    "The four characters of a picture that was asked for, spoken with pauses, for people who do not see \
        it, where the setting `captcha.audio` is on (else 4002). The setting `captcha.voice` chooses Mandarin or \
        English. It may be heard three times, each time \
        another recording (then 4201), until the captcha is answered or too old: then, and for an id under \
        which no picture was asked for, it answers 4002.",
)
.with_path(Input::new("id", "the id under which the picture was asked for", values::uuid))
.refuses(|| {
    [
        refusals::app([
            AppError::Captcha(CaptchaError::Expired),
            AppError::Captcha(CaptchaError::Spoken),
            AppError::Captcha(CaptchaError::NotSpoken),
            AppError::Busy("speaking captchas"),
            refusals::too_often(),
        ]),
        refusals::invalid(&[Field::Id]),
    ]
    .concat_all()
});

pub(crate) async fn image_code_audio(
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

/// The parameters of the SMS call that may stand in the query; `image_code` and `image_code_id` are
/// the younger pages' names of `text` and `id`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SmsParams {
    #[param(inline, value_type = Option<values::CaptchaText>)]
    text: Option<String>,
    /// Another name of `text`.
    #[param(inline, value_type = Option<values::CaptchaText>)]
    image_code: Option<String>,
    #[param(inline, value_type = Option<values::CaptchaId>)]
    id: Option<String>,
    /// Another name of `id`.
    #[param(inline, value_type = Option<values::CaptchaId>)]
    image_code_id: Option<String>,
    /// `register` (the default), `password` for a new password, or `mobile` for another mobile.
    #[param(inline, value_type = Option<values::Purpose>)]
    purpose: Option<String>,
}

pub(crate) const SMS_CODE: Call =
    Call::get::<Done>("/smscode/{spec:.*}", "send_sms", "Sends a code after an answered captcha.")
        .says(
            "Sends six digits that live for 300 seconds and are burnt after five tries. The captcha is used up, \
        also by a wrong answer. Known and unknown mobiles get the same answer. The spellings that documents \
        002 and 004 print work too: `/smscode/{mobile}&text=…&id=…` and `/smscode/{mobile},text=…,id=…`.",
        )
        .that_changes()
        .documented_as("/smscode/{mobile}")
        .also(&[Alias::at("/sms_codes/{mobile}")])
        .with_path(Input::new("mobile", "", values::mobile))
        .with_query::<SmsParams>()
        .refuses(|| {
            [
                refusals::app([
                    AppError::Captcha(CaptchaError::Expired),
                    AppError::Captcha(CaptchaError::Wrong),
                    AppError::SmsCode(SmsCodeError::NotSent(SmsError::Failed(refusals::cause()))),
                    refusals::too_often(),
                ]),
                refusals::wrong_parameters(),
                refusals::invalid(&[Field::Mobile, Field::Id]),
            ]
            .concat_all()
        });

pub(crate) async fn sms_code(
    state: web::Data<State>,
    client: Client,
    path: web::Path<String>,
    query: web::Query<SmsParams>,
) -> Result<Done, ApiError> {
    let SmsParams { text, image_code, id, image_code_id, purpose } = query.into_inner();
    let asked = sms_path::parse(&path, text.or(image_code), id.or(image_code_id));
    let mobile = Mobile::new(&asked.mobile)?;
    let purpose = match present(&purpose) {
        None | Some("register") => Purpose::Registration,
        Some("password") => Purpose::PasswordReset,
        Some("mobile") => Purpose::MobileChange,
        Some(_) => return Err(RequestFault::WrongFields.into()),
    };
    let (Some(captcha_text), Some(id)) = (asked.text, asked.id) else {
        return Err(RequestFault::WrongFields.into());
    };
    let captcha = CaptchaId::new(&id)?;
    let command = SendSmsCode { mobile, purpose, captcha, captcha_text, proof: None, client: client.0 };
    sms_codes::send(&state.app, &command).await?;
    Ok(Done::saying("发送成功"))
}
