//! The pictures of a landlord's own listing: adding, arranging, deleting.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{
    AppError, ListingError,
    houses::{self, ArrangementFault},
};
use minsu_domain::{Caption, HouseId, PictureId, Scope};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
        values::file,
    },
    upload::Upload,
};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    acting::{Caller, Site},
    fields::{Fields, integer, text},
    listing_changes::as_seen,
    listing_dto::ListingData,
    listings::{id_in_path, own},
    me::picture,
    own_listings::{ID, not_own},
    picture_dto::PictureData,
    reply::{Reply, no_content},
    values, version,
};

pub(crate) const ADD: Call =
    Call::post::<PictureData>("/listings/{id}/pictures", "add_picture", "Adds a picture to one's own listing.")
        .says(
            "A picture: JPEG, PNG or WebP by its content, one a call; it is stored as a new JPEG in two sizes, behind \
             the others. The first one is the cover. The listing may be a draft. The `ETag` is its new version.",
        )
        .has_location()
        .has_tag()
        .needs_scope(Scope::ListingsWrite)
        .with_path(ID)
        .with_upload(&[Input::new("picture", "", file)])
        .refuses(|| [not_own(), refusals::pictures(), refusals::picture_quotas()].concat_all());

pub(crate) async fn add(
    site: Site,
    caller: Caller,
    client: Client,
    id: web::Path<String>,
    multipart: Multipart,
) -> Result<Reply<PictureData>, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    houses::demand_owner(app, caller.0, id).await?;
    let upload = picture(Upload::receive(&site.state, caller.0, multipart).await?)?;
    let key = houses::add_picture(app, caller.0, client.0, id, upload).await?;
    let listing = houses::own_listing(app, caller.0, id).await?;
    let added = listing.pictures.into_iter().find(|shown| shown.key == key);
    // Another request deleted it meanwhile.
    let added = added.ok_or(AppError::Listing(ListingError::NoSuchPicture))?;
    let reply = Reply::created(&format!("/listings/{id}"), PictureData::new(app, added));
    Ok(reply.with(version::tag(listing.version.get())))
}

/// The pictures of a listing in their new order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ArrangementBody {
    /// Every picture of the listing once; the first one is the cover.
    pictures: Vec<PlacedPicture>,
}

/// A picture at its place.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct PlacedPicture {
    /// The id of the picture.
    #[schema(value_type = values::Id)]
    id: i64,
    /// What is written below it; absent for nothing.
    #[schema(value_type = Option<values::CaptionText>, nullable = false)]
    caption: Option<String>,
}

pub(crate) const ARRANGE: Call = Call::put::<ListingData>(
    "/listings/{id}/pictures",
    "arrange_pictures",
    "Orders the pictures of one's own listing.",
)
.says("Gives the pictures this order and these captions. Every picture of the listing is named once.")
.needs_scope(Scope::ListingsWrite)
.edits()
.with_path(ID)
.with_json::<ArrangementBody>()
.refuses(not_own);

pub(crate) async fn arrange(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<ListingData>, ApiError> {
    let (app, id): (_, HouseId) = (site.app(), id_in_path(&id)?);
    let stands = as_seen(&site, &request, &caller, id).await?;
    let placed = placed(&mut body);
    let named: Vec<_> = placed.iter().flatten().map(|(_, id, _)| *id).collect();
    let standing: Vec<_> = stands.pictures.iter().map(|picture| picture.id).collect();
    if let Some(placed) = &placed {
        for fault in houses::arrangement_faults(&standing, &named) {
            let (pointer, rule) = match fault {
                ArrangementFault::Unknown(place) => (at_id(placed[place].0), FieldRule::NotFound),
                ArrangementFault::Repeated(place) => (at_id(placed[place].0), FieldRule::Repeated),
                ArrangementFault::Missing => ("/pictures".to_owned(), FieldRule::Mismatch),
            };
            body.fault_inside(pointer, rule);
        }
    }
    let pictures: Vec<_> = body.finish(placed)?.into_iter().map(|(_, id, caption)| (id, caption)).collect();
    houses::arrange_pictures(app, caller.0, id, stands.version, &pictures).await?;
    own(app, caller.0, id).await
}

fn at_id(place: usize) -> String {
    format!("/pictures/{place}/id")
}

/// The most pictures that a request orders; more are refused unread.
const MOST: usize = 1000;

/// The pictures that can be read, with their places in the list.
fn placed(body: &mut Fields) -> Option<Vec<(usize, PictureId, Option<Caption>)>> {
    let list = body.need("pictures", |value| match value.as_array() {
        Some(list) if list.len() > MOST => Err(FieldRule::Range),
        Some(list) => Ok(list.clone()),
        None => Err(FieldRule::Type),
    })?;
    let read = |(place, entry): (usize, Value)| {
        let Value::Object(mut entry) = entry else {
            body.fault_inside(format!("/pictures/{place}"), FieldRule::Type);
            return None;
        };
        let id = match entry.remove("id") {
            Some(id) => integer(PictureId::new)(&id),
            None => Err(FieldRule::Required),
        };
        let caption = entry.remove("caption").map(|caption| text(Caption::new)(&caption)).transpose();
        for name in entry.keys() {
            let name = name.replace('~', "~0").replace('/', "~1");
            body.fault_inside(format!("/pictures/{place}/{name}"), FieldRule::Unknown);
        }
        let id = id.map_err(|rule| body.fault_inside(at_id(place), rule)).ok();
        let caption = caption.map_err(|rule| body.fault_inside(format!("/pictures/{place}/caption"), rule)).ok();
        Some((place, id?, caption?))
    };
    Some(list.into_iter().enumerate().filter_map(read).collect())
}

const PICTURE: Input = Input::new("picture", "the picture", values::id);

pub(crate) const DELETE: Call = Call::without_content(
    Verb::Delete,
    "/listings/{id}/pictures/{picture}",
    "delete_picture",
    "Deletes a picture of one's own listing.",
)
.says("Deletes a picture; the next one becomes the cover. The last one of a published listing cannot be deleted.")
.needs_scope(Scope::ListingsWrite)
.with_path(ID)
.and_path(PICTURE)
.refuses(|| {
    [
        not_own(),
        refusals::app([AppError::Listing(ListingError::NoSuchPicture), AppError::Listing(ListingError::LastPicture)]),
    ]
    .concat_all()
});

pub(crate) async fn delete(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, picture) = path.into_inner();
    let (id, picture): (HouseId, PictureId) = (id_in_path(&id)?, id_in_path(&picture)?);
    houses::delete_picture(site.app(), caller.0, id, picture).await?;
    Ok(no_content())
}
