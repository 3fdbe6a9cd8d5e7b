//! Districts, publishing, pictures, lists and the search.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use minsu_application::{
    AccountError, AppError, ListingError, areas,
    houses::{self, HousePage},
};
use minsu_domain::{Field, HouseId};
use minsu_ports::Rendered;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    envelope::{Data, Reply},
    house_dto::{AreaData, HouseData, HouseParams, HouseRow, MyHouseRow, SlideRow},
    list_params::{JsonParams, Params, search_of},
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body::Body,
    client_address::Client,
    fields::parse_id,
    house_body::HouseBody,
    house_lists,
    json::Json,
    login::{LoggedIn, Viewer},
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
        texts, values,
    },
    page_keys::PageKey,
    pages::{self, Assembled, PersonalPage, PublicPage, json},
    present,
    state::State,
    upload::Upload,
};

/// The name of this dialect in the keys of the page cache.
const FORM: &str = "classic";
/// The name of its pages for users who are logged in.
const MEMBERS: &str = "classic-members";

pub(crate) const AREAS: Call =
    Call::get::<Reply<Data<Vec<AreaData>>>>("/house/area", "areas", "All districts.").says("All districts.").has_tag();

pub(crate) async fn areas(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::areas(FORM), async || {
        let data: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Cacheable(json(&Reply::new(Data { data }))?))
    })
    .await
}

/// The same houses under both names.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyHouses {
    /// The houses.
    houses: Vec<MyHouseRow>,
    /// The answer.
    data: Vec<MyHouseRow>,
}

pub(crate) const MINE: Call = Call::get::<Reply<MyHouses>>(
    "/house/my",
    "my_houses",
    "One's own houses; also with `?custom=`, under which document 001 item 18 prints an order list.",
)
.says("One's own houses, the newest first, under two names.")
.needs_login()
.does_not_read(&[(
    "custom",
    "not read: document 001 item 18 prints it, for a list of orders; those are at `/order/my`",
)]);

pub(crate) async fn mine(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<MyHouses>, ApiError> {
    let houses = houses::of_landlord(&state.app, viewer.0).await?;
    let houses: Vec<_> = houses.into_iter().map(|house| MyHouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(MyHouses { data: houses.clone(), houses }))
}

/// The same house under both names, and who looks at it.
#[derive(Debug, ToSchema)]
pub struct Detail {
    /// The user.
    #[schema(examples(1))]
    pub user_id: i64,
    /// The house.
    pub house: HouseData,
    /// The answer.
    pub data: HouseData,
}

pub(crate) const DETAIL: Call = Call::get::<Reply<Detail>>("/house/info", "house", "One house.")
    .says(texts::DETAIL)
    .with_query::<HouseParams>()
    .refuses(|| {
        [
            refusals::app([AppError::Listing(ListingError::NotFound)]),
            refusals::wrong_parameters(),
            refusals::invalid(&[Field::Id]),
        ]
        .concat_all()
    });

pub(crate) async fn detail(
    state: web::Data<State>,
    viewer: Viewer,
    query: web::Query<HouseParams>,
) -> Result<PersonalPage, ApiError> {
    let id: HouseId = parse_id(query.id().ok_or(RequestFault::WrongFields)?)?;
    let house = pages::ready(&state, PageKey::house(present::form(&viewer, FORM, MEMBERS), id), async || {
        let house = HouseData::new(&state.app, houses::detail(&state.app, id, viewer.0).await?);
        Ok(Rendered::Cacheable(json(&house)?))
    })
    .await?;
    Ok(PersonalPage::new(viewer, house, assemble))
}

/// A [`Detail`] around a house that is the same for every visitor.
fn assemble(viewer: Viewer, house: &[u8]) -> Assembled {
    let viewer = viewer.id_or_minus_one().to_string();
    let head = br#"{"errno":0,"errcode":"0","errmsg":"OK","user_id":"#;
    Assembled::new(&[head, viewer.as_bytes(), br#","house":"#, house, br#","data":"#, house, b"}"])
}

/// A new house; document 000 prints its id as a string.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    /// The house.
    #[schema(examples("1"))]
    house_id: String,
}

pub(crate) const PUBLISH: Call = Call::post::<Reply<Published>>("/house/info", "publish", "Publishes a house.")
    .says(
        "Publishes a house. It needs a verified real name (4105 without). Every number may be a string. A \
        shortest stay that is longer than the site's longest one answers 4103. A failure has `\"house_id\": \
        \"\"`.",
    )
    .needs_login()
    .with_json::<HouseBody>()
    .refuses(|| {
        [
            refusals::app([
                AppError::Account(AccountError::IdentityNotVerified),
                AppError::Account(AccountError::NotFound),
                AppError::Listing(ListingError::UnknownArea),
                AppError::Listing(ListingError::UnknownFacility),
            ]),
            refusals::offer(),
            refusals::listing_quotas(),
        ]
        .concat_all()
    })
    .leads("/house_id", &[("house", "house_id")]);

pub(crate) async fn publish(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<HouseBody>,
) -> Result<Reply<Published>, ApiError> {
    let id = houses::publish(&state.app, viewer.0, body.into_inner().into()).await?;
    Ok(Reply::new(Published { house_id: id.to_string() }))
}

/// The URL of a stored picture, under every name that pages read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Picture {
    /// URL of the new picture.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    url: String,
    /// The same URL under another name.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    image_url: String,
    /// The answer.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    data: String,
}

const PICTURE_FORM_OF_HOUSE: &[Input] =
    &[Input::new("house_id", "", values::house), Input::new("house_image", "", values::file)];

pub(crate) const ADD_PICTURE: Call =
    Call::post::<Reply<Picture>>("/house/image", "add_picture", "Adds a picture to one's own house.")
        .says(texts::PICTURE)
        .needs_login()
        .with_upload(PICTURE_FORM_OF_HOUSE)
        .refuses(|| {
            [
                refusals::app([AppError::Listing(ListingError::NotFound), AppError::Listing(ListingError::NotOwner)]),
                refusals::pictures(),
                refusals::picture_quotas(),
                refusals::invalid(&[Field::Id]),
            ]
            .concat_all()
        });

pub(crate) async fn add_picture(
    state: web::Data<State>,
    viewer: LoggedIn,
    client: Client,
    multipart: Multipart,
) -> Result<Reply<Picture>, ApiError> {
    let upload = Upload::receive(&state, viewer.0, multipart).await?;
    let house: HouseId = parse_id(upload.field("house_id").ok_or(RequestFault::WrongFields)?)?;
    let picture = upload.single_file(&["house_image"])?;
    let key = houses::add_picture(&state.app, viewer.0, client.0, house, picture).await?;
    let url = present::picture(&state.app, Some(&key));
    Ok(Reply::new(Picture { image_url: url.clone(), data: url.clone(), url }))
}

/// The home page, the districts under both names that pages read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Index {
    /// The houses.
    houses: Vec<SlideRow>,
    /// All districts.
    areas: Vec<AreaData>,
    /// The answer.
    data: Vec<AreaData>,
}

