//! A landlord's own listings: the list, making, publishing, unlisting.

use actix_web::{HttpRequest, web};
use minsu_application::{AccountError, AppError, ListingError, areas, houses, users};
use minsu_domain::{HouseId, Scope};
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
    },
};
use utoipa::IntoParams;

use crate::{
    acting::{Caller, Site},
    cursor,
    fields::Fields,
    listing_body::{ListingBody, draft},
    listing_dto::{ListingData, OwnListingPage},
    listings::{id_in_path, invalid_parameters, own},
    query::{Query, id},
    reply::Reply,
    values,
};

/// The list whose cursors these are.
const LIST: &str = "own listings";

/// One's own listings, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct OwnListingParams {
    /// `next` of the page before.
    #[param(inline, value_type = Option<values::After>)]
    after: Option<String>,
    /// How many listings a page has; 20 where absent.
    #[param(inline, value_type = Option<values::Limit>)]
    limit: Option<u32>,
}

pub(crate) const MINE: Call = Call::get::<OwnListingPage>("/me/listings", "my_listings", "One's own listings.")
    .says("One's own listings in every state but deleted, the newest first, a page at a time.")
    .needs_scope(Scope::ListingsRead)
    .with_query::<OwnListingParams>()
    .refuses(|| [invalid_parameters(), no_account()].concat_all())
    .leads("/items/0/id", &[("listing", "id"), ("publish_listing", "id"), ("add_picture", "id")]);

pub(crate) async fn mine(site: Site, request: HttpRequest, caller: Caller) -> Result<Reply<OwnListingPage>, ApiError> {
    let app = site.app();
    let mut query = Query::of(request.query_string());
    let after = query.may("after", |text| {
        let place = cursor::opened(app, LIST, text).ok_or(FieldRule::Mismatch)?;
        id::<HouseId>(&place).map_err(|_| FieldRule::Mismatch)
    });
    let limit = query.limit();
    query.finish()?;
    let page = houses::own_listings(app, caller.0, after, limit).await?;
    let (user, areas) = (users::profile(app, caller.0).await?, areas::list(app).await?);
    Ok(Reply::ok(OwnListingPage {
        next: page.next.map(|last| cursor::sealed(app, LIST, &last.to_string())),
        items: page.listings.into_iter().map(|house| ListingData::own(app, house, &user, &areas)).collect(),
    }))
}

fn no_account() -> Vec<ApiError> {
    refusals::app([AppError::Account(AccountError::NotFound)])
}

pub(crate) const CREATE: Call = Call::post::<ListingData>("/listings", "create_listing", "Makes a listing.")
    .says(
        "Makes a draft, which only its landlord sees; POST /listings/{id}/pictures and POST /listings/{id}/publish \
         make it public. It counts for the quotas as a published listing.",
    )
    .has_location()
    .has_tag()
    .needs_scope(Scope::ListingsWrite)
    .with_json::<ListingBody>()
    .refuses(|| [refusals::listing_quotas(), no_account()].concat_all())
    .leads("/id", &[("listing", "id"), ("add_picture", "id"), ("publish_listing", "id")]);

pub(crate) async fn create(site: Site, caller: Caller, mut body: Fields) -> Result<Reply<ListingData>, ApiError> {
    let app = site.app();
    let draft = draft(app, &mut body, None).await?;
    let draft = body.finish(Some(draft))?;
    let id = houses::create_draft(app, caller.0, draft).await?;
    Ok(own(app, caller.0, id).await?.at(&format!("/listings/{id}")))
}

pub(crate) const ID: Input = Input::new("id", "the listing", values::id);

pub(crate) fn not_own() -> Vec<ApiError> {
    refusals::app([AppError::Listing(ListingError::NotFound), AppError::Listing(ListingError::NotOwner)])
}

pub(crate) const PUBLISH: Call = Call::post::<ListingData>(
    "/listings/{id}/publish",
    "publish_listing",
    "Publishes a listing.",
)
.says("Publishes a draft or an unlisted listing of one's own, which has a picture; the real name must be verified.")
.with_status(200)
.has_tag()
.needs_scope(Scope::ListingsWrite)
.with_path(ID)
.refuses(|| {
    [
        not_own(),
        refusals::app([
            AppError::Listing(ListingError::WrongState),
            AppError::Listing(ListingError::PictureNeeded),
            AppError::Account(AccountError::IdentityNotVerified),
        ]),
    ]
    .concat_all()
});

pub(crate) async fn publish(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<ListingData>, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    houses::publish_listing(app, caller.0, id, None).await?;
    own(app, caller.0, id).await
}

pub(crate) const UNLIST: Call =
    Call::post::<ListingData>("/listings/{id}/unlist", "unlist_listing", "Takes a listing off the site.")
        .says(
            "Takes a published listing of one's own off the site: it is neither found nor shown nor booked until it is \
             published again. Its orders go on.",
        )
        .with_status(200)
        .has_tag()
        .needs_scope(Scope::ListingsWrite)
        .with_path(ID)
        .refuses(|| [not_own(), refusals::app([AppError::Listing(ListingError::WrongState)])].concat_all());

pub(crate) async fn unlist(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<ListingData>, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    houses::unlist_listing(app, caller.0, id).await?;
    own(app, caller.0, id).await
}
