//! Where one is logged in, one's data, and the end of an account.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{AccountError, AppError, sessions, users};
use minsu_web::{
    api_error::ApiError,
    login::{self, CurrentSession, LoggedIn},
    present,
    state::State,
};

use crate::{
    answer::answer,
    done,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    local,
};

/// The path of the call that gives a person their own data, once the session is confirmed.
#[derive(Clone, Copy)]
pub struct ExportPath(pub &'static str);

struct Device {
    id: String,
    opened: String,
    address: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    f: Frame,
    devices: Vec<Device>,
}

/// `GET /me/sessions`
pub async fn sessions(
    state: web::Data<State>,
    request: HttpRequest,
    session: CurrentSession,
) -> Result<HttpResponse, ApiError> {
    let sessions = sessions::list(&state.app, session.principal, &session.token).await?;
    let device = |session: sessions::SessionInfo| Device {
        opened: present::date_time(&state.app, session.opened),
        address: session.address.to_string(),
        current: session.current,
        id: session.id,
    };
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    let page = SessionsPage { f: frame, devices: sessions.into_iter().map(device).collect() };
    frame::personal(&request, &state, &page, &page.f)
}

/// `POST /me/sessions/{id}/end`
pub async fn end_session(
    state: web::Data<State>,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    sessions::revoke(&state.app, form.viewer, &id).await?;
    Ok(local::redirect("/me/sessions?done=ended"))
}

/// A question for the password, and what it is asked for.
#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    f: Frame,
    deleting: bool,
    action: &'static str,
    /// The orders that are not over, where they keep an account from being deleted.
    open_orders: Vec<i64>,
    /// Where one's data is, once the password was given.
    export: Option<&'static str>,
}

fn export_page(f: Frame, export: Option<&'static str>) -> ConfirmPage {
    ConfirmPage { f, deleting: false, action: "/me/export", open_orders: Vec::new(), export }
}

/// `GET /me/export`
pub async fn ask_export(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
) -> Result<HttpResponse, ApiError> {
    let page = export_page(Frame::of(&request, &state), ready_export(&request, viewer));
    frame::personal(&request, &state, &page, &page.f)
}

/// Where one's data is, if the session is confirmed.
fn ready_export(request: &HttpRequest, viewer: LoggedIn) -> Option<&'static str> {
    let path = request.app_data::<ExportPath>().map(|path| path.0);
    path.filter(|_| viewer.0.is_confirmed())
}

/// `POST /me/export`
pub async fn export(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let password = form.fields.get("password");
    let confirmed = users::confirm_session(&state.app, form.viewer, &form.token, password).await;
    let done = confirmed.map(|()| local::redirect("/me/export")).map_err(ApiError::from);
    answer(&state, &request, done, async |frame| {
        let page = export_page(frame, None);
        frame::personal(&request, &state, &page, &page.f)
    })
    .await
}

fn delete_page(f: Frame, open_orders: Vec<i64>) -> ConfirmPage {
    ConfirmPage { f, deleting: true, action: "/me/delete", open_orders, export: None }
}

/// `GET /me/delete`
pub async fn ask_delete(state: web::Data<State>, request: HttpRequest, _: LoggedIn) -> Result<HttpResponse, ApiError> {
    let page = delete_page(Frame::of(&request, &state), Vec::new());
    frame::personal(&request, &state, &page, &page.f)
}

/// `POST /me/delete`
pub async fn delete(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let deleted = users::delete_account(&state.app, form.viewer, form.fields.get("password")).await;
    let open_orders = match &deleted {
        Err(AppError::Account(AccountError::OrdersOpen(orders))) => orders.iter().map(|order| order.get()).collect(),
        _ => Vec::new(),
    };
    let done = match deleted {
        Ok(()) => login::without_session(&state, &request, local::redirect("/login?done=deleted")),
        Err(error) => Err(error.into()),
    };
    answer(&state, &request, done, async |frame| {
        let page = delete_page(frame, open_orders);
        frame::personal(&request, &state, &page, &page.f)
    })
    .await
}
