//! Districts, publishing, pictures, lists and the search.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use minsu_application::{
    areas,
    houses::{self, SearchHouses},
};
use minsu_domain::HouseId;
use minsu_ports::{PageKey, Rendered};
use serde::Serialize;

use super::{
    dto::{AreaData, HouseData, HouseParams, HouseRow, MyHouseRow, SlideRow},
    envelope::{Data, Reply},
    list_params::search_of,
};
use crate::{
    dialect::{house_body::HouseBody, present},
    http::{
        api_error::{ApiError, RequestFault},
        fields::parse_id,
        login::{LoggedIn, Viewer},
        pages::{self, Assembled, PublicPage, json},
        state::State,
        upload::Upload,
    },
};

/// Says in the page cache who rendered.
const FORM: &str = "classic";
/// The same for people who are logged in.
const MEMBERS: &str = "classic-members";

/// `GET /house/area`
pub async fn areas(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, Some(PageKey::areas(FORM)), async || {
        let data: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Keep(json(&Reply::new(Data { data }))?))
    })
    .await
}

/// The same houses under both names.
#[derive(Debug, Serialize)]
pub struct MyHouses {
    houses: Vec<MyHouseRow>,
    data: Vec<MyHouseRow>,
}

/// `GET /house/my`; also with `?custom=`, under which document 001 item 18 prints an order list.
pub async fn mine(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<MyHouses>, ApiError> {
    let houses = houses::of_landlord(&state.app, viewer.0).await?;
    let houses: Vec<_> = houses.into_iter().map(|house| MyHouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(MyHouses { data: houses.clone(), houses }))
}

/// `GET /house/info?house_id=`: the same house under both names, and who looks at it.
pub async fn detail(
    state: web::Data<State>,
    viewer: Viewer,
    query: web::Query<HouseParams>,
) -> Result<Assembled, ApiError> {
    let id: HouseId = parse_id(query.id().ok_or(RequestFault::WrongFields)?)?;
    let house = pages::ready(&state, Some(PageKey::house(present::form(&viewer, FORM, MEMBERS), id)), async || {
        let house = HouseData::new(&state.app, houses::detail(&state.app, id, viewer.0).await?);
        Ok(Rendered::Keep(json(&house)?))
    })
    .await?;
    let viewer = viewer.id_or_minus_one().to_string();
    let head = br#"{"errno":0,"errcode":"0","errmsg":"OK","user_id":"#;
    let house = house.body();
    Ok(Assembled::new(&[head, viewer.as_bytes(), br#","house":"#, house, br#","data":"#, house, b"}"]))
}

/// A new house; document 000 prints its id as a string.
#[derive(Debug, Serialize)]
pub struct Published {
    house_id: String,
}

/// `POST /house/info`
pub async fn publish(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<HouseBody>,
) -> Result<Reply<Published>, ApiError> {
    let id = houses::publish(&state.app, viewer.0, body.into_inner().into()).await?;
    Ok(Reply::new(Published { house_id: id.to_string() }))
}

/// A stored picture.
#[derive(Debug, Serialize)]
pub struct Picture {
    url: String,
}

/// `POST /house/image`
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
#[derive(Debug, Serialize)]
pub struct Index {
    houses: Vec<SlideRow>,
    areas: Vec<AreaData>,
}

/// `GET /house/index`
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
#[derive(Debug, Serialize)]
pub struct List {
    data: Vec<HouseRow>,
    houses: Vec<HouseRow>,
    total_page: u64,
    total: u64,
}

/// `GET` and `POST /house/list`: reads the database each time.
pub async fn list(state: web::Data<State>, request: HttpRequest, body: web::Bytes) -> Result<Reply<List>, ApiError> {
    let command = search_of(&request, &body)?;
    found(&state, &command).await
}

/// `GET` and `POST /house/list2`: may come from the page cache.
pub async fn cached_list(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<PublicPage, ApiError> {
    let command = search_of(&request, &body)?;
    pages::ready(&state, command.page_key(&state.app, FORM)?, async || {
        let reply = found(&state, &command).await?;
        let rendered = if reply.fields().houses.is_empty() { Rendered::Show } else { Rendered::Keep };
        Ok(rendered(json(&reply)?))
    })
    .await
}

async fn found(state: &State, command: &SearchHouses) -> Result<Reply<List>, ApiError> {
    let page = houses::search(&state.app, command).await?;
    let houses: Vec<_> = page.houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(List { data: houses.clone(), houses, total_page: page.total_pages, total: page.total }))
}
