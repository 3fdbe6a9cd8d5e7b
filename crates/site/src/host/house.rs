//! One house of a landlord: its state, its pictures, and how full it is.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::houses;
use minsu_domain::{Caption, HouseId, ListingAct, Principal};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{
    answer::answer,
    done,
    form::Fields,
    format,
    frame::{self, Frame},
    host::{booked_chart::Chart, houses::state_of},
    listing::{self, Picture, id_in_path},
    local,
};

#[derive(Template)]
#[template(path = "host_house.html")]
struct HousePage {
    f: Frame,
    tab: &'static str,
    part: &'static str,
    id: i64,
    title: String,
    price: String,
    address: String,
    state: &'static str,
    class: &'static str,
    version: u32,
    is_public: bool,
    can_be_published: bool,
    pictures: Vec<Picture>,
    chart: Chart,
}

impl HousePage {
    const CAPTION: usize = Caption::MAX_CHARS;
    const WIDTH: u32 = Chart::WIDTH;
    const HEIGHT: u32 = Chart::HEIGHT;
    const TOP: u32 = Chart::TOP;
    const MIDDLE: u32 = Chart::MIDDLE;
    const GROUND: u32 = Chart::GROUND;
    const LEFT: u32 = Chart::LEFT;
    const RIGHT: u32 = Chart::RIGHT;
    const BAR: u32 = Chart::BAR;
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
    id: HouseId,
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let house = houses::own_listing(app, viewer, id).await?;
    let months = houses::own_booked_months(app, viewer, id).await?;
    let (name, class) = state_of(frame.language, house.state);
    let page = HousePage {
        tab: "",
        part: "house",
        id: id.get(),
        price: format::money(house.offer.price),
        title: house.offer.title,
        address: house.offer.address,
        state: name,
        class,
        version: house.version.get(),
        is_public: house.state.is_public(),
        can_be_published: house.state.step(ListingAct::Publish).is_some(),
        pictures: listing::pictures(app, house.pictures),
        chart: Chart::new(frame.language, &months),
        f: frame,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/houses/{id}`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, id_in_path(&id)?).await
}

/// The answer to a form about a house: its page with what was done, or with what was refused above it.
///
/// # Errors
/// Those of [`fault::above_the_form`].
pub(super) async fn answered(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    id: HouseId,
    result: Result<&'static str, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let done = result.map(|done| local::redirect(&format!("/host/houses/{id}?done={done}")));
    answer(state, request, done, async |frame| shown(state, request, frame, viewer, id).await).await
}
