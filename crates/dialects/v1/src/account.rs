//! Calls on the user's own account: sessions, password, data export, deletion.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AccountError, AppError, SessionError, SmsCodeError, sessions,
    users::{self, ChangeMobile, ChangePassword, MobileProof, ResetPassword},
};
use minsu_domain::{Field, Mobile};

use super::{
    account_dto::{
        ChangeMobileBody, ChangePasswordBody, DeleteAccountBody, ExportData, Exported, ResetPasswordBody, SessionRow,
        SessionsData,
    },
    envelope::{Done, Reply},
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    export::{self, ExportRequest},
    json::Json,
    login::{self, CurrentSession, LoggedIn},
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
        values,
    },
    state::State,
};

pub(crate) const SESSIONS: Call =
    Call::get::<Reply<SessionsData>>("/user/sessions", "user_sessions", "One's own sessions, the newest first.")
        .says("One's own sessions, the newest first; sixteen at most.")
        .needs_login();

pub(crate) async fn sessions(
    state: web::Data<State>,
    current: CurrentSession,
) -> Result<Reply<SessionsData>, ApiError> {
    let found = sessions::list(&state.app, current.principal, &current.token).await?;
    let sessions = found.iter().map(|session| SessionRow::new(&state.app, session)).collect();
    Ok(Reply::new(SessionsData { sessions }))
}

pub(crate) const END_SESSION: Call =
    Call::delete::<Done>("/user/sessions/{id}", "end_user_session", "Ends one of one's own sessions.")
        .says("Ends one of one's own sessions; 4002 for one that is not there.")
        .needs_login()
        .with_path(Input::new("id", "the session, as the list names it", values::session))
        .refuses(|| refusals::app([AppError::Session(SessionError::NotFound)]));

pub(crate) async fn end_session(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<Done, ApiError> {
    sessions::revoke(&state.app, viewer.0, &id).await?;
    Ok(Done::OK)
}

pub(crate) const CHANGE_PASSWORD: Call =
    Call::put::<Done>("/user/password", "change_password", "Takes another password; all other sessions end.")
        .says("Takes another password and ends all other sessions. A wrong old one answers 4106.")
        .needs_login()
        .with_json::<ChangePasswordBody>()
        .refuses(|| {
            [refusals::app([AppError::Account(AccountError::NotFound)]), refusals::password_check()].concat_all()
        });

pub(crate) async fn change_password(
    state: web::Data<State>,
    current: CurrentSession,
    body: Json<ChangePasswordBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let command = ChangePassword { old: body.old_password, new: body.password };
    users::change_password(&state.app, current.principal, &current.token, command).await?;
    Ok(Done::OK)
}

pub(crate) const RESET_PASSWORD: Call = Call::post::<Done>(
    "/user/password/reset",
    "reset_password",
    "Sets a new password by an SMS code that was sent for it; all sessions end.",
)
.says(
    "Sets a new password by an SMS code that was asked for with `purpose=password`, and ends all \
        sessions. A mobile without an account answers 4104. A verified account is reset from an address that it was \
        used from within 30 days, or with `id_last4` (4105 without).",
)
.with_json::<ResetPasswordBody>()
.refuses(|| {
    [
        refusals::app([
            AppError::SmsCode(SmsCodeError::Expired),
            AppError::SmsCode(SmsCodeError::Wrong),
            AppError::Account(AccountError::NotFound),
            AppError::Account(AccountError::IdentityProofNeeded),
            AppError::Account(AccountError::IdentityProofWrong),
        ]),
        refusals::password_check(),
        refusals::invalid(&[Field::Mobile]),
    ]
    .concat_all()
});

pub(crate) async fn reset_password(
    state: web::Data<State>,
    client: Client,
    body: Json<ResetPasswordBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let command = ResetPassword {
        mobile: Mobile::typed(&body.mobile)?,
        sms_code: body.sms_code.0,
        password: body.password,
        id_last4: body.id_last4.map(|typed| typed.0),
        client: client.0,
    };
    users::reset_password(&state.app, command).await?;
    Ok(Done::OK)
}

pub(crate) const CHANGE_MOBILE: Call = Call::put::<Done>(
    "/user/mobile",
    "change_mobile",
    "Takes another mobile; all other sessions end.",
)
.says(
    "Takes another mobile, by a code that was sent to it with `purpose=mobile`, and the password or a code that \
        was sent to the old mobile with the same purpose. All other sessions end. A mobile that has an account answers \
        4003.",
)
.needs_login()
.with_json::<ChangeMobileBody>()
.refuses(|| {
    [
        refusals::app([
            AppError::SmsCode(SmsCodeError::Expired),
            AppError::SmsCode(SmsCodeError::Wrong),
            AppError::Account(AccountError::SameMobile),
            AppError::Account(AccountError::MobileRegistered),
            AppError::Account(AccountError::NotFound),
        ]),
        refusals::password_check(),
        refusals::invalid(&[Field::Mobile]),
    ]
    .concat_all()
});

pub(crate) async fn change_mobile(
    state: web::Data<State>,
    client: Client,
    current: CurrentSession,
    body: Json<ChangeMobileBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let proof = match (body.password, body.old_sms_code) {
        (Some(password), _) => MobileProof::Password(password),
        (None, Some(code)) => MobileProof::OldMobileCode(code.0),
        (None, None) => return Err(RequestFault::WrongFields.into()),
    };
    let mobile = Mobile::typed(&body.mobile)?;
    let command = ChangeMobile { mobile, sms_code: body.sms_code.0, proof, client: client.0 };
    users::change_mobile(&state.app, current.principal, &current.token, command).await?;
    Ok(Done::OK)
}

pub(crate) const EXPORT: Call =
    Call::get::<Reply<ExportData>>("/user/export", "export", "Everything that the site knows of oneself.")
        .says("Everything that the site knows of oneself, in one piece. The identity number is masked.")
        .needs_login()
        .refuses(refusals::exports);

pub(crate) async fn export(
    state: web::Data<State>,
    client: Client,
    current: CurrentSession,
) -> Result<HttpResponse, ApiError> {
    let CurrentSession { principal, token } = current;
    export::send::<Exported>(&state, ExportRequest { viewer: principal, session: token, client: client.0 }).await
}

pub(crate) const DELETE: Call = Call::delete::<Done>(
    "/user",
    "delete_account",
    "Erases one's account. It takes the password again, and no order may be open.",
)
.says(
    "Erases the account, for good: mobile, password, portrait, real name, houses. Orders and comments \
        stay under a replacement for the name. A wrong password answers 4106, orders that are not over 4004. \
        The answer drops the session cookie.",
)
.needs_login()
.with_json::<DeleteAccountBody>()
.refuses(|| {
    [
        refusals::app([
            AppError::Account(AccountError::NotFound),
            AppError::Account(AccountError::OrdersOpen(Vec::new())),
        ]),
        refusals::password_check(),
    ]
    .concat_all()
});

pub(crate) async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    body: Json<DeleteAccountBody>,
) -> Result<HttpResponse, ApiError> {
    users::delete_account(&state.app, viewer.0, &body.password).await?;
    login::without_session(&state, &request, Done::OK)
}
