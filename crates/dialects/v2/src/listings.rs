//! The search, and what is public of a listing.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use minsu_application::{
    App, AppError, ListingError, areas,
    houses::{self, HousePage},
    users,
};
use minsu_domain::{HouseId, Principal, Scope};
use minsu_ports::Rendered;
use minsu_web::{
    api_error::{ApiError, RequestFault},
    fields::parse_id,
    house_lists,
    login::Viewer,
    native_fault::{FieldFault, FieldRule, NativeFault},
    openapi::{
        call::{Call, Input},
        refusals,
    },
    page_keys::PageKey,
    pages::{self, json},
    present,
    state::State,
};

use crate::{
    acting::{Looking, by_token_if_any},
    listing_dto::{ListingData, ListingItem, ListingPage},
    names::{FORM, MEMBERS},
    reply::Reply,
    search_params::{Search, SearchParams, next},
    values, version,
};

/// An id of a path; what cannot be one names nothing.
pub(crate) fn id_in_path<T: TryFrom<i64, Error = minsu_domain::Invalid>>(text: &str) -> Result<T, ApiError> {
    parse_id(text).map_err(|_| RequestFault::UnknownPath.into())
}

/// Parameters that cannot be.
pub(crate) fn invalid_parameters() -> Vec<ApiError> {
    vec![NativeFault::InvalidFields(vec![FieldFault::at("after", FieldRule::Mismatch)]).into()]
}

pub(crate) const SEARCH: Call =
    Call::get::<ListingPage>("/listings", "search", "Listings in which a stay can be booked.")
        .says(
            "Listings in which the stay can be booked, by the bounds of the listing and of the site, a page at a \
         time: `next` of a page is `after` of the one behind it, and listings that are published meanwhile move \
         nothing. Days that cannot be booked (past, too far ahead, too many) have an empty list. `q` finds \
         listings whose title and address together have every two neighbouring characters of each word, and \
         every Chinese character that stands alone; capital letters and full-width forms do not matter.",
        )
        .with_query::<SearchParams>()
        .refuses(invalid_parameters)
        .has_tag()
        .leads("/items/0/id", &[("listing", "id")]);

pub(crate) async fn search(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let search = Search::of_query(app, request.query_string())?;
    let found =
        house_lists::cached(&state, &request, FORM, &search.houses, |found| json(&page(app, &search, found))).await?;
    Ok(found.respond_to(&request))
}

fn page(app: &App, search: &Search, found: HousePage) -> ListingPage {
    ListingPage {
        next: found.next.map(|place| next(app, search.houses.sort, place)),
        total: found.total,
        total_is_exact: found.total < app.policy.max_results,
        items: found
            .houses
            .into_iter()
            .map(|house| {
                let total = found.totals.get(&house.id).copied();
                ListingItem::new(app, house, search.days, total)
            })
            .collect(),
    }
}

pub(crate) const LISTING: Call = Call::get::<ListingData>("/listings/{id}", "listing", "One listing.")
    .says(
        "A published listing with all its pictures. Its landlord gets it in every state but deleted, with the session or \
         with a token that has the scope `listings:read`; then the `ETag` is the version.",
    )
    .takes_scope(Scope::ListingsRead)
    .with_path(Input::new("id", "the listing", values::id))
    .has_tag()
    .refuses(|| refusals::app([AppError::Listing(ListingError::NotFound)]));

pub(crate) async fn listing(
    state: web::Data<State>,
    request: HttpRequest,
    looking: Looking,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let viewer = looking.0;
    let form = present::form(&Viewer(viewer), FORM, MEMBERS);
    let page = pages::ready(&state, PageKey::house(form, id), async || {
        let house = houses::detail(&state.app, id, viewer).await?;
        let areas = areas::list(&state.app).await?;
        Ok(Rendered::Cacheable(json(&ListingData::published(&state.app, house, &areas))?))
    })
    .await;
    match page {
        Ok(page) => {
            // Whose token it is matters to its landlord alone; everybody else sees the page whatever the token is.
            let by_token = by_token_if_any(Scope::ListingsRead, &request).await.ok().flatten();
            match by_token.or(viewer) {
                Some(caller) if ListingData::is_of(page.body(), caller.user) => {
                    Ok(own(&state.app, caller, id).await?.respond_to(&request))
                }
                _ => Ok(page.seen_by(Viewer(viewer)).respond_to(&request)),
            }
        }
        Err(ApiError::App(AppError::Listing(ListingError::NotFound))) => {
            let by_token = by_token_if_any(Scope::ListingsRead, &request).await?;
            let owner = by_token.or(viewer).ok_or(AppError::from(ListingError::NotFound))?;
            Ok(own(&state.app, owner, id).await?.respond_to(&request))
        }
        Err(error) => Err(error),
    }
}

/// One of the person's own listings, with its version.
pub(crate) async fn own(app: &App, landlord: Principal, id: HouseId) -> Result<Reply<ListingData>, ApiError> {
    let house = houses::own_listing(app, landlord, id).await?;
    let (user, areas) = (users::profile(app, landlord).await?, areas::list(app).await?);
    let listing = ListingData::own(app, house, &user, &areas);
    let tag = version::tag(listing.version());
    Ok(Reply::ok(listing).with(tag))
}
