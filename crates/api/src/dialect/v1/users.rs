//! Signing up, logging in and out, the profile, the real name.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AppError,
    users::{self, LogIn, Register, VerifyIdentity},
};
use minsu_domain::{Mobile, UserName};

use super::{
    dto::{
        AvatarData, IdentityBody, IdentityData, LogInBody, NameData, RegisterBody, RenameBody, SessionData, UserData,
        UserIdData,
    },
    envelope::{Done, Reply},
};
use crate::{
    dialect::present,
    http::{
        api_error::ApiError,
        client_address::Client,
        login::{self, LoggedIn, SentToken},
        state::State,
        upload::Upload,
    },
};

/// Makes an account and logs it in.
#[utoipa::path(post, path = "/users", tag = "v1", operation_id = "v1_register", request_body = RegisterBody,
    responses((status = 200, body = Reply<UserData>)))]
pub async fn register(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentToken,
    body: web::Json<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let command = Register {
        mobile: Mobile::new(&body.mobile)?,
        sms_code: body.sms_code.0,
        password: body.password,
        captcha_text: None,
        client: client.0,
    };
    let (user, admission) = users::register(&state.app, command).await?;
    let reply = Reply::new(UserData::new(&state.app, &user));
    login::with_new_session(&state, &request, &admission, &sent, reply).await
}

/// Logs in.
#[utoipa::path(post, path = "/sessions", tag = "v1", operation_id = "v1_log_in", request_body = LogInBody,
    responses((status = 200, body = Reply<UserIdData>)))]
pub async fn log_in(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentToken,
    body: web::Json<LogInBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let command = LogIn { mobile: Mobile::new(&body.mobile)?, password: body.password, client: client.0 };
    let admission = users::log_in(&state.app, &command).await?;
    let reply = Reply::new(UserIdData { user_id: admission.user.get() });
    login::with_new_session(&state, &request, &admission, &sent, reply).await
}

/// Whether somebody is logged in.
#[utoipa::path(get, path = "/session", tag = "v1", operation_id = "v1_session", responses((status = 200, body = Reply<SessionData>)))]
pub async fn session(
    state: web::Data<State>,
    viewer: Result<LoggedIn, ApiError>,
) -> Result<Reply<SessionData>, ApiError> {
    // The pages read this sentence, and it is "false" for nobody.
    let viewer = viewer.map_err(|error| match error {
        ApiError::App(AppError::NotLoggedIn) => ApiError::NoSession,
        error => error,
    })?;
    let user = users::profile(&state.app, viewer.0).await?;
    let data = SessionData { user_id: user.id.get(), name: user.name.as_str().to_owned() };
    Ok(Reply::new(data).saying("true"))
}

/// Logs out.
#[utoipa::path(delete, path = "/session", tag = "v1", operation_id = "v1_log_out", responses((status = 200, body = Done)))]
pub async fn log_out(
    state: web::Data<State>,
    request: HttpRequest,
    _viewer: LoggedIn,
    sent: SentToken,
) -> Result<HttpResponse, ApiError> {
    login::end_session(&state, &request, &sent, Done::OK).await
}

/// One's own profile.
#[utoipa::path(get, path = "/user", tag = "v1", operation_id = "v1_profile", responses((status = 200, body = Reply<UserData>)))]
pub async fn profile(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<UserData>, ApiError> {
    let user = users::profile(&state.app, viewer.0).await?;
    Ok(Reply::new(UserData::new(&state.app, &user)))
}

/// Uploads a portrait.
#[utoipa::path(post, path = "/user/avatar", tag = "v1", operation_id = "v1_set_avatar",
    request_body(content_type = "multipart/form-data", description = "one file `avatar`: JPEG, PNG or WebP", content = Vec<u8>),
    responses((status = 200, body = Reply<AvatarData>)))]
pub async fn set_avatar(
    state: web::Data<State>,
    viewer: LoggedIn,
    multipart: Multipart,
) -> Result<Reply<AvatarData>, ApiError> {
    let upload = Upload::read(multipart, state.http.upload_limit).await?;
    let key = users::set_avatar(&state.app, viewer.0, upload.single_file(&["avatar"])?).await?;
    Ok(Reply::new(AvatarData { avatar_url: present::picture(&state.app, Some(&key)) }))
}

/// Takes another name.
#[utoipa::path(put, path = "/user/name", tag = "v1", operation_id = "v1_rename", request_body = RenameBody,
    responses((status = 200, body = Reply<NameData>)))]
pub async fn rename(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<RenameBody>,
) -> Result<Reply<NameData>, ApiError> {
    let name = UserName::new(&body.name)?;
    users::rename(&state.app, viewer.0, &name).await?;
    Ok(Reply::new(NameData { name: name.as_str().to_owned() }))
}

/// One's own real-name data.
#[utoipa::path(get, path = "/user/auth", tag = "v1", operation_id = "v1_identity", responses((status = 200, body = Reply<IdentityData>)))]
pub async fn identity(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<IdentityData>, ApiError> {
    let (real_name, id_card) = match users::identity(&state.app, viewer.0).await? {
        Some(identity) => (Some(identity.real_name), Some(identity.id_card)),
        None => (None, None),
    };
    Ok(Reply::new(IdentityData { user_id: viewer.0.get(), real_name, id_card }))
}

/// Writes the real name, once.
#[utoipa::path(post, path = "/user/auth", tag = "v1", operation_id = "v1_verify_identity", request_body = IdentityBody,
    responses((status = 200, body = Done)))]
pub async fn verify_identity(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<IdentityBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let command = VerifyIdentity { real_name: body.real_name, id_card: body.id_card.0 };
    users::verify_identity(&state.app, viewer.0, &command).await?;
    Ok(Done::OK)
}
