//! The calendar of a listing for everybody.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use chrono::{Datelike as _, NaiveDate};
use minsu_application::{App, AppError, ListingError, houses};
use minsu_domain::HouseId;
use minsu_ports::Rendered;
use minsu_web::{
    api_error::ApiError,
    login::Viewer,
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
    },
    page_keys::PageKey,
    pages::{self, json},
    state::State,
};

use crate::{
    acting::Looking,
    date_range::{self, RangeParams},
    listings::{id_in_path, invalid_parameters},
    names::FORM,
    schedule_dto::CalendarData,
    values,
};

pub(crate) const CALENDAR: Call = Call::get::<CalendarData>(
    "/listings/{id}/calendar",
    "calendar",
    "The days of a listing with what they cost.",
)
.says(
    "The days of a published listing from `from` to `to`, both included. A day is `free` when neither an order nor \
     anything else occupies it; what a stay costs and whether it is allowed is for a quote to say.",
)
.with_path(Input::new("id", "the listing", values::id))
.with_query::<RangeParams>()
.has_tag()
.refuses(|| [invalid_parameters(), refusals::app([AppError::Listing(ListingError::NotFound)])].concat_all());

pub(crate) async fn calendar(
    state: web::Data<State>,
    request: HttpRequest,
    looking: Looking,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let (app, viewer) = (&state.app, looking.0);
    let (from, to) = date_range::read(app, request.query_string())?;
    let page = pages::ready(&state, key(app, id, from, to), async || {
        let days = houses::calendar(app, id, from, to, viewer).await?;
        Ok(Rendered::Cacheable(json(&CalendarData::new(from, to, &days))?))
    });
    Ok(page.await?.seen_by(Viewer(viewer)).respond_to(&request))
}

/// Whole months of the next years are cached, as calendars show them; of other ranges clients could name any number.
fn key(app: &App, id: HouseId, from: NaiveDate, to: NaiveDate) -> Option<PageKey> {
    let today = app.today();
    let is_whole = from.day() == 1 && to.succ_opt().is_some_and(|next| next.day() == 1);
    let is_near = (from - today).num_days() >= -31 && (from - today).num_days() <= 2 * 366;
    let is_short = (to - from).num_days() < 3 * 31;
    if is_whole && is_near && is_short { PageKey::calendar(FORM, id, (from, to), today) } else { None }
}
