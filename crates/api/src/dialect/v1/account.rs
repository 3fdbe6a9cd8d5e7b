//! What people do with their account: sessions, password, their data, leaving.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AppError, sessions,
    users::{self, ChangePassword, ResetPassword},
};
use minsu_domain::Mobile;

use super::{
    account_dto::{ChangePasswordBody, DeleteAccountBody, ExportData, ResetPasswordBody, SessionRow, SessionsData},
    envelope::{Done, Reply},
};
use crate::http::{
    api_error::ApiError,
    client_address::Client,
    login::{self, LoggedIn, SentToken},
    state::State,
};

/// One's own sessions, the newest first.
#[utoipa::path(get, path = "/user/sessions", tag = "v1", operation_id = "v1_user_sessions", responses((status = 200, body = Reply<SessionsData>)))]
pub async fn sessions(
    state: web::Data<State>,
    viewer: LoggedIn,
    sent: SentToken,
) -> Result<Reply<SessionsData>, ApiError> {
    let current = sent.0.ok_or(AppError::NotLoggedIn)?;
    let found = sessions::list(&state.app, viewer.0, &current).await?;
    let sessions = found.iter().map(|session| SessionRow::new(&state.app, session)).collect();
    Ok(Reply::new(SessionsData { sessions }))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/user/sessions/{id}", tag = "v1", operation_id = "v1_end_user_session",
    params(("id" = String, Path, description = "the session, as the list names it")),
    responses((status = 200, body = Done)))]
pub async fn end_session(state: web::Data<State>, viewer: LoggedIn, id: web::Path<String>) -> Result<Done, ApiError> {
    sessions::revoke(&state.app, viewer.0, &id).await?;
    Ok(Done::OK)
}

/// Takes another password; all other sessions end.
#[utoipa::path(put, path = "/user/password", tag = "v1", operation_id = "v1_change_password", request_body = ChangePasswordBody,
    responses((status = 200, body = Done)))]
pub async fn change_password(
    state: web::Data<State>,
    viewer: LoggedIn,
    sent: SentToken,
    body: web::Json<ChangePasswordBody>,
) -> Result<Done, ApiError> {
    let current = sent.0.ok_or(AppError::NotLoggedIn)?;
    let body = body.into_inner();
    let command = ChangePassword { old: body.old_password, new: body.password };
    users::change_password(&state.app, viewer.0, &current, command).await?;
    Ok(Done::OK)
}

/// Sets a new password by an SMS code that was sent for it; all sessions end.
#[utoipa::path(post, path = "/user/password/reset", tag = "v1", operation_id = "v1_reset_password", request_body = ResetPasswordBody,
    responses((status = 200, body = Done)))]
pub async fn reset_password(
    state: web::Data<State>,
    client: Client,
    body: web::Json<ResetPasswordBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let command = ResetPassword {
        mobile: Mobile::new(&body.mobile)?,
        sms_code: body.sms_code.0,
        password: body.password,
        client: client.0,
    };
    users::reset_password(&state.app, command).await?;
    Ok(Done::OK)
}

/// Everything that the site knows of oneself.
#[utoipa::path(get, path = "/user/export", tag = "v1", operation_id = "v1_export", responses((status = 200, body = Reply<ExportData>)))]
pub async fn export(state: web::Data<State>, viewer: LoggedIn, sent: SentToken) -> Result<Reply<ExportData>, ApiError> {
    let current = sent.0.ok_or(AppError::NotLoggedIn)?;
    let export = users::export(&state.app, viewer.0, &current).await?;
    Ok(Reply::new(ExportData::new(&state.app, export)))
}

/// Erases one's account. It takes the password again, and no order may be open.
#[utoipa::path(delete, path = "/user", tag = "v1", operation_id = "v1_delete_account", request_body = DeleteAccountBody,
    responses((status = 200, body = Done)))]
pub async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    body: web::Json<DeleteAccountBody>,
) -> Result<HttpResponse, ApiError> {
    users::delete_account(&state.app, viewer.0, &body.password).await?;
    login::without_session(&state, &request, Done::OK)
}