pub(crate) const INDEX: Call =
    Call::get::<Reply<Index>>("/house/index", "slides", "The slides of the home page, and the districts.")
        .says("The home page: at most five houses with a picture, and all districts, under two names.")
        .has_tag();

pub(crate) async fn index(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::slides(FORM), async || {
        let houses = houses::slides(&state.app).await?;
        let houses = houses.into_iter().map(|house| SlideRow::new(&state.app, house)).collect();
        let areas: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Cacheable(json(&Reply::new(Index { houses, data: areas.clone(), areas }))?))
    })
    .await
}

/// The same houses under both names.
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    /// The answer.
    data: Vec<HouseRow>,
    /// The houses.
    houses: Vec<HouseRow>,
    /// How many pages there are.
    #[schema(examples(1))]
    total_page: u64,
    /// How many houses match, counted up to `search.max_results`.
    #[schema(examples(1))]
    total: u64,
}

pub(crate) const LIST: Call =
    Call::get::<Reply<List>>("/house/list", "search", "A page of the houses that are free on some days; reads the database each time. A POST takes the parameters in a body too.")
        .says("A page of the houses in which the stay can be booked, never from a cache. `sd` alone finds houses \
        where a shortest stay can begin on that day, `ed` alone those where one can end on it; days that \
        cannot be booked have an empty list. Empty parameters and the text `undefined` count as absent. A \
        page past the end is empty.")
        .with_query::<Params>()
        .refuses(refusals::search)
        .leads("/houses/0/house_id", &[("house", "house_id")]);

pub(crate) const LIST_BY_POST: Call =
    Call::post::<Reply<List>>("/house/list", "search_by_post", "A page of the houses that are free on some days; reads the database each time. A POST takes the parameters in a body too.")
        .says("The same; the parameters stand in the query, in a JSON body or in a form body.")
        .with_query::<Params>()
        .with_optional_body::<JsonParams>()
        .refuses(refusals::search);

pub(crate) async fn list(state: web::Data<State>, request: HttpRequest, body: Body) -> Result<Reply<List>, ApiError> {
    let command = search_of(&request, &body.0)?;
    Ok(shown(&state, house_lists::anew(&state, &request, &command).await?))
}

pub(crate) const CACHED_LIST: Call = Call::get::<Reply<List>>(
    "/house/list2",
    "cached_search",
    "The same as `/house/list`; it may come from the page cache.",
)
.says("The same as `/house/list`; it may come from the cache.")
.with_query::<Params>()
.refuses(refusals::search)
.has_tag();

pub(crate) const CACHED_LIST_BY_POST: Call = Call::post::<Reply<List>>(
    "/house/list2",
    "cached_search_by_post",
    "The same as `/house/list`; it may come from the page cache.",
)
.says("The same as `/house/list`; it may come from the cache.")
.with_query::<Params>()
.with_optional_body::<JsonParams>()
.refuses(refusals::search);

pub(crate) async fn cached_list(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<PublicPage, ApiError> {
    let command = search_of(&request, &body.0)?;
    house_lists::cached(&state, &request, FORM, &command, |page| json(&shown(&state, page))).await
}

fn shown(state: &State, page: HousePage) -> Reply<List> {
    let houses: Vec<_> = page.houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect();
    Reply::new(List { data: houses.clone(), houses, total_page: page.total_pages, total: page.total })
}
