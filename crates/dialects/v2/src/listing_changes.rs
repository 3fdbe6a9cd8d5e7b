//! Changing and deleting a landlord's own listing.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{AppError, ListingError, houses};
use minsu_domain::{HouseId, OrderId, Scope, Version};
use minsu_ports::OwnHouse;
use minsu_web::{
    api_error::ApiError,
    native_fault::NativeFault,
    openapi::{
        call::{Call, Verb},
        refusals::{self, ConcatAll},
    },
};

use crate::{
    acting::{Caller, Site},
    fields::Fields,
    listing_body::{ListingPatch, draft},
    listing_dto::ListingData,
    listings::{id_in_path, own},
    own_listings::{ID, not_own},
    reply::{Reply, no_content},
    version,
};

/// The version that a request wants to change.
pub(crate) fn expected(request: &HttpRequest) -> Result<Option<Version>, ApiError> {
    version::expected(request, |text| {
        let number = text.parse::<u32>().ok().filter(|number| number.to_string() == text)?;
        Version::new(number).ok()
    })
}

/// One's own listing of the version that the request names.
///
/// # Errors
/// [`NativeFault::VersionMissing`], [`NativeFault::VersionStale`], and those of a listing that is not one's own.
pub(crate) async fn as_seen(
    site: &Site,
    request: &HttpRequest,
    caller: &Caller,
    id: HouseId,
) -> Result<OwnHouse, ApiError> {
    houses::demand_owner(site.app(), caller.0, id).await?;
    let expected = expected(request)?;
    let stands = houses::own_listing(site.app(), caller.0, id).await?;
    match expected {
        Some(seen) if seen != stands.version => Err(NativeFault::VersionStale.into()),
        _ => Ok(stands),
    }
}

pub(crate) const PATCH: Call = Call::patch::<ListingData>("/listings/{id}", "change_listing", "Changes a listing.")
    .says(
        "A JSON merge patch (RFC 7396) of one's own listing, in whatever state but deleted: what is absent stays, and \
         `null` takes the description away. Orders keep the days, the price and the total that they were placed with.",
    )
    .needs_scope(Scope::ListingsWrite)
    .edits()
    .with_path(ID)
    .with_json::<ListingPatch>()
    .refuses(not_own);

pub(crate) async fn patch(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<ListingData>, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    let stands = as_seen(&site, &request, &caller, id).await?;
    // A patch of nothing changes nothing.
    if !body.is_empty() {
        let draft = draft(app, &mut body, Some(&stands.offer.into())).await?;
        let draft = body.finish(Some(draft))?;
        houses::edit_listing(app, caller.0, id, stands.version, draft).await?;
    }
    own(app, caller.0, id).await
}

pub(crate) const DELETE: Call =
    Call::without_content(Verb::Delete, "/listings/{id}", "delete_listing", "Deletes a listing.")
        .says(
            "Deletes one's own listing with its pictures, in whatever state. Orders that were placed stay for both \
             sides, with the headline; while one of them is not over, the listing cannot be deleted, and `orders` names \
             them.",
        )
        .needs_scope(Scope::ListingsWrite)
        .edits()
        .with_path(ID)
        .refuses(|| {
            let open = OrderId::new(11).into_iter().collect();
            [not_own(), refusals::app([AppError::Listing(ListingError::OrdersOpen(open))])].concat_all()
        });

pub(crate) async fn delete(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = id_in_path(&id)?;
    houses::demand_owner(site.app(), caller.0, id).await?;
    houses::delete_listing(site.app(), caller.0, id, expected(&request)?).await?;
    Ok(no_content())
}
