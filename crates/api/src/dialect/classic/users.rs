//! Signing up, logging in and out, the profile, the real name.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AppError,
    users::{self, LogIn, Register, VerifyIdentity},
};
use minsu_domain::{Mobile, UserName};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    ClassicData,
    dto::{IdentityBody, IdentityData, LogInBody, RegisterBody, RenameBody, UserData},
    envelope::{Data, Nothing, Reply, done},
};
use crate::{
    dialect::present,
    http::{
        api_error::{ApiError, RequestFault},
        client_address::Client,
        login::{self, LoggedIn, SentToken},
        state::State,
        upload::Upload,
    },
};

/// Makes an account and logs it in.
#[utoipa::path(post, path = "/register", tag = "classic", operation_id = "classic_register",
    request_body = RegisterBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn register(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentToken,
    body: web::Json<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    if body.password2.is_some_and(|again| again != body.password) {
        return Err(RequestFault::WrongFields.into());
    }
    let command = Register {
        mobile: Mobile::new(&body.mobile.0)?,
        sms_code: body.phonecode.0,
        password: body.password,
        captcha_text: body.image_code_text.map(|text| text.0),
        client: client.0,
    };
    let (_, admission) = users::register(&state.app, command).await?;
    login::with_new_session(&state, &request, &admission, &sent, done()).await
}

/// Logs in.
#[utoipa::path(post, path = "/login", tag = "classic", operation_id = "classic_log_in",
    request_body = LogInBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn log_in(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentToken,
    body: web::Json<LogInBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let command = LogIn { mobile: Mobile::new(&body.mobile.0)?, password: body.password, client: client.0 };
    let admission = users::log_in(&state.app, &command).await?;
    login::with_new_session(&state, &request, &admission, &sent, done()).await
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckLogin {
    data: Value,
    name: String,
}

/// Who is logged in.
#[utoipa::path(get, path = "/check_login", tag = "classic", operation_id = "classic_session",
    responses((status = 200, body = Reply<CheckLogin>)))]
pub async fn check_login(
    state: web::Data<State>,
    viewer: Result<LoggedIn, ApiError>,
) -> Result<Reply<CheckLogin>, ApiError> {
    let user = users::profile(&state.app, or_no_session(viewer)?.0).await?;
    let name = user.name.as_str().to_owned();
    let data = match state.http.classic_data {
        ClassicData::Documented => json!(name),
        ClassicData::Pages => json!({ "name": name }),
    };
    Ok(Reply::new(CheckLogin { data, name }))
}

/// Logs out.
#[utoipa::path(get, path = "/logout", tag = "classic", operation_id = "classic_log_out",
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn log_out(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: Result<LoggedIn, ApiError>,
    sent: SentToken,
) -> Result<HttpResponse, ApiError> {
    or_no_session(viewer)?;
    login::end_session(&state, &request, &sent, done()).await
}

/// These two calls answer 4102 without a login, not 4101.
fn or_no_session(viewer: Result<LoggedIn, ApiError>) -> Result<LoggedIn, ApiError> {
    viewer.map_err(|error| match error {
        ApiError::App(AppError::NotLoggedIn) => ApiError::NoSession,
        error => error,
    })
}

/// One's own profile.
#[utoipa::path(get, path = "/profile", tag = "classic", operation_id = "classic_profile",
    responses((status = 200, body = Reply<Data<UserData>>)))]
pub async fn profile(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<Data<UserData>>, ApiError> {
    let user = users::profile(&state.app, viewer.0).await?;
    Ok(Reply::new(Data { data: UserData::new(&state.app, &user) }))
}

/// A stored portrait.
#[derive(Debug, Serialize, ToSchema)]
pub struct Avatar {
    data: Value,
    url: String,
    avatar: String,
}

/// Uploads a portrait; document 000 spells the field `avater` in its example.
#[utoipa::path(post, path = "/profile/avatar", tag = "classic", operation_id = "classic_set_avatar",
    request_body(content_type = "multipart/form-data", content = Vec<u8>),
    responses((status = 200, body = Reply<Avatar>)))]
pub async fn set_avatar(
    state: web::Data<State>,
    viewer: LoggedIn,
    multipart: Multipart,
) -> Result<Reply<Avatar>, ApiError> {
    let upload = Upload::read(multipart, state.http.upload_limit).await?;
    let key = users::set_avatar(&state.app, viewer.0, upload.single_file(&["avatar", "avater"])?).await?;
    let url = present::picture(&state.app, Some(&key));
    let data = match state.http.classic_data {
        ClassicData::Documented => json!({ "pic_url": url, "user_id": viewer.0.get() }),
        ClassicData::Pages => json!(url),
    };
    Ok(Reply::new(Avatar { data, avatar: url.clone(), url }))
}

/// Takes another name.
#[utoipa::path(post, path = "/profile/name", tag = "classic", operation_id = "classic_rename",
    request_body = RenameBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn rename(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<RenameBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let name = UserName::new(body.name().ok_or(RequestFault::WrongFields)?)?;
    users::rename(&state.app, viewer.0, &name).await?;
    Ok(done())
}

/// One's own real-name data.
#[utoipa::path(get, path = "/profile/auth", tag = "classic", operation_id = "classic_identity",
    responses((status = 200, body = Reply<Data<IdentityData>>)))]
pub async fn identity(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<Data<IdentityData>>, ApiError> {
    let data = match users::identity(&state.app, viewer.0).await? {
        Some(identity) => IdentityData { real_name: Some(identity.real_name), id_card: Some(identity.id_card) },
        None => IdentityData::default(),
    };
    Ok(Reply::new(Data { data }))
}

/// Writes the real name, once.
#[utoipa::path(post, path = "/profile/auth", tag = "classic", operation_id = "classic_verify_identity",
    request_body = IdentityBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn verify_identity(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<IdentityBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let body = body.into_inner();
    let command = VerifyIdentity { real_name: body.real_name, id_card: body.id_card.0 };
    users::verify_identity(&state.app, viewer.0, &command).await?;
    Ok(done())
}
