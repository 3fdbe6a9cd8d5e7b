//! Districts, publishing, pictures, lists and the search.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use minsu_application::{
    areas,
    houses::{self, Counting, HousePage},
};
use minsu_domain::HouseId;
use minsu_ports::{PageKey, Rendered};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dto::{AreaData, HouseData, HouseParams, HouseRow, MyHouseRow, SlideRow},
    envelope::{Data, Reply},
    list_params::{JsonParams, Params, search_of},
};
use crate::{
    dialect::{house_body::HouseBody, present},
    http::{
        api_error::{ApiError, RequestFault},
        body::Body,
        fields::parse_id,
        login::{LoggedIn, Viewer},
        pages::{self, Assembled, PersonalPage, PublicPage, json},
        state::State,
        upload::Upload,
    },
};

/// Says in the page cache who rendered.
const FORM: &str = "classic";
/// The same for people who are logged in.
const MEMBERS: &str = "classic-members";

/// All districts.
#[utoipa::path(get, path = "/house/area", tag = "classic", operation_id = "classic_areas",
    responses((status = 200, body = Reply<Data<Vec<AreaData>>>)))]
pub async fn areas(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, Some(PageKey::areas(FORM)), async || {
        let data: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Keep(json(&Reply::new(Data { data }))?))
    })
    .await
}

/// The same houses under both names.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyHouses {
    houses: Vec<MyHouseRow>,
    data: Vec<MyHouseRow>,
}

/// One's own houses; also with `?custom=`, under which document 001 item 18 prints an order list.
#[utoipa::path(get, path = "/house/my", tag = "classic", operation_id = "classic_my_houses",
    responses((status = 200, body = Reply<MyHouses>)))]
pub async fn mine(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<MyHouses>, ApiError> {
    let houses = houses::of_landlord(&state.app, viewer.0).await?;
    let houses: Vec<_> = houses.into_iter().map(|house| MyHouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(MyHouses { data: houses.clone(), houses }))
}

/// The same house under both names, and who looks at it.
#[derive(Debug, ToSchema)]
pub struct Detail {
    /// The viewer, -1 for nobody.
    pub user_id: i64,
    /// The house.
    pub house: HouseData,
    /// The same once more.
    pub data: HouseData,
}

/// One house.
#[utoipa::path(get, path = "/house/info", tag = "classic", operation_id = "classic_house", params(HouseParams),
    responses((status = 200, body = Reply<Detail>)))]
pub async fn detail(
    state: web::Data<State>,
    viewer: Viewer,
    query: web::Query<HouseParams>,
) -> Result<PersonalPage, ApiError> {
    let id: HouseId = parse_id(query.id().ok_or(RequestFault::WrongFields)?)?;
    let house = pages::ready(&state, Some(PageKey::house(present::form(&viewer, FORM, MEMBERS), id)), async || {
        let house = HouseData::new(&state.app, houses::detail(&state.app, id, viewer.0).await?);
        Ok(Rendered::Keep(json(&house)?))
    })
    .await?;
    Ok(PersonalPage::new(viewer, house, assemble))
}

/// A [`Detail`] around a house that is the same for everybody.
fn assemble(viewer: Viewer, house: &[u8]) -> Assembled {
    let viewer = viewer.id_or_minus_one().to_string();
    let head = br#"{"errno":0,"errcode":"0","errmsg":"OK","user_id":"#;
    Assembled::new(&[head, viewer.as_bytes(), br#","house":"#, house, br#","data":"#, house, b"}"])
}

/// A new house; document 000 prints its id as a string.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    house_id: String,
}

/// Publishes a house.
#[utoipa::path(post, path = "/house/info", tag = "classic", operation_id = "classic_publish",
    request_body = HouseBody,
    responses((status = 200, body = Reply<Published>)))]
pub async fn publish(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<HouseBody>,
) -> Result<Reply<Published>, ApiError> {
    let id = houses::publish(&state.app, viewer.0, body.into_inner().into()).await?;
    Ok(Reply::new(Published { house_id: id.to_string() }))
}

/// A stored picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct Picture {
    url: String,
}

/// Adds a picture to one's own house.
#[utoipa::path(post, path = "/house/image", tag = "classic", operation_id = "classic_add_picture",
    request_body(content_type = "multipart/form-data", content = Vec<u8>),
    responses((status = 200, body = Reply<Picture>)))]
pub async fn add_picture(
    state: web::Data<State>,
    viewer: LoggedIn,
    multipart: Multipart,
) -> Result<Reply<Picture>, ApiError> {
    let upload = Upload::read(multipart, state.http.upload_limit).await?;
    let house: HouseId = parse_id(upload.field("house_id").ok_or(RequestFault::WrongFields)?)?;
    let key = houses::add_picture(&state.app, viewer.0, house, upload.single_file(&["house_image"])?).await?;
    Ok(Reply::new(Picture { url: present::picture(&state.app, Some(&key)) }))
}

/// The home page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Index {
    houses: Vec<SlideRow>,
    areas: Vec<AreaData>,
}

/// The slides of the home page, and the districts.
#[utoipa::path(get, path = "/house/index", tag = "classic", operation_id = "classic_slides",
    responses((status = 200, body = Reply<Index>)))]
pub async fn index(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, Some(PageKey::slides(FORM)), async || {
        let houses = houses::slides(&state.app).await?;
        let houses = houses.into_iter().map(|house| SlideRow::new(&state.app, house)).collect();
        let areas = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Keep(json(&Reply::new(Index { houses, areas }))?))
    })
    .await
}

/// The same houses under both names.
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    data: Vec<HouseRow>,
    houses: Vec<HouseRow>,
    total_page: u64,
    total: u64,
}

/// A page of the houses that are free on some days; reads the database each time. A POST takes the
/// parameters in a body too.
#[utoipa::path(get, path = "/house/list", tag = "classic", operation_id = "classic_search", params(Params),
    request_body = Option<JsonParams>,
    responses((status = 200, body = Reply<List>)))]
pub async fn list(state: web::Data<State>, request: HttpRequest, body: Body) -> Result<Reply<List>, ApiError> {
    let command = search_of(&request, &body.0)?;
    Ok(shown(&state, houses::search(&state.app, &command, Counting::Anew).await?))
}

/// The same as `/house/list`; it may come from the page cache.
#[utoipa::path(get, path = "/house/list2", tag = "classic", operation_id = "classic_cached_search", params(Params),
    request_body = Option<JsonParams>,
    responses((status = 200, body = Reply<List>)))]
pub async fn cached_list(state: web::Data<State>, request: HttpRequest, body: Body) -> Result<PublicPage, ApiError> {
    let command = search_of(&request, &body.0)?;
    pages::ready(&state, command.page_key(&state.app, FORM)?, async || {
        let page = houses::search(&state.app, &command, Counting::MayBeKept).await?;
        let rendered = if page.may_be_kept { Rendered::Keep } else { Rendered::Show };
        Ok(rendered(json(&shown(&state, page))?))
    })
    .await
}

fn shown(state: &State, page: HousePage) -> Reply<List> {
    let houses: Vec<_> = page.houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect();
    Reply::new(List { data: houses.clone(), houses, total_page: page.total_pages, total: page.total })
}
