//! Quotes: what a stay costs, kept for a quarter of an hour.

use actix_web::web;
use chrono::NaiveDate;
use minsu_application::{
    AppError, ListingError, OrderError,
    orders::{self, StayToBook},
};
use minsu_domain::HouseId;
use minsu_web::{
    api_error::ApiError,
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
    },
};

use crate::{
    acting::{Looking, Site},
    bodies::QuoteBody,
    dto::QuotedData,
    fields::{self, Fields, integer},
    listings::id_in_path,
    orders::guests,
    reply::Reply,
    values,
};

pub(crate) const QUOTE: Call = Call::post::<QuotedData>("/listings/{id}/quotes", "quote", "What a stay costs.")
    .says(
        "The price of a stay that can be booked now, by the rules of the listing, with a token that keeps it for 15 \
         minutes. The days are not promised: they are taken by the order. Nothing is stored.",
    )
    .with_status(200)
    .with_path(Input::new("id", "the listing", values::id))
    .with_json::<QuoteBody>()
    .refuses(|| {
        let taken = AppError::Order(OrderError::DaysTaken(vec![NaiveDate::default()]));
        [refusals::app([taken, AppError::Listing(ListingError::NotFound)]), refusals::bookings()].concat_all()
    });

pub(crate) async fn quote(
    site: Site,
    looking: Looking,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<QuotedData>, ApiError> {
    let house: HouseId = id_in_path(&id)?;
    let (start, end) = (body.need("start", fields::day), body.need("end", fields::day));
    let guests = body.may("guests", integer(guests)).unwrap_or(1);
    let stay = || Some(StayToBook { house, start: start?, end: end?, guests });
    let stay = body.finish(stay())?;
    let quoted = orders::quote(site.app(), looking.0, &stay).await?;
    Ok(Reply::ok(QuotedData::from(&quoted)))
}
