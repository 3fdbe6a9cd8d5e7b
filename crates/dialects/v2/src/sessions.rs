//! Signing up, logging in and out, the sessions of a person.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AccountError, App, AppError, SessionError, SmsCodeError,
    sessions::{self, VerifiedLogin},
    standing::LimitedBy,
    users::{self, LogIn, Register, ResetPassword},
};
use minsu_domain::{Means, Mobile, Password, Principal, Role};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    login::{self, SentTokens},
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
        values,
    },
};

use crate::{
    acting::{Session, Site},
    bodies::{LogInBody, ResetBody, SignUpBody},
    dto::{Sessions, UserData},
    fields::{Fields, string, text},
    reply::{Reply, no_content},
    version,
};

/// A person as they see themselves.
pub(crate) async fn oneself(app: &App, viewer: Principal) -> Result<UserData, AppError> {
    let user = users::profile(app, viewer).await?;
    let verified = users::has_identity(app, viewer).await?;
    let version = users::version(app, viewer, &user).await?;
    Ok(UserData::new(app, &user, verified, Some(version)))
}

async fn logged_in(app: &App, login: &VerifiedLogin) -> Result<UserData, AppError> {
    let means = Means::Session { confirmed: true };
    oneself(app, Principal { user: login.user, role: Role::User, means }).await
}

fn used_code() -> Vec<ApiError> {
    [
        refusals::app([AppError::SmsCode(SmsCodeError::Wrong), AppError::Busy("hashing passwords")]),
        refusals::new_password(),
    ]
    .concat_all()
}

pub(crate) const SIGN_UP: Call = Call::post::<UserData>("/users", "sign_up", "Makes an account and logs it in.")
    .says("Signs up with a code that POST /sms-codes sent for `register`; the answer sets the session cookie.")
    .has_location()
    .sets_cookie()
    .with_json::<SignUpBody>()
    .refuses(|| {
        [
            used_code(),
            refusals::app([
                AppError::Account(AccountError::MobileRegistered),
                AppError::Account(AccountError::NameTaken),
            ]),
        ]
        .concat_all()
    });

pub(crate) async fn sign_up(
    site: Site,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    mut body: Fields,
) -> Result<HttpResponse, ApiError> {
    let app = site.app();
    let mobile = body.need("mobile", text(Mobile::typed));
    let sms_code = body.need("sms_code", string);
    let password = body.need("password", password(app));
    let command = || {
        let (mobile, sms_code, password) = (mobile?, sms_code?, password?);
        Some(Register { mobile, sms_code, password, captcha_text: None, client: client.0 })
    };
    let (user, verified_login) = users::register(app, body.finish(command())?).await?;
    let reply = Reply::created("/me", UserData::new(app, &user, false, None));
    login::with_new_session(&site.state, &request, &verified_login, &sent, reply).await
}

/// A new password; the use case makes its value once more, of the text.
fn password(app: &App) -> impl FnOnce(&serde_json::Value) -> Result<String, minsu_web::native_fault::FieldRule> {
    let policy = app.policy.passwords;
    text(move |typed| Password::new(typed.to_owned(), policy).map(|_| typed.to_owned()))
}

pub(crate) const LOG_IN: Call = Call::post::<UserData>("/session", "log_in", "Logs in.")
    .says("Logs in with the mobile and the password; the answer sets a new session cookie.")
    .has_location()
    .sets_cookie()
    .with_json::<LogInBody>()
    .limited_by(LimitedBy::Logins)
    .refuses(|| {
        refusals::app([
            AppError::Session(SessionError::WrongCredentials),
            AppError::Session(SessionError::NotLoggedIn),
            AppError::Busy("hashing passwords"),
            refusals::too_often(),
        ])
    });

pub(crate) async fn log_in(
    site: Site,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    mut body: Fields,
) -> Result<HttpResponse, ApiError> {
    let mobile = body.need("mobile", text(Mobile::typed));
    let password = body.need("password", string);
    let command = || Some(LogIn { mobile: mobile?, password: password?, client: client.0 });
    let verified_login = users::log_in(site.app(), &body.finish(command())?).await?;
    let reply = Reply::created("/session", logged_in(site.app(), &verified_login).await?);
    login::with_new_session(&site.state, &request, &verified_login, &sent, reply).await
}

pub(crate) const SESSION: Call = Call::get::<UserData>("/session", "session", "Who is logged in.")
    .says("The person behind the session cookie; 401 without a session.")
    .needs_login()
    .has_tag()
    .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn session(site: Site, current: Session) -> Result<Reply<UserData>, ApiError> {
    let user = oneself(site.app(), current.principal).await?;
    let tag = version::tag(user.version());
    Ok(Reply::ok(user).with(tag))
}

pub(crate) const LOG_OUT: Call = Call::without_content(Verb::Delete, "/session", "log_out", "Logs out.")
    .says("Ends the session; the answer takes the cookie away.")
    .needs_login()
    .sets_cookie();

pub(crate) async fn log_out(
    site: Site,
    request: HttpRequest,
    _current: Session,
    sent: SentTokens,
) -> Result<HttpResponse, ApiError> {
    login::end_session(&site.state, &request, &sent, no_content()).await
}

pub(crate) const RESET: Call =
    Call::without_content(Verb::Post, "/password-resets", "reset_password", "A new password by an SMS code.")
        .says("Sets a new password with a code that POST /sms-codes sent for `reset`, and ends every session.")
        .with_json::<ResetBody>()
        .refuses(|| [used_code(), refusals::app([AppError::Account(AccountError::NotFound)])].concat_all());

pub(crate) async fn reset(site: Site, client: Client, mut body: Fields) -> Result<HttpResponse, ApiError> {
    let app = site.app();
    let mobile = body.need("mobile", text(Mobile::typed));
    let sms_code = body.need("sms_code", string);
    let password = body.need("password", password(app));
    let id_last4 = body.may("id_last4", string);
    let command = || {
        let (mobile, sms_code, password) = (mobile?, sms_code?, password?);
        Some(ResetPassword { mobile, sms_code, password, id_last4, client: client.0 })
    };
    users::reset_password(app, body.finish(command())?).await?;
    Ok(no_content())
}

pub(crate) const SESSIONS: Call = Call::get::<Sessions>("/me/sessions", "sessions", "One's living sessions.")
    .says("The living sessions, the newest first.")
    .needs_login()
    .leads("/items/0/id", &[("end_session", "id")]);

pub(crate) async fn list(site: Site, current: Session) -> Result<Reply<Sessions>, ApiError> {
    let sessions = sessions::list(site.app(), current.principal, &current.token).await?;
    Ok(Reply::ok(Sessions { items: sessions.into_iter().map(Into::into).collect() }))
}

pub(crate) const END: Call =
    Call::without_content(Verb::Delete, "/me/sessions/{id}", "end_session", "Ends one of one's sessions.")
        .says("Ends a session by its name; its cookie is worth nothing from then on.")
        .needs_login()
        .with_path(Input::new("id", "the session", values::session))
        .refuses(|| refusals::app([AppError::Session(SessionError::NotFound)]));

pub(crate) async fn end(site: Site, current: Session, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    sessions::revoke(site.app(), current.principal, &id).await?;
    Ok(no_content())
}
