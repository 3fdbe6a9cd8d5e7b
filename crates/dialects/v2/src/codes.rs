//! Captchas and SMS codes.

use actix_web::{HttpResponse, web};
use minsu_application::{
    AppError, CaptchaError, SmsCodeError,
    captchas::{self, CaptchaId, SpeakCaptcha},
    proof,
    sms_codes::{self, Purpose, SendSmsCode},
    standing::LimitedBy,
};
use minsu_domain::Mobile;
use minsu_ports::SmsError;
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
    proof::solution,
};

use crate::{
    acting::Site,
    bodies::SmsCodeBody,
    dto::CaptchaData,
    fields::{Fields, string, text},
    names::PREFIX,
    reply::Reply,
    values,
};

fn busy_or_too_often(work: &'static str) -> Vec<ApiError> {
    refusals::app([AppError::Busy(work), refusals::too_often()])
}

pub(crate) const CAPTCHA: Call = Call::post::<CaptchaData>("/captchas", "create_captcha", "A new captcha.")
    .says(
        "A captcha of four characters, upper and lower case the same when they are answered. It can be answered \
         once within 180 seconds, rightly or wrongly. Where the site demands a proof of work with each SMS, a \
         challenge comes with it, which can be solved within 600 seconds and once.",
    )
    .has_location()
    .limited_by(LimitedBy::Captchas)
    .refuses(|| busy_or_too_often("drawing captchas"))
    .leads("/id", &[("captcha_image", "id"), ("captcha_audio", "id")]);

pub(crate) async fn captcha(site: Site, client: Client) -> Result<Reply<CaptchaData>, ApiError> {
    let id = captchas::keep(site.app(), client.0).await?;
    let path = |kind| format!("/captchas/{}.{kind}", id.as_str());
    let below = |kind| format!("{PREFIX}{}", path(kind));
    let proof_of_work = proof::challenge(site.app()).await?.map(Into::into);
    let data = CaptchaData { id: id.as_str().to_owned(), image: below("jpg"), audio: below("wav"), proof_of_work };
    Ok(Reply::created(&path("jpg"), data))
}

const ID: Input = Input::new("id", "the captcha", values::captcha);

pub(crate) const IMAGE: Call =
    Call::get_bytes("/captchas/{id}.jpg", "captcha_image", "image/jpeg", "The picture of a captcha.")
        .says("The picture, for as long as the captcha can be answered.")
        .with_path(ID)
        .refuses(not_there);

fn not_there() -> Vec<ApiError> {
    vec![RequestFault::UnknownPath.into()]
}

/// What is too old is not there, like what never was.
fn missing(error: AppError) -> ApiError {
    match error {
        AppError::Captcha(CaptchaError::Expired) => RequestFault::UnknownPath.into(),
        error => error.into(),
    }
}

fn named(id: &str) -> Result<CaptchaId, ApiError> {
    CaptchaId::new(id).map_err(|_| RequestFault::UnknownPath.into())
}

pub(crate) async fn image(site: Site, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let jpeg = captchas::picture(site.app(), &named(&id)?).await.map_err(missing)?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(jpeg))
}

pub(crate) const AUDIO: Call =
    Call::get_bytes("/captchas/{id}.wav", "captcha_audio", "audio/wav", "The captcha, spoken.")
        .says("The recording, at most three times for one captcha. Each counts as a captcha.")
        .with_path(ID)
        .limited_by(LimitedBy::Captchas)
        .refuses(|| {
            [
                not_there(),
                refusals::app([AppError::Captcha(CaptchaError::Spoken)]),
                busy_or_too_often("speaking captchas"),
            ]
            .concat_all()
        });

pub(crate) async fn audio(site: Site, client: Client, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let command = SpeakCaptcha { id: named(&id)?, client: client.0 };
    let wav = captchas::speak(site.app(), &command).await.map_err(missing)?;
    Ok(HttpResponse::Ok().content_type("audio/wav").body(wav))
}

pub(crate) const SMS_CODE: Call =
    Call::without_content(Verb::Post, "/sms-codes", "send_sms_code", "Sends a code to a mobile.")
        .says(
            "Sends a code of six digits after an answered captcha, to sign up (`register`) or for a new password \
             (`reset`). Known and unknown mobiles get the same answer, unless `classic.tell_registered` is on. Where \
             the captcha came with `proof_of_work`, its solution is demanded; without a right one the answer is that \
             of a wrong captcha.",
        )
        .with_status(202)
        .with_json::<SmsCodeBody>()
        .limited_by(LimitedBy::SmsCodes)
        .refuses(|| {
            refusals::app([
                AppError::Captcha(CaptchaError::Wrong),
                AppError::Account(minsu_application::AccountError::MobileRegistered),
                AppError::SmsCode(SmsCodeError::NotSent(SmsError::Failed(refusals::cause()))),
                refusals::too_often(),
            ])
        });

pub(crate) async fn sms_code(site: Site, client: Client, mut body: Fields) -> Result<HttpResponse, ApiError> {
    let mobile = body.need("mobile", text(Mobile::typed));
    let purpose = body.need("purpose", |value| match value.as_str() {
        Some("register") => Ok(Purpose::Registration),
        Some("reset") => Ok(Purpose::PasswordReset),
        Some("mobile") => Ok(Purpose::MobileChange),
        Some(_) => Err(FieldRule::Format),
        None => Err(FieldRule::Type),
    });
    let captcha = body.need("captcha_id", text(CaptchaId::new));
    let captcha_text = body.need("captcha_text", string);
    let solved = body.may("proof_of_work", string);
    let command = || {
        Some(SendSmsCode {
            mobile: mobile?,
            purpose: purpose?,
            captcha: captcha?,
            captcha_text: captcha_text?,
            proof: solved.as_deref().and_then(solution),
            client: client.0,
        })
    };
    sms_codes::send(site.app(), &body.finish(command())?).await?;
    Ok(HttpResponse::Accepted().finish())
}
