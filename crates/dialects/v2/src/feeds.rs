//! Calendars of other sites that a landlord has connected to a listing.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use minsu_application::{
    App, AppError, CalendarError,
    feeds::{self, ChangeFeed, ConnectFeed},
};
use minsu_domain::{CalendarName, DayOffsets, FeedId, Field, HouseId, Principal, Scope};
use minsu_web::{
    api_error::ApiError,
    feed_polls::poll_soon,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
};

use crate::{
    acting::{Caller, Site},
    feed_dto::{FeedBody, FeedData, FeedPatch, Feeds},
    fields::{Fields, boolean, integer, string, text},
    listing_changes::expected,
    listings::id_in_path,
    own_listings::{ID, not_own},
    reply::{Reply, no_content},
    values, version,
};

const FEED: Input = Input::new("feed", "the calendar", values::id);

fn not_there() -> Vec<ApiError> {
    [not_own(), refusals::app([AppError::Calendar(CalendarError::NoSuchFeed)])].concat_all()
}

fn address() -> Vec<ApiError> {
    [
        refusals::app([
            AppError::Calendar(CalendarError::AddressRefused),
            AppError::Calendar(CalendarError::UnknownHost),
        ]),
        refusals::invalid(&[Field::Url]),
    ]
    .concat_all()
}

/// The ids of a path.
fn ids(path: &(String, String)) -> Result<(HouseId, FeedId), ApiError> {
    Ok((id_in_path(&path.0)?, id_in_path(&path.1)?))
}

async fn seen(app: &App, viewer: Principal, house: HouseId, id: FeedId) -> Result<Reply<FeedData>, ApiError> {
    let feed = FeedData::from(feeds::find(app, viewer, house, id).await?);
    let tag = version::tag(feed.version());
    Ok(Reply::ok(feed).with(tag))
}

pub(crate) const FEEDS: Call =
    Call::get::<Feeds>("/listings/{id}/feeds", "feeds", "The calendars of other sites of one's own listing.")
        .says(
            "The calendars of other sites that shut days of one's own listing, with how they are and their conflicts.",
        )
        .needs_scope(Scope::CalendarRead)
        .with_path(ID)
        .refuses(not_own)
        .leads("/items/0/id", &[("feed", "feed"), ("sync_feed", "feed")]);

