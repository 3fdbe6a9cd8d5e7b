//! One house of a landlord: its state, its pictures, and what is occupied in a month.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Months, NaiveDate};
use minsu_application::houses;
use minsu_domain::{Caption, HouseId, ListingAct, Occupant, Principal, parse_day};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{
    answer::answer,
    calendar::{self, Mark, Month},
    done,
    form::Fields,
    format,
    frame::{self, Frame},
    host::houses::state_of,
    listing::{self, Picture, id_in_path},
    local,
};

#[derive(Template)]
#[template(path = "host_house.html")]
struct HousePage {
    f: Frame,
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
    month: Month,
    previous: String,
    next: String,
}

impl HousePage {
    const CAPTION: usize = Caption::MAX_CHARS;
}

/// The month of `?month=YYYY-MM`, or this one.
fn month(fields: &Fields, today: NaiveDate) -> NaiveDate {
    let named = fields.filled("month").and_then(|month| parse_day(&format!("{month}-01")).ok());
    named.unwrap_or_else(|| calendar::first_of(today))
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
    id: HouseId,
) -> Result<HttpResponse, ApiError> {
    let (app, today) = (&state.app, state.app.today());
    let house = houses::own_listing(app, viewer, id).await?;
    let first = month(&Fields::of_query(request), today);
    let days = houses::own_calendar(app, viewer, id, first, calendar::last_of(first)).await?;
    let days: BTreeMap<_, _> = days.into_iter().collect();
    let mark = |day: NaiveDate| match days.get(&day) {
        Some(Occupant::Order(order)) => Mark::Order(order.to_string()),
        Some(Occupant::Block | Occupant::Feed | Occupant::Preparation) => Mark::Taken,
        None if day < today => Mark::Past,
        None => Mark::Free,
    };
    let named = |day: Option<NaiveDate>| day.unwrap_or(first).format("%Y-%m").to_string();
    let (name, class) = state_of(frame.language, house.state);
    let page = HousePage {
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
        month: Month::of(frame.language, first, mark),
        previous: named(first.checked_sub_months(Months::new(1))),
        next: named(first.checked_add_months(Months::new(1))),
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
