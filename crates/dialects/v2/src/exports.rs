//! Links by which other sites read the calendar of a listing.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use minsu_application::{
    AppError, CalendarError,
    exports::{self, CreateExport, CreatedExport},
};
use minsu_domain::{CalendarName, ExportId, FeedId, HouseId, Scope};
use minsu_web::{
    api_error::ApiError,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
    pages::json,
    present,
};

use crate::{
    acting::{Caller, Site},
    feed_dto::{LinkBody, LinkData, Links},
    fields::{Fields, integer, text},
    listings::id_in_path,
    own_listings::{ID, not_own},
    repeats::KeptBody,
    reply::{Reply, no_content},
    values,
};

const EXPORT: Input = Input::new("export", "the link", values::id);

fn not_there() -> Vec<ApiError> {
    [not_own(), refusals::app([AppError::Calendar(CalendarError::NoSuchExport)])].concat_all()
}

fn ids(path: &(String, String)) -> Result<(HouseId, ExportId), ApiError> {
    Ok((id_in_path(&path.0)?, id_in_path(&path.1)?))
}

pub(crate) const EXPORTS: Call =
    Call::get::<Links>("/listings/{id}/exports", "exports", "The links to the calendar of one's own listing.")
        .says("The links by which other sites read the occupied days of one's own listing. The links are not kept.")
        .needs_scope(Scope::CalendarRead)
        .with_path(ID)
        .refuses(not_own);

pub(crate) async fn list(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<Links>, ApiError> {
    let exports = exports::list(site.app(), caller.0, id_in_path(&id)?).await?;
    Ok(Reply::ok(Links { items: exports.into_iter().map(LinkData::from).collect() }))
}

pub(crate) const CREATE: Call = Call::post::<LinkData>(
    "/listings/{id}/exports",
    "create_export",
    "Makes a link to the calendar of a listing.",
)
.says(
    "A secret link to an iCalendar file with the occupied days of one's own listing, and nothing of who occupies \
             them: for another site. It is shown here once. Give each channel a link of its own, with its `feed_id`.",
)
.has_location()
.needs_scope(Scope::CalendarWrite)
.with_path(ID)
.with_json::<LinkBody>()
.refuses(|| {
    [
        not_own(),
        refusals::app([
            AppError::Calendar(CalendarError::NoSuchFeed),
            AppError::Calendar(CalendarError::TooManyExports),
        ]),
    ]
    .concat_all()
})
.leads("/id", &[("renew_export", "export"), ("delete_export", "export")]);

pub(crate) async fn create(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<HttpResponse, ApiError> {
    let house = id_in_path(&id)?;
    let name = body.need("name", text(CalendarName::new));
    let feed = body.may("feed_id", integer(FeedId::new));
    let command = body.finish(name.map(|name| CreateExport { name, feed }))?;
    let created = exports::create(site.app(), caller.0, house, &command).await?;
    shown(&site, &request, house, created, true)
}

/// A link with its secret, which is not kept for repetitions.
fn shown(
    site: &Site,
    request: &HttpRequest,
    house: HouseId,
    created: CreatedExport,
    is_new: bool,
) -> Result<HttpResponse, ApiError> {
    let export = LinkData::from(created.export);
    let kept = json(&export)?;
    let path = format!("/listings/{house}/exports/{}", export.id());
    let shown = export.with_url(present::address(&site.state, request, &created.secret.path()));
    let reply = if is_new { Reply::created(&path, shown) } else { Reply::ok(shown) };
    let mut response = reply.respond_to(request);
    response.extensions_mut().insert(KeptBody(kept));
    Ok(response)
}

pub(crate) const RENEW: Call =
    Call::post::<LinkData>("/listings/{id}/exports/{export}/renew", "renew_export", "Renews a link to a calendar.")
        .says("Gives a link another secret, which is shown here once. The old link is from then on unknown.")
        .with_status(200)
        .needs_scope(Scope::CalendarWrite)
        .with_path(ID)
        .and_path(EXPORT)
        .refuses(not_there);

pub(crate) async fn renew(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (house, id) = ids(&path)?;
    let renewed = exports::renew(site.app(), caller.0, house, id).await?;
    shown(&site, &request, house, renewed, false)
}

pub(crate) const DELETE: Call = Call::without_content(
    Verb::Delete,
    "/listings/{id}/exports/{export}",
    "delete_export",
    "Deletes a link to a calendar.",
)
.says("Deletes a link, which is from then on unknown.")
.needs_scope(Scope::CalendarWrite)
.with_path(ID)
.and_path(EXPORT)
.refuses(not_there);

pub(crate) async fn delete(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (house, id) = ids(&path)?;
    exports::delete(site.app(), caller.0, house, id).await?;
    Ok(no_content())
}