pub(crate) async fn list(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<Feeds>, ApiError> {
    let feeds = feeds::list(site.app(), caller.0, id_in_path(&id)?).await?;
    Ok(Reply::ok(Feeds { items: feeds.into_iter().map(FeedData::from).collect() }))
}

pub(crate) const GET: Call =
    Call::get::<FeedData>("/listings/{id}/feeds/{feed}", "feed", "A calendar of another site.")
        .says("One of the calendars of one's own listing. The `ETag` is its version.")
        .needs_scope(Scope::CalendarRead)
        .has_tag()
        .with_path(ID)
        .and_path(FEED)
        .refuses(not_there);

pub(crate) async fn feed(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<Reply<FeedData>, ApiError> {
    let (house, id) = ids(&path)?;
    seen(site.app(), caller.0, house, id).await
}

pub(crate) const CONNECT: Call =
    Call::post::<FeedData>("/listings/{id}/feeds", "connect_feed", "Connects a calendar of another site.")
        .says(
            "Connects an iCalendar file of another site, at most eight a listing. It is read at once and every 15 \
             minutes from then on; its days cannot be booked. Days that leave it are freed after two answers, and held \
             for a day where most go at once; an answer that is no whole calendar frees none.",
        )
        .has_location()
        .has_tag()
        .needs_scope(Scope::CalendarWrite)
        .with_path(ID)
        .with_json::<FeedBody>()
        .refuses(|| {
            [not_own(), refusals::app([AppError::Calendar(CalendarError::TooManyFeeds)]), address()].concat_all()
        })
        .leads("/id", &[("feed", "feed"), ("sync_feed", "feed"), ("disconnect_feed", "feed")]);

pub(crate) async fn connect(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<FeedData>, ApiError> {
    let (app, house) = (site.app(), id_in_path(&id)?);
    let (name, url) = (body.need("name", text(CalendarName::new)), body.need("url", string));
    let (start, end) = (read_start(&mut body), read_end(&mut body));
    let is_all_closures = body.may("all_closures", boolean).unwrap_or(false);
    let command = || {
        let offsets = DayOffsets::new(start.unwrap_or_default(), end.unwrap_or_default()).ok()?;
        Some(ConnectFeed { name: name?, url: url?, offsets, is_all_closures })
    };
    let command = body.finish(command())?;
    let id = feeds::connect(app, caller.0, house, command).await?;
    let made = seen(app, caller.0, house, id).await?;
    poll_soon(app, id);
    Ok(made.at(&format!("/listings/{house}/feeds/{id}")))
}

fn read_start(body: &mut Fields) -> Option<i64> {
    body.may("start_offset", integer(|days| DayOffsets::new(days, 0).map(|_| days)))
}

fn read_end(body: &mut Fields) -> Option<i64> {
    body.may("end_offset", integer(|days| DayOffsets::new(0, days).map(|_| days)))
}

pub(crate) const CHANGE: Call =
    Call::patch::<FeedData>("/listings/{id}/feeds/{feed}", "change_feed", "Changes a calendar of another site.")
        .says(
            "A JSON merge patch (RFC 7396): what is absent stays. A poll under way writes nothing any more, and the \
             calendar is read anew.",
        )
        .needs_scope(Scope::CalendarWrite)
        .edits()
        .with_path(ID)
        .and_path(FEED)
        .with_json::<FeedPatch>()
        .refuses(|| {
            [not_there(), address(), refusals::app([AppError::Calendar(CalendarError::VersionStale)])].concat_all()
        });

pub(crate) async fn change(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
    mut body: Fields,
) -> Result<Reply<FeedData>, ApiError> {
    let (app, (house, id)) = (site.app(), ids(&path)?);
    // Other landlords learn no more of it.
    feeds::find(app, caller.0, house, id).await?;
    let seen_version = expected(&request)?;
    let is_nothing = body.is_empty();
    let command = ChangeFeed {
        name: body.may("name", text(CalendarName::new)),
        url: body.may("url", string),
        start_offset: read_start(&mut body),
        end_offset: read_end(&mut body),
        is_all_closures: body.may("all_closures", boolean),
        is_paused: body.may("paused", boolean),
    };
    let command = body.finish(Some(command))?;
    if !is_nothing {
        feeds::change(app, caller.0, (house, id), seen_version, &command).await?;
    }
    let changed = seen(app, caller.0, house, id).await?;
    poll_soon(app, id);
    Ok(changed)
}

pub(crate) const DISCONNECT: Call = Call::without_content(
    Verb::Delete,
    "/listings/{id}/feeds/{feed}",
    "disconnect_feed",
    "Disconnects a calendar of another site.",
)
.says("Disconnects a calendar. Its days are free at once, unless something else holds them.")
.needs_scope(Scope::CalendarWrite)
.with_path(ID)
.and_path(FEED)
.refuses(not_there);

pub(crate) async fn disconnect(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (house, id) = ids(&path)?;
    feeds::disconnect(site.app(), caller.0, house, id).await?;
    Ok(no_content())
}

pub(crate) const SYNC: Call =
    Call::post::<FeedData>("/listings/{id}/feeds/{feed}/sync", "sync_feed", "Reads a calendar of another site now.")
        .says(
            "Has a calendar read at once, once a minute at most; the answer does not wait for it. It is done when \
             `fetched_at` moves.",
        )
        .with_status(202)
        .needs_scope(Scope::CalendarWrite)
        .with_path(ID)
        .and_path(FEED)
        .refuses(|| {
            [not_there(), refusals::app([AppError::Calendar(CalendarError::Paused), refusals::too_often()])]
                .concat_all()
        });

pub(crate) async fn sync(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<Reply<FeedData>, ApiError> {
    let (app, (house, id)) = (site.app(), ids(&path)?);
    feeds::sync(app, caller.0, house, id).await?;
    let feed = FeedData::from(feeds::find(app, caller.0, house, id).await?);
    poll_soon(app, id);
    Ok(Reply::ok(feed).status(StatusCode::ACCEPTED))
}

pub(crate) const RELEASE: Call = Call::post::<FeedData>(
    "/listings/{id}/feeds/{feed}/release",
    "release_feed",
    "Frees the days that a calendar lost suspiciously.",
)
.says(
    "Says that the days which a suspicious calendar does not have any more are free. They are free at once, unless its \
     last answer could not be read whole.",
)
.with_status(200)
.has_tag()
.needs_scope(Scope::CalendarWrite)
.with_path(ID)
.and_path(FEED)
.refuses(not_there);

pub(crate) async fn release(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<Reply<FeedData>, ApiError> {
    let (app, (house, id)) = (site.app(), ids(&path)?);
    feeds::release(app, caller.0, house, id).await?;
    seen(app, caller.0, house, id).await
}
