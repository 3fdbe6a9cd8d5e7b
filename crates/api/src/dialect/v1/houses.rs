//! Districts, publishing, pictures, lists and the search.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use minsu_application::{
    areas,
    houses::{self, Counting},
};
use minsu_domain::HouseId;
use minsu_ports::{PageKey, Rendered};

use super::{
    dto::{AreaData, DetailData, HouseData, HouseIdData, HouseRow, MyHousesData, PictureData, SearchData, SlideRow},
    envelope::Reply,
    search_params::SearchParams,
};
use crate::{
    dialect::{house_body::HouseBody, present},
    http::{
        api_error::ApiError,
        fields::parse_id,
        login::{LoggedIn, Viewer},
        pages::{self, Assembled, PersonalPage, PublicPage, json},
        state::State,
        upload::Upload,
    },
};

/// Says in the page cache who rendered.
const FORM: &str = "v1";
/// The same for people who are logged in.
const MEMBERS: &str = "v1-members";

/// All districts.
#[utoipa::path(get, path = "/areas", tag = "v1", operation_id = "v1_areas", responses((status = 200, body = Reply<Vec<AreaData>>)))]
pub async fn areas(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, Some(PageKey::areas(FORM)), async || {
        let areas: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Keep(json(&Reply::new(areas))?))
    })
    .await
}

/// Publishes a house.
#[utoipa::path(post, path = "/houses", tag = "v1", operation_id = "v1_publish", request_body = HouseBody,
    responses((status = 200, body = Reply<HouseIdData>)))]
pub async fn publish(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<HouseBody>,
) -> Result<Reply<HouseIdData>, ApiError> {
    let id = houses::publish(&state.app, viewer.0, body.into_inner().into()).await?;
    Ok(Reply::new(HouseIdData { house_id: id.get() }))
}

/// Adds a picture to one's own house.
#[utoipa::path(post, path = "/houses/{id}/images", tag = "v1", operation_id = "v1_add_picture",
    params(("id" = i64, Path, description = "the house")),
    request_body(content_type = "multipart/form-data", description = "one file `house_image`: JPEG, PNG or WebP", content = Vec<u8>),
    responses((status = 200, body = Reply<PictureData>)))]
pub async fn add_picture(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
    multipart: Multipart,
) -> Result<Reply<PictureData>, ApiError> {
    let house: HouseId = parse_id(&id)?;
    let upload = Upload::read(multipart, state.http.upload_limit).await?;
    let key = houses::add_picture(&state.app, viewer.0, house, upload.single_file(&["house_image"])?).await?;
    Ok(Reply::new(PictureData { url: present::picture(&state.app, Some(&key)) }))
}

/// One's own houses.
#[utoipa::path(get, path = "/user/houses", tag = "v1", operation_id = "v1_my_houses", responses((status = 200, body = Reply<MyHousesData>)))]
pub async fn mine(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<MyHousesData>, ApiError> {
    let houses = houses::of_landlord(&state.app, viewer.0).await?;
    let houses = houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(MyHousesData { houses }))
}

/// The slides of the home page.
#[utoipa::path(get, path = "/houses/index", tag = "v1", operation_id = "v1_slides", responses((status = 200, body = Reply<Vec<SlideRow>>)))]
pub async fn index(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, Some(PageKey::slides(FORM)), async || {
        let slides = houses::slides(&state.app).await?;
        let slides: Vec<_> = slides.into_iter().map(|house| SlideRow::new(&state.app, house)).collect();
        Ok(Rendered::Keep(json(&Reply::new(slides))?))
    })
    .await
}

/// One house.
#[utoipa::path(get, path = "/houses/{id}", tag = "v1", operation_id = "v1_house",
    params(("id" = i64, Path, description = "the house")),
    responses((status = 200, body = Reply<DetailData>)))]
pub async fn detail(state: web::Data<State>, viewer: Viewer, id: web::Path<String>) -> Result<PersonalPage, ApiError> {
    let id = parse_id(&id)?;
    let house = pages::ready(&state, Some(PageKey::house(present::form(&viewer, FORM, MEMBERS), id)), async || {
        let house = HouseData::new(&state.app, houses::detail(&state.app, id, viewer.0).await?);
        Ok(Rendered::Keep(json(&house)?))
    })
    .await?;
    Ok(PersonalPage::new(viewer, house, assemble))
}

/// A [`DetailData`] around a house that is the same for everybody.
fn assemble(viewer: Viewer, house: &[u8]) -> Assembled {
    let viewer = viewer.id_or_minus_one().to_string();
    let head = br#"{"errno":"0","errmsg":"OK","data":{"user_id":"#;
    Assembled::new(&[head, viewer.as_bytes(), br#","house":"#, house, b"}}"])
}

/// A page of the houses that are free on some days.
#[utoipa::path(get, path = "/houses", tag = "v1", operation_id = "v1_search", params(SearchParams),
    responses((status = 200, body = Reply<SearchData>)))]
pub async fn search(state: web::Data<State>, request: HttpRequest) -> Result<PublicPage, ApiError> {
    let command = SearchParams::of_query(request.query_string())?.command()?;
    pages::ready(&state, command.page_key(&state.app, FORM)?, async || {
        let page = houses::search(&state.app, &command, Counting::MayBeKept).await?;
        let rendered = if page.may_be_kept { Rendered::Keep } else { Rendered::Show };
        Ok(rendered(json(&Reply::new(SearchData {
            houses: page.houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect(),
            total_page: page.total_pages,
            current_page: page.page.get(),
            next: page.next.map(|next| next.to_string()),
        }))?))
    })
    .await
}
