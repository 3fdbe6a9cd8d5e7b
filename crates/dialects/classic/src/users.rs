//! Signing up, logging in and out, the profile, the real name.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AccountError, AppError, CaptchaError, SessionError, SmsCodeError,
    users::{self, LogIn, Register, VerifyIdentity},
};
use minsu_domain::{Field, Mobile, UserName};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};

use super::{
    dto::{IdentityBody, IdentityData, LogInBody, RegisterBody, RenameBody, UserData},
    envelope::{Data, Nothing, Reply, done},
    options::{ClassicData, Options},
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    json::Json,
    login::{self, LoggedIn, SentTokens},
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
        texts, values,
    },
    present,
    state::State,
    upload::Upload,
};

pub(crate) const REGISTER: Call =
    Call::post::<Reply<Nothing>>("/register", "register", "Makes an account and logs it in.")
        .says(
            "Signs up and logs in: the answer sets the session cookie. An SMS code that is too old answers 4002 \
        `验证码过期`, a wrong one 4004 `验证码错误`.",
        )
        .with_json::<RegisterBody>()
        .refuses(|| {
            [
                refusals::app([
                    AppError::SmsCode(SmsCodeError::Expired),
                    AppError::SmsCode(SmsCodeError::Wrong),
                    AppError::Account(AccountError::MobileRegistered),
                    AppError::Account(AccountError::NameTaken),
                    AppError::Busy("hashing passwords"),
                    AppError::Captcha(CaptchaError::Wrong),
                ]),
                refusals::new_password(),
                refusals::invalid(&[Field::Mobile]),
            ]
            .concat_all()
        })
        .does_not_read(&[("imagecode", "not read: pages send it along")]);

pub(crate) async fn register(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    sent: SentTokens,
    body: Json<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    if body.password2.is_some_and(|again| again != body.password) {
        return Err(RequestFault::WrongFields.into());
    }
    let command = Register {
        mobile: Mobile::typed(&body.mobile.0)?,
        sms_code: body.phonecode.0,
        password: body.password,
        captcha_text: body.image_code_text.map(|text| text.0),
        client: client.0,
    };
    let (_, verified_login) = users::register(&state.app, command).await?;
    login::with_new_session(&state, &request, &verified_login, &sent, done()).await
}

pub(crate) const LOG_IN: Call = Call::post::<Reply<Nothing>>("/login", "log_in", "Logs in.")
    .says("Logs in: the answer sets a new session cookie. A wrong password answers 4102.")
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
    let command = LogIn { mobile: Mobile::typed(&body.mobile.0)?, password: body.password, client: client.0 };
    let verified_login = users::log_in(&state.app, &command).await?;
    login::with_new_session(&state, &request, &verified_login, &sent, done()).await
}

/// An answer in which the documents and the pages published for them differ: text, or an object.
fn text_or_object(example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Object]))
        .examples([example])
        .description(Some("the name or the URL itself, or an object of it: setting `classic.data`"))
}

/// The name of the user.
struct NameOrObject;

impl PartialSchema for NameOrObject {
    fn schema() -> RefOr<Schema> {
        let name = ObjectBuilder::new().schema_type(Type::String).examples(["用户3k8fj2mz"]);
        text_or_object("用户3k8fj2mz").property("name", name.description(Some("the user's name"))).into()
    }
}

impl ToSchema for NameOrObject {}

/// The URL of a new portrait.
struct UrlOrObject;

impl PartialSchema for UrlOrObject {
    fn schema() -> RefOr<Schema> {
        let example = "/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg";
        let url = ObjectBuilder::new().schema_type(Type::String).examples([example]);
        let user = ObjectBuilder::new().schema_type(Type::Integer).examples([1]).description(Some("the user"));
        text_or_object(example)
            .property("pic_url", url.description(Some("URL of the new portrait")))
            .property("user_id", user)
            .into()
    }
}

impl ToSchema for UrlOrObject {}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckLogin {
    /// The name, or an object of it: setting `classic.data`.
    #[schema(value_type = NameOrObject)]
    data: Value,
    /// The user's name.
    #[schema(examples("用户3k8fj2mz"))]
    name: String,
}

pub(crate) const CHECK_LOGIN: Call = Call::get::<Reply<CheckLogin>>("/check_login", "session", "Who is logged in.")
    .says(
        "Who is logged in: `data` and `name` are the name; 4102 without a login. With `classic.data = \"pages\"`, \
        `data` is `{\"name\": …}`.",
    )
    .asks_for_session()
    .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn check_login(
    state: web::Data<State>,
    options: web::Data<Options>,
    viewer: Result<LoggedIn, ApiError>,
) -> Result<Reply<CheckLogin>, ApiError> {
    let user = users::profile(&state.app, or_no_session(viewer)?.0).await?;
    let name = user.name.as_str().to_owned();
    let data = match options.data {
        ClassicData::Documented => json!(name),
        ClassicData::Pages => json!({ "name": name }),
    };
    Ok(Reply::new(CheckLogin { data, name }))
}

