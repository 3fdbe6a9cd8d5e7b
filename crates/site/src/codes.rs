//! SMS codes in two steps, for a new account and for a new password: first the picture captcha and the mobile number,
//! then the code.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::{StatusCode, header},
    web,
};
use askama::Template;
use minsu_application::{
    App, AppError, ClientAddress,
    captchas::{self, CaptchaId, SpeakCaptcha},
    dev_codes,
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::{Mobile, Password};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    cookies,
    state::State,
};

use crate::{
    cookie, fault,
    form::Fields,
    frame::{self, Frame},
    headers, local,
};

/// The cookie that keeps the mobile number between the two steps: an address of a page is written to histories and
/// logs.
const COOKIE: &str = "minsu_mobile";

/// How long the second step may take.
const STEP: Duration = Duration::minutes(15);

/// The path of the first step; the second one is below it.
const fn path(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Registration => "/signup",
        Purpose::PasswordReset | Purpose::MobileChange => "/reset",
    }
}

#[derive(Template)]
#[template(path = "ask_code.html")]
struct AskPage {
    f: Frame,
    signing_up: bool,
    action: &'static str,
    captcha: String,
    audio: bool,
    mobile: String,
    next: String,
}

/// The first step: a new captcha, and what was typed before.
///
/// # Errors
/// Those of [`captchas::keep`].
pub async fn ask(
    state: &State,
    request: &HttpRequest,
    client: ClientAddress,
    purpose: Purpose,
    typed: &Fields,
    refused: Option<&'static str>,
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let captcha = captchas::keep(app, client).await?;
    let mut frame = Frame::of(request, state);
    frame.dev_code = dev_codes::captcha(app, &captcha).await;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(sentence) = refused {
        frame = frame.refused(sentence);
    }
    let page = AskPage {
        f: frame,
        signing_up: purpose == Purpose::Registration,
        action: path(purpose),
        captcha: captcha.as_str().to_owned(),
        audio: app.policy.captcha_audio,
        mobile: typed.get("mobile").chars().take(20).collect(),
        next: local::after_login(typed.get("next")).to_owned(),
    };
    frame::personal(request, state, status, &page, &page.f)
}

/// Sends the code and leads to the second step.
///
/// # Errors
/// What the form cannot mend.
pub async fn send(
    state: &State,
    request: &HttpRequest,
    client: ClientAddress,
    purpose: Purpose,
    form: &Fields,
) -> Result<HttpResponse, ApiError> {
    match sent(&state.app, client, purpose, form).await {
        Ok(mobile) => {
            let next = local::encoded(local::after_login(form.get("next")));
            let mut response = local::redirect(&format!("{}/code?next={next}", path(purpose)));
            add_cookie(&mut response, state, mobile.as_str(), STEP)?;
            Ok(response)
        }
        Err(error) => {
            let sentence = fault::above_the_form(error, crate::language::of(request))?;
            ask(state, request, client, purpose, form, Some(sentence)).await
        }
    }
}

async fn sent(app: &App, client: ClientAddress, purpose: Purpose, form: &Fields) -> Result<Mobile, ApiError> {
    let mobile = Mobile::typed(form.get("mobile"))?;
    let command = SendSmsCode {
        mobile: mobile.clone(),
        purpose,
        captcha: CaptchaId::new(form.get("captcha_id"))?,
        captcha_text: form.get("captcha").trim().to_owned(),
        proof: None,
        client,
    };
    sms_codes::send(app, &command).await?;
    Ok(mobile)
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    f: Frame,
    signing_up: bool,
    action: &'static str,
    again: &'static str,
    mobile: String,
    next: String,
    least: usize,
}

/// The second step; without a first one it leads there.
///
/// # Errors
/// A defect.
pub async fn code(
    state: &State,
    request: &HttpRequest,
    purpose: Purpose,
    typed: &Fields,
    refused: Option<&'static str>,
) -> Result<HttpResponse, ApiError> {
    let Some(mobile) = mobile(request, state) else { return Ok(local::redirect(path(purpose))) };
    let mut frame = Frame::of(request, state);
    frame.dev_code = dev_codes::sms(&state.app, &mobile).await;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(sentence) = refused {
        frame = frame.refused(sentence);
    }
    let signing_up = purpose == Purpose::Registration;
    let page = CodePage {
        f: frame,
        signing_up,
        action: if signing_up { "/signup/code" } else { "/reset/code" },
        again: path(purpose),
        mobile: mobile.masked(),
        next: local::after_login(typed.get("next")).to_owned(),
        least: Password::MIN_CHARS,
    };
    frame::personal(request, state, status, &page, &page.f)
}

/// The mobile number of the first step.
pub fn mobile(request: &HttpRequest, state: &State) -> Option<Mobile> {
    let name = cookie::name(state, COOKIE);
    cookies::values(request, &name).find_map(|value| Mobile::new(str::from_utf8(value).ok()?).ok())
}

/// Forgets the mobile number of the first step.
///
/// # Errors
/// A defect.
pub fn forget(response: &mut HttpResponse, state: &State) -> Result<(), ApiError> {
    add_cookie(response, state, "", Duration::ZERO)
}

fn add_cookie(response: &mut HttpResponse, state: &State, value: &str, age: Duration) -> Result<(), ApiError> {
    let cookie = Cookie::build(cookie::name(state, COOKIE), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.http.secure_cookies)
        .max_age(age)
        .finish();
    response.add_cookie(&cookie).map_err(|error| AppError::Internal(error.into()))?;
    Ok(())
}

/// `GET /captcha/{id}.jpg` and `GET /captcha/{id}.wav`: a captcha of a form, to be seen or heard.
pub async fn captcha(
    state: web::Data<State>,
    client: Client,
    file: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, ending) = file.rsplit_once('.').ok_or(RequestFault::UnknownPath)?;
    let id = CaptchaId::new(id).map_err(|_| RequestFault::UnknownPath)?;
    let (kind, bytes) = match ending {
        "jpg" => ("image/jpeg", captchas::picture(&state.app, &id).await?),
        "wav" => ("audio/wav", captchas::speak(&state.app, &SpeakCaptcha { id, client: client.0 }).await?),
        _ => return Err(RequestFault::UnknownPath.into()),
    };
    let mut response =
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(kind).body(bytes);
    headers::protect(&mut response, "default-src 'none'; frame-ancestors 'none'");
    Ok(response)
}
