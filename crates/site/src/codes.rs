//! SMS codes in two steps, for a new account and for a new password: first the picture captcha and the mobile number,
//! then the code.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
    web,
};
use askama::Template;
use minsu_application::{
    App, AppError, ClientAddress,
    captchas::{self, CaptchaId, SpeakCaptcha},
    dev_codes,
    proof::{self, Challenge},
    sms_codes::{self, Purpose, SendSmsCode},
};
use minsu_domain::{Mobile, Password};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    cookies,
    proof::solution,
    state::State,
};

use crate::{
    answer::answer,
    cookie,
    form::{Fields, VisitorForm},
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
    /// The challenge of a site that demands a proof of work with each message.
    proof: Option<Challenge>,
    mobile: String,
    next: String,
}

/// What the pages of a path are for.
fn purpose(request: &HttpRequest) -> Purpose {
    if request.path().starts_with(path(Purpose::Registration)) { Purpose::Registration } else { Purpose::PasswordReset }
}

/// `GET /signup` and `GET /reset`
pub async fn look(state: web::Data<State>, request: HttpRequest, client: Client) -> Result<HttpResponse, ApiError> {
    ask(&state, &request, client.0, &Fields::of_query(&request), Frame::of(&request, &state)).await
}

/// The first step: a new captcha, and what was typed before.
async fn ask(
    state: &State,
    request: &HttpRequest,
    client: ClientAddress,
    typed: &Fields,
    mut frame: Frame,
) -> Result<HttpResponse, ApiError> {
    let (app, purpose) = (&state.app, purpose(request));
    let captcha = captchas::keep(app, client).await?;
    frame.dev_code = dev_codes::captcha(app, &captcha).await;
    let page = AskPage {
        f: frame,
        signing_up: purpose == Purpose::Registration,
        action: path(purpose),
        captcha: captcha.as_str().to_owned(),
        audio: app.policy.captcha_audio,
        proof: proof::challenge(app).await?,
        mobile: typed.get("mobile").chars().take(20).collect(),
        next: local::after_login(typed.get("next")).to_owned(),
    };
    frame::personal(request, state, &page, &page.f)
}

/// `POST /signup` and `POST /reset`: sends the code and leads to the second step.
pub async fn send(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: VisitorForm,
) -> Result<HttpResponse, ApiError> {
    let (fields, purpose) = (&form.0, purpose(&request));
    let done = sent(&state.app, client.0, purpose, fields).await.and_then(|mobile| {
        let next = local::encoded(local::after_login(fields.get("next")));
        let mut response = local::redirect(&format!("{}/code?next={next}", path(purpose)));
        add_cookie(&mut response, &state, mobile.as_str(), STEP)?;
        Ok(response)
    });
    answer(&state, &request, done, async |frame| ask(&state, &request, client.0, fields, frame).await).await
}

async fn sent(app: &App, client: ClientAddress, purpose: Purpose, form: &Fields) -> Result<Mobile, ApiError> {
    let mobile = Mobile::typed(form.get("mobile"))?;
    let command = SendSmsCode {
        mobile: mobile.clone(),
        purpose,
        captcha: CaptchaId::new(form.get("captcha_id"))?,
        captcha_text: form.get("captcha").trim().to_owned(),
        proof: form.filled("proof_of_work").and_then(solution),
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

/// `GET /signup/code` and `GET /reset/code`; without a first step it leads there.
pub async fn look_at_code(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(mobile) = mobile(&request, &state) else { return Ok(local::redirect(path(purpose(&request)))) };
    code(&state, &request, &mobile, &Fields::of_query(&request), Frame::of(&request, &state)).await
}

/// `POST /signup/code` and `POST /reset/code`: the second step does what it is for with the mobile number of the first
/// one, and forgets it.
///
/// # Errors
/// What the form cannot mend.
pub async fn redeem(
    state: &State,
    request: &HttpRequest,
    fields: &Fields,
    done: impl AsyncFnOnce(Mobile) -> Result<HttpResponse, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let Some(mobile) = mobile(request, state) else { return Ok(local::redirect(path(purpose(request)))) };
    let done = done(mobile.clone()).await.and_then(|mut response| {
        add_cookie(&mut response, state, "", Duration::ZERO)?;
        Ok(response)
    });
    answer(state, request, done, async |frame| code(state, request, &mobile, fields, frame).await).await
}

/// The second step: the code and a password.
async fn code(
    state: &State,
    request: &HttpRequest,
    mobile: &Mobile,
    typed: &Fields,
    mut frame: Frame,
) -> Result<HttpResponse, ApiError> {
    let purpose = purpose(request);
    frame.dev_code = dev_codes::sms(&state.app, mobile).await;
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
    frame::personal(request, state, &page, &page.f)
}

/// The mobile number of the first step.
fn mobile(request: &HttpRequest, state: &State) -> Option<Mobile> {
    let name = cookie::name(state, COOKIE);
    cookies::values(request, &name).find_map(|value| Mobile::new(str::from_utf8(value).ok()?).ok())
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
