//! Publishing a house, taking it off the site, deleting it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::houses;
use minsu_domain::{HouseId, Principal};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{
    answer::answer,
    form::MemberForm,
    frame::{self, Frame},
    host::{edit::version, house::answered},
    listing::id_in_path,
    local,
};

/// `POST /host/houses/{id}/publish`
pub async fn publish(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let published = houses::publish_listing(&state.app, form.viewer, id, None).await;
    answered(&state, &request, form.viewer, id, published.map(|()| "published").map_err(ApiError::from)).await
}

/// `POST /host/houses/{id}/unlist`
pub async fn unlist(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let unlisted = houses::unlist_listing(&state.app, form.viewer, id).await;
    answered(&state, &request, form.viewer, id, unlisted.map(|()| "unlisted").map_err(ApiError::from)).await
}

#[derive(Template)]
#[template(path = "host_delete.html")]
struct DeletePage {
    f: Frame,
    tab: &'static str,
    id: i64,
    title: String,
    version: u32,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    viewer: Principal,
    id: HouseId,
) -> Result<HttpResponse, ApiError> {
    let house = houses::own_listing(&state.app, viewer, id).await?;
    let (id, version) = (id.get(), house.version.get());
    let page = DeletePage { f, tab: "", id, title: house.offer.title, version };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/houses/{id}/delete`
pub async fn ask_delete(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let frame = Frame::of(&request, &state);
    shown(&state, &request, frame, viewer.0, id_in_path(&id)?).await
}

/// `POST /host/houses/{id}/delete`
pub async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let deleted = match version(&form.fields) {
        Ok(seen) => houses::delete_listing(&state.app, form.viewer, id, Some(seen)).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    let done = deleted.map(|()| local::redirect("/host?done=removed"));
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, form.viewer, id).await).await
}
