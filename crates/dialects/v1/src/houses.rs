//! Districts, publishing, pictures, lists and the search.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use minsu_application::{AccountError, AppError, ListingError, areas, facilities, houses};
use minsu_domain::{Field, HouseId};
use minsu_ports::Rendered;

use super::{
    cursor_text::CursorText,
    envelope::Reply,
    house_dto::{
        AreaData, DetailData, FacilityData, HouseData, HouseIdData, HouseRow, MyHousesData, PictureData, SearchData,
        SlideRow,
    },
    search_params::SearchParams,
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    fields::parse_id,
    house_body::HouseBody,
    house_lists,
    json::Json,
    login::{LoggedIn, Viewer},
    openapi::{
        call::{Alias, Call, Input},
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
const FORM: &str = "v1";
/// The name of its pages for users who are logged in.
const MEMBERS: &str = "v1-members";

pub(crate) const AREAS: Call =
    Call::get::<Reply<Vec<AreaData>>>("/areas", "areas", "All districts.").says("All districts.").has_tag();

pub(crate) async fn areas(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::areas(FORM), async || {
        let areas: Vec<_> = areas::list(&state.app).await?.into_iter().map(AreaData::from).collect();
        Ok(Rendered::Cacheable(json(&Reply::new(areas))?))
    })
    .await
}

pub(crate) const PUBLISH: Call = Call::post::<Reply<HouseIdData>>("/houses", "publish", "Publishes a house.")
    .says(
        "Publishes a house. It needs a verified real name (4105 without). Every number may be a string. A \
        shortest stay that is longer than the site's longest one answers 4103.",
    )
    .also(&[Alias::at("/houses/info")])
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
    .leads("/data/house_id", &[("house", "id"), ("add_picture", "id")]);

pub(crate) async fn publish(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<HouseBody>,
) -> Result<Reply<HouseIdData>, ApiError> {
    let id = houses::publish(&state.app, viewer.0, body.into_inner().into()).await?;
    Ok(Reply::new(HouseIdData { house_id: id.get() }))
}

pub(crate) const FACILITIES: Call =
    Call::get::<Reply<Vec<FacilityData>>>("/facilities", "facilities", "All facilities.")
        .says("All facilities, by the ids that a house is published with.")
        .also(&[Alias::at("/facilitys")])
        .has_tag();

pub(crate) async fn facilities(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::facilities(FORM), async || {
        let facilities: Vec<_> = facilities::list(&state.app).await?.into_iter().map(FacilityData::from).collect();
        Ok(Rendered::Cacheable(json(&Reply::new(facilities))?))
    })
    .await
}

const PICTURE_FORM: &[Input] = &[Input::new("house_image", "", values::file)];
const PICTURE_FORM_OF_HOUSE: &[Input] =
    &[Input::new("house_id", "", values::house), Input::new("house_image", "", values::file)];

pub(crate) const ADD_PICTURE: Call = Call::post::<Reply<PictureData>>(
    "/houses/{id}/images",
    "add_picture",
    "Adds a picture to one's own house, which the path or the form names.",
)
.says(texts::PICTURE)
.also(&[Alias::at("/houses/image")
    .taking("The same as `/houses/{id}/images`; the form names the house.", PICTURE_FORM_OF_HOUSE)])
.needs_login()
.with_path(Input::new("id", "the house", values::id_in_path))
.with_upload(PICTURE_FORM)
.refuses(|| {
    [
        refusals::app([AppError::Listing(ListingError::NotFound), AppError::Listing(ListingError::NotOwner)]),
        refusals::pictures(),
        refusals::picture_quotas(),
        refusals::invalid(&[Field::Id]),
    ]
    .concat_all()
})
.does_not_read(&[("house_id", "not read: pages send it along")]);

pub(crate) async fn add_picture(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    client: Client,
    multipart: Multipart,
) -> Result<Reply<PictureData>, ApiError> {
    let in_path: Option<HouseId> = request.match_info().get("id").map(parse_id).transpose()?;
    if let Some(house) = in_path {
        houses::demand_owner(&state.app, viewer.0, house).await?;
    }
    let upload = Upload::receive(&state, viewer.0, multipart).await?;
    let house = match in_path {
        Some(house) => house,
        None => parse_id(upload.field("house_id").ok_or(RequestFault::WrongFields)?)?,
    };
    let picture = upload.single_file(&["house_image"])?;
    let key = houses::add_picture(&state.app, viewer.0, client.0, house, picture).await?;
    let url = present::picture(&state.app, Some(&key));
    Ok(Reply::new(PictureData { image_url: url.clone(), url }))
}

