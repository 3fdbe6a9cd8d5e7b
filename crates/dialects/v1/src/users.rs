//! Signing up, logging in and out, the profile, the real name.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AccountError, AppError, SessionError, SmsCodeError,
    users::{self, LogIn, Register, VerifyIdentity},
};
use minsu_domain::{Field, Mobile, UserName};

use super::{
    dto::{
        AvatarData, IdentityBody, IdentityData, LogInBody, NameData, RegisterBody, RenameBody, SessionData, UserData,
        UserIdData,
    },
    envelope::{Done, Reply},
};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    json::Json,
    login::{self, LoggedIn, SentTokens},
    openapi::{
        call::{Alias, Call, Input},
        refusals::{self, ConcatAll},
        texts, values,
    },
    present,
    state::State,
    upload::Upload,
};

pub(crate) const REGISTER: Call =
    Call::post::<Reply<UserData>>("/users", "register", "Makes an account and logs it in.")
        .says("Signs up and logs in: the answer sets the session cookie.")
        .with_json::<RegisterBody>()
        .refuses(|| {
            [
                refusals::app([
                    AppError::SmsCode(SmsCodeError::Expired),
                    AppError::SmsCode(SmsCodeError::Wrong),
                    AppError::Account(AccountError::MobileRegistered),
                    AppError::Account(AccountError::NameTaken),
                    AppError::Busy("hashing passwords"),
                ]),
                refusals::new_password(),
                refusals::invalid(&[Field::Mobile]),
            ]
            .concat_all()
        });

pub(crate) async fn register(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    body: Json<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let command = Register {
        mobile: Mobile::typed(&body.mobile)?,
        sms_code: body.sms_code.0,
        password: body.password,
        captcha_text: None,
        client: client.0,
    };
    let (user, verified_login) = users::register(&state.app, command).await?;
    let reply = Reply::new(UserData::new(&state.app, &user));
    login::with_new_session(&state, &request, &verified_login, &sent, reply).await
}

pub(crate) const LOG_IN: Call = Call::post::<Reply<UserIdData>>("/sessions", "log_in", "Logs in.")
    .says("Logs in: the answer sets a new session cookie.")
    .with_json::<LogInBody>()
    .refuses(|| {
        [
            refusals::app([
                AppError::Session(SessionError::WrongCredentials),
                AppError::Session(SessionError::NotLoggedIn),
                AppError::Busy("hashing passwords"),
                refusals::too_often(),
            ]),
            refusals::invalid(&[Field::Mobile]),
        ]
        .concat_all()
    });

pub(crate) async fn log_in(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    body: Json<LogInBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let command = LogIn { mobile: Mobile::typed(&body.mobile)?, password: body.password, client: client.0 };
    let verified_login = users::log_in(&state.app, &command).await?;
    let reply = Reply::new(UserIdData { user_id: verified_login.user.get() });
    login::with_new_session(&state, &request, &verified_login, &sent, reply).await
}

pub(crate) const SESSION: Call = Call::get::<Reply<SessionData>>("/session", "session", "Whether there is a login.")
    .says("Whether there is a login: `errmsg` is `true`, or, with code 4101, `false`.")
    .also(&[Alias::at("/sessions")])
    .asks_for_session()
    .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn session(
    state: web::Data<State>,
    viewer: Result<LoggedIn, ApiError>,
) -> Result<Reply<SessionData>, ApiError> {
    // The pages read this sentence, and it is "false" without a login.
    let viewer = viewer.map_err(|error| match error {
        ApiError::App(AppError::Session(SessionError::NotLoggedIn)) => ApiError::NoSession,
        error => error,
    })?;
    let user = users::profile(&state.app, viewer.0).await?;
    let data = SessionData { user_id: user.id.get(), name: user.name.as_str().to_owned() };
    Ok(Reply::new(data).saying("true"))
}

pub(crate) const LOG_OUT: Call = Call::delete::<Done>("/session", "log_out", "Logs out.")
    .says("Logs out.")
    .also(&[Alias::at("/sessions")])
    .needs_login();

