//! One's profile: name, portrait, real name, password.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{
    AppError, messages,
    users::{self, ChangePassword, VerifyIdentity},
};
use minsu_domain::{MessageKind, Password, Principal, RealName, UserName};
use minsu_web::{api_error::ApiError, client_address::Client, login::LoggedIn, present, state::State};

use crate::{
    answer::answer,
    done,
    form::{self, Fields, MemberForm},
    frame::{self, Frame},
    local,
};

struct Verified {
    real_name: String,
    number: String,
}

/// A kind of message that the site sends.
struct MessageChoice {
    kind: MessageKind,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "me.html")]
struct ProfilePage {
    f: Frame,
    name: String,
    mobile: String,
    avatar: String,
    since: String,
    identity: Option<Verified>,
    /// None where the site sends no messages.
    messages: Vec<MessageChoice>,
    longest_name: usize,
    longest_real_name: usize,
    least: usize,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let user = users::profile(app, viewer).await?;
    let identity = users::identity(app, viewer).await?;
    let chosen = messages::notifications(app, viewer).await?;
    let choice = |kind: MessageKind| MessageChoice { kind, chosen: chosen.sms.contains(&kind) };
    let page = ProfilePage {
        messages: chosen.sent.iter().copied().map(choice).collect(),
        f: frame,
        name: user.name.as_str().to_owned(),
        mobile: user.mobile.masked(),
        avatar: present::portrait(app, user.avatar.as_ref()),
        since: present::date(app, user.created_at),
        identity: identity.map(|identity| Verified { real_name: identity.real_name, number: identity.id_card }),
        longest_name: UserName::MAX_CHARS,
        longest_real_name: RealName::MAX_CHARS,
        least: Password::MIN_CHARS,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /me`
pub async fn look(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0).await
}

async fn answered(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    result: Result<&'static str, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let done = result.map(|done| local::redirect(&format!("/me?done={done}")));
    answer(state, request, done, async |frame| shown(state, request, frame, viewer).await).await
}

/// `POST /me/name`
pub async fn rename(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let renamed = match UserName::new(form.fields.get("name")) {
        Ok(name) => users::rename(&state.app, form.viewer, &name, None).await,
        Err(invalid) => Err(AppError::from(invalid)),
    };
    answered(&state, &request, form.viewer, renamed.map(|()| "renamed").map_err(Into::into)).await
}

/// `POST /me/avatar`
pub async fn set_avatar(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    client: Client,
    multipart: Multipart,
) -> Result<HttpResponse, ApiError> {
    let upload = form::upload(&state, &request, viewer.0, multipart).await?;
    let set = match upload.single_file(&["picture"]) {
        Ok(picture) => users::set_avatar(&state.app, viewer.0, client.0, picture, None).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    answered(&state, &request, viewer.0, set.map(|_| "portrayed")).await
}

/// `POST /me/notifications`: kinds that the site does not send are left as they are.
pub async fn choose_messages(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
) -> Result<HttpResponse, ApiError> {
    let before = messages::notifications(&state.app, form.viewer).await?;
    let typed: Vec<_> = form.fields.all("sms").filter_map(MessageKind::of_name).collect();
    let kept = before.sms.iter().filter(|kind| !before.sent.contains(kind));
    let sms = typed.iter().chain(kept).copied().collect();
    let chosen = messages::choose(&state.app, form.viewer, sms, None).await;
    answered(&state, &request, form.viewer, chosen.map(|()| "notified").map_err(Into::into)).await
}

/// `POST /me/identity`
pub async fn verify(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let text = |name| form.fields.get(name).trim().to_owned();
    let command = VerifyIdentity { real_name: text("real_name"), id_card: text("id_number") };
    let verified = users::verify_identity(&state.app, form.viewer, &command, None).await;
    answered(&state, &request, form.viewer, verified.map(|()| "verified").map_err(Into::into)).await
}

/// `POST /me/password`
pub async fn change_password(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
) -> Result<HttpResponse, ApiError> {
    let (old, new) = (form.fields.get("old").to_owned(), form.fields.get("new").to_owned());
    let changed = users::change_password(&state.app, form.viewer, &form.token, ChangePassword { old, new }).await;
    answered(&state, &request, form.viewer, changed.map(|()| "password").map_err(Into::into)).await
}