pub(crate) const MINE: Call = Call::get::<Reply<MyHousesData>>("/user/houses", "my_houses", "One's own houses.")
    .says("One's own houses, the newest first.")
    .also(&[Alias::at("/users/houses")])
    .needs_login();

pub(crate) async fn mine(state: web::Data<State>, viewer: LoggedIn) -> Result<Reply<MyHousesData>, ApiError> {
    let houses = houses::of_landlord(&state.app, viewer.0).await?;
    let houses = houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect();
    Ok(Reply::new(MyHousesData { houses }))
}

pub(crate) const INDEX: Call = Call::get::<Reply<Vec<SlideRow>>>(
    "/houses/index",
    "slides",
    "The slides of the home page.",
)
.says(
    "The home page: at most five houses with a picture, those with the most guests first; a guest counts once for a \
             house.",
)
.also(&[Alias::at("/house/index")])
.has_tag()
.leads("/data/0/house_id", &[("house", "id")]);

pub(crate) async fn index(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::slides(FORM), async || {
        let slides = houses::slides(&state.app).await?;
        let slides: Vec<_> = slides.into_iter().map(|house| SlideRow::new(&state.app, house)).collect();
        Ok(Rendered::Cacheable(json(&Reply::new(slides))?))
    })
    .await
}

pub(crate) const DETAIL: Call = Call::get::<Reply<DetailData>>("/houses/{id}", "house", "One house.")
    .says(texts::DETAIL)
    .with_path(Input::new("id", "the house", values::id_in_path))
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
    id: web::Path<String>,
) -> Result<PersonalPage, ApiError> {
    let id = parse_id(&id)?;
    let house = pages::ready(&state, PageKey::house(present::form(&viewer, FORM, MEMBERS), id), async || {
        let house = HouseData::new(&state.app, houses::detail(&state.app, id, viewer.0).await?);
        Ok(Rendered::Cacheable(json(&house)?))
    })
    .await?;
    Ok(PersonalPage::new(viewer, house, assemble))
}

/// A [`DetailData`] around a house that is the same for every visitor.
fn assemble(viewer: Viewer, house: &[u8]) -> Assembled {
    let viewer = viewer.id_or_minus_one().to_string();
    let head = br#"{"errno":"0","errmsg":"OK","data":{"user_id":"#;
    Assembled::new(&[head, viewer.as_bytes(), br#","house":"#, house, b"}}"])
}

pub(crate) const SEARCH: Call =
    Call::get::<Reply<SearchData>>("/houses", "search", "A page of the houses that are free on some days.")
        .says(
            "A page of the houses in which the stay can be booked, by the bounds of the house and of the site. \
        `sd` alone finds houses where a shortest stay can begin on that day, `ed` alone those where one can \
        end on it. Days that cannot be booked (past, too far ahead, too many) have an empty list. Empty \
        parameters and the text `undefined` count as absent. A page past the end is empty. The parameters \
        behind `p` narrow further and are this dialect's own. `q` finds houses whose title and address \
        together have every two neighbouring characters of each word, and every Chinese character that \
        stands alone; capital letters and full-width forms do not matter. Pages by number end where counting \
        stops (`search.max_results`); pages by `after` go on to the last house.",
        )
        .with_query::<SearchParams>()
        .refuses(|| {
            [
                refusals::search(),
                refusals::invalid(&[
                    Field::Price,
                    Field::Capacity,
                    Field::RoomCount,
                    Field::Facility,
                    Field::Words,
                    Field::Cursor,
                ]),
            ]
            .concat_all()
        })
        .has_tag()
        .leads("/data/houses/0/house_id", &[("house", "id")]);

pub(crate) async fn search(state: web::Data<State>, request: HttpRequest) -> Result<PublicPage, ApiError> {
    let command = SearchParams::of_query(request.query_string())?.command()?;
    house_lists::cached(&state, &request, FORM, &command, |page| {
        json(&Reply::new(SearchData {
            houses: page.houses.into_iter().map(|house| HouseRow::new(&state.app, house)).collect(),
            total_page: page.total_pages,
            current_page: page.page.get(),
            next: page.next.map(|next| CursorText(next).to_string()),
        }))
    })
    .await
}
