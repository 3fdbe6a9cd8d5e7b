//! The calendar of a listing for its landlord.

use actix_web::{HttpRequest, web};
use chrono::{Days, NaiveDate};
use minsu_application::{App, AppError, HeldDays, ListingError, houses};
use minsu_domain::{Change, Field, HouseId, Principal, ScheduleChanges, ScheduleDraft, Scope};
use minsu_web::{
    api_error::ApiError,
    openapi::{
        call::Call,
        refusals::{self, ConcatAll},
    },
};

use crate::{
    acting::{Caller, Site},
    date_range::{self, MOST_DAYS, RangeParams},
    fields::{Fields, boolean, day, integer, string},
    listing_changes::expected,
    listings::{id_in_path, invalid_parameters},
    own_listings::{ID, not_own},
    reply::Reply,
    rules::tell,
    schedule_dto::{ScheduleBody, ScheduleData},
    version,
};

pub(crate) const SCHEDULE: Call = Call::get::<ScheduleData>(
    "/listings/{id}/schedule",
    "schedule",
    "The calendar of one's own listing.",
)
.says(
    "The days of one's own listing from `from` to `to`, both included: what occupies each, what it costs and why. \
             The `ETag` is the version of the listing, which orders do not change.",
)
.needs_scope(Scope::CalendarRead)
.has_tag()
.with_path(ID)
.with_query::<RangeParams>()
.refuses(|| [invalid_parameters(), not_own()].concat_all());

pub(crate) async fn schedule(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
) -> Result<Reply<ScheduleData>, ApiError> {
    let id = id_in_path(&id)?;
    let (from, to) = date_range::read(site.app(), request.query_string())?;
    seen(site.app(), caller.0, id, from, to).await
}

async fn seen(
    app: &App,
    viewer: Principal,
    id: HouseId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Reply<ScheduleData>, ApiError> {
    let schedule = houses::own_schedule(app, viewer, id, from, to).await?;
    let tag = version::tag(schedule.version.get());
    Ok(Reply::ok(ScheduleData::new(from, to, schedule)).with(tag))
}

pub(crate) const PUT_SCHEDULE: Call =
    Call::put::<ScheduleData>("/listings/{id}/schedule", "put_schedule", "Changes days of one's own listing.")
        .says(
            "Blocks and frees days, and sets their prices and rules: many ranges, made in their order, all or none. Days \
             begin today and end within the site's horizon. The answer has the days from the first to the last one that \
             was named, at most 400.",
        )
        .needs_scope(Scope::CalendarWrite)
        .edits()
        .with_path(ID)
        .with_json::<ScheduleBody>()
        .refuses(|| {
            let held = HeldDays { days: vec![NaiveDate::default()], orders: vec![] };
            [not_own(), refusals::app([AppError::Listing(ListingError::DaysHeldByOrders(held))])].concat_all()
        });

pub(crate) async fn put_schedule(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<ScheduleData>, ApiError> {
    let (app, id, seen_version) = (site.app(), id_in_path(&id)?, expected(&request)?);
    let drafts = body.each("changes", read_change);
    // What cannot be read is told first.
    let drafts = if body.is_sound() { drafts } else { None };
    let today = app.today();
    let days = houses::plannable_days(app);
    let changes = drafts.and_then(|drafts| {
        ScheduleChanges::of(&drafts, &days).map_err(|faults| tell(&mut body, "changes", Field::Changes, &faults)).ok()
    });
    let changes = body.finish(changes)?;
    houses::put_schedule(app, caller.0, id, seen_version, &changes).await?;
    let days = changes.days();
    let (first, last) = (days.first().copied().unwrap_or(today), days.last().copied().unwrap_or(today));
    let most = first.checked_add_days(Days::new(MOST_DAYS - 1)).unwrap_or(last);
    seen(app, caller.0, id, first, last.min(most)).await
}

fn read_change(body: &mut Fields) -> Option<ScheduleDraft> {
    let whole = integer(Ok::<i64, _>);
    let (from, to) = (body.need("from", day), body.need("to", day));
    let blocked = match body.change("blocked", boolean) {
        Change::Keep => None,
        Change::Clear => Some(false),
        Change::Set(blocked) => Some(blocked),
    };
    let draft = ScheduleDraft {
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        blocked,
        note: body.change("note", string),
        price: body.change("price", &whole),
        min_days: body.change("min_days", &whole),
        closed_to_arrival: body.change("closed_to_arrival", boolean),
        closed_to_departure: body.change("closed_to_departure", boolean),
    };
    from.and(to).map(|_| draft)
}