pub(crate) async fn log_out(
    state: web::Data<State>,
    request: HttpRequest,
    _viewer: LoggedIn,
    sent: SentTokens,
) -> Result<HttpResponse, ApiError> {
    login::end_session(&state, &request, &sent, Done::OK).await
}

pub(crate) const PROFILE: Call = Call::get::<Reply<UserData>>("/user", "profile", "One's own profile.")
    .says("One's own profile.")
    .also(&[Alias::at("/users"), Alias::at("/users/profile")])
    .needs_login()
    .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn profile(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<UserData>, ApiError> {
    let user = users::profile(&state.app, viewer.0).await?;
    Ok(Reply::new(UserData::new(&state.app, &user)))
}

pub(crate) const SET_AVATAR: Call =
    Call::post::<Reply<AvatarData>>("/user/avatar", "set_avatar", "Uploads a portrait.")
        .says(
            "Uploads a portrait: JPEG, PNG or WebP by its content, one file, at most 10 MiB; it is stored as a \
        new JPEG.",
        )
        .also(&[Alias::at("/users/avatar")])
        .needs_login()
        .with_upload(&[Input::new("avatar", "", values::file)])
        .refuses(|| [refusals::app([AppError::Account(AccountError::NotFound)]), refusals::pictures()].concat_all());

pub(crate) async fn set_avatar(
    state: web::Data<State>,
    viewer: LoggedIn,
    client: Client,
    multipart: Multipart,
) -> Result<Reply<AvatarData>, ApiError> {
    let upload = Upload::receive(&state, viewer.0, multipart).await?;
    let key = users::set_avatar(&state.app, viewer.0, client.0, upload.single_file(&["avatar"])?, None).await?;
    Ok(Reply::new(AvatarData { avatar_url: present::picture(&state.app, Some(&key)) }))
}

pub(crate) const RENAME: Call = Call::put::<Reply<NameData>>("/user/name", "rename", "Takes another name.")
    .says("Takes another name. One that another account has answers 4001.")
    .also(&[Alias::at("/users/name")])
    .needs_login()
    .with_json::<RenameBody>()
    .refuses(|| {
        [
            refusals::app([AppError::Account(AccountError::NameTaken), AppError::Account(AccountError::NotFound)]),
            refusals::invalid(&[Field::UserName]),
        ]
        .concat_all()
    });

pub(crate) async fn rename(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<RenameBody>,
) -> Result<Reply<NameData>, ApiError> {
    let name = UserName::new(&body.name)?;
    users::rename(&state.app, viewer.0, &name, None).await?;
    Ok(Reply::new(NameData { name: name.as_str().to_owned() }))
}

pub(crate) const IDENTITY: Call =
    Call::get::<Reply<IdentityData>>("/user/auth", "identity", "One's own real-name data.")
        .says("One's own real-name data, the identity number masked unless the setting `identity.show_whole` is on.")
        .also(&[Alias::at("/users/auth")])
        .needs_login();

pub(crate) async fn identity(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<IdentityData>, ApiError> {
    let (real_name, id_card) = match users::identity(&state.app, viewer.0).await? {
        Some(identity) => (Some(identity.real_name), Some(identity.id_card)),
        None => (None, None),
    };
    Ok(Reply::new(IdentityData { user_id: viewer.0.user.get(), real_name, id_card }))
}

pub(crate) const VERIFY_IDENTITY: Call =
    Call::post::<Done>("/user/auth", "verify_identity", "Writes the real name, once.")
        .says(texts::ONCE)
        .also(&[Alias::at("/users/auth")])
        .needs_login()
        .with_json::<IdentityBody>()
        .refuses(|| {
            [
                refusals::app([
                    AppError::Account(AccountError::IdentityAlreadyVerified),
                    AppError::Account(AccountError::IdentityInUse),
                ]),
                refusals::invalid(&[Field::RealName, Field::IdentityNumber]),
            ]
            .concat_all()
        });

pub(crate) async fn verify_identity(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<IdentityBody>,
) -> Result<Done, ApiError> {
    let body = body.into_inner();
    let command = VerifyIdentity { real_name: body.real_name, id_card: body.id_card.0 };
    users::verify_identity(&state.app, viewer.0, &command, None).await?;
    Ok(Done::OK)
}