pub(crate) const LOG_OUT: Call = Call::get::<Reply<Nothing>>("/logout", "log_out", "Logs out.")
    .says("Logs out; 4102 without a login.")
    .that_changes()
    .asks_for_session();

pub(crate) async fn log_out(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: Result<LoggedIn, ApiError>,
    sent: SentTokens,
) -> Result<HttpResponse, ApiError> {
    or_no_session(viewer)?;
    login::end_session(&state, &request, &sent, done()).await
}

/// These two calls answer 4102 without a login, not 4101.
fn or_no_session(viewer: Result<LoggedIn, ApiError>) -> Result<LoggedIn, ApiError> {
    viewer.map_err(|error| match error {
        ApiError::App(AppError::Session(SessionError::NotLoggedIn)) => ApiError::NoSession,
        error => error,
    })
}

pub(crate) const PROFILE: Call = Call::get::<Reply<Data<UserData>>>("/profile", "profile", "One's own profile.")
    .says("One's own profile. A body is not read.")
    .needs_login()
    .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn profile(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<Data<UserData>>, ApiError> {
    let user = users::profile(&state.app, viewer.0).await?;
    Ok(Reply::new(Data { data: UserData::new(&state.app, &user) }))
}

/// A stored portrait.
#[derive(Debug, Serialize, ToSchema)]
pub struct Avatar {
    /// The URL of the portrait, or an object of it: setting `classic.data`.
    #[schema(value_type = UrlOrObject)]
    data: Value,
    /// URL of the new picture.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    url: String,
    /// URL of the portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar: String,
}

pub(crate) const SET_AVATAR: Call = Call::post::<Reply<Avatar>>(
    "/profile/avatar",
    "set_avatar",
    "Uploads a portrait; document 000 spells the field `avater` in its example.",
)
.says(
    "Uploads a portrait: JPEG, PNG or WebP by its content, one file, at most 10 MiB; it is stored as a \
        new JPEG. With `classic.data = \"pages\"`, `data` is the URL itself.",
)
.needs_login()
.with_upload(&[Input::new("avatar", "", values::file)])
.refuses(|| [refusals::app([AppError::Account(AccountError::NotFound)]), refusals::pictures()].concat_all());

pub(crate) async fn set_avatar(
    state: web::Data<State>,
    options: web::Data<Options>,
    viewer: LoggedIn,
    client: Client,
    multipart: Multipart,
) -> Result<Reply<Avatar>, ApiError> {
    let upload = Upload::receive(&state, viewer.0, multipart).await?;
    let picture = upload.single_file(&["avatar", "avater"])?;
    let key = users::set_avatar(&state.app, viewer.0, client.0, picture, None).await?;
    let url = present::picture(&state.app, Some(&key));
    let data = match options.data {
        ClassicData::Documented => json!({ "pic_url": url, "user_id": viewer.0.user.get() }),
        ClassicData::Pages => json!(url),
    };
    Ok(Reply::new(Avatar { data, avatar: url.clone(), url }))
}

pub(crate) const RENAME: Call = Call::post::<Reply<Nothing>>("/profile/name", "rename", "Takes another name.")
    .says("Takes another name. One that another account has answers 4001.")
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
) -> Result<Reply<Nothing>, ApiError> {
    let name = UserName::new(body.name().ok_or(RequestFault::WrongFields)?)?;
    users::rename(&state.app, viewer.0, &name, None).await?;
    Ok(done())
}

pub(crate) const IDENTITY: Call =
    Call::get::<Reply<Data<IdentityData>>>("/profile/auth", "identity", "One's own real-name data.")
        .says("One's own real-name data, the identity number masked unless the setting `identity.show_whole` is on.")
        .needs_login();

pub(crate) async fn identity(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<Data<IdentityData>>, ApiError> {
    let data = match users::identity(&state.app, viewer.0).await? {
        Some(identity) => IdentityData { real_name: identity.real_name, id_card: identity.id_card },
        None => IdentityData::default(),
    };
    Ok(Reply::new(Data { data }))
}

pub(crate) const VERIFY_IDENTITY: Call =
    Call::post::<Reply<Nothing>>("/profile/auth", "verify_identity", "Writes the real name, once.")
        .says(texts::ONCE)
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
) -> Result<Reply<Nothing>, ApiError> {
    let body = body.into_inner();
    let command = VerifyIdentity { real_name: body.real_name, id_card: body.id_card.0 };
    users::verify_identity(&state.app, viewer.0, &command, None).await?;
    Ok(done())
}
