//! Rules and seasons of a landlord's listing.

use actix_web::{HttpRequest, web};
use minsu_application::{App, houses};
use minsu_domain::{
    CancellationPreset, Field, HouseId, HouseRules, Invalid, ItemFault, Principal, RulesDraft, Scope, SeasonDraft,
    Seasons,
};
use minsu_web::{api_error::ApiError, native_fault::FieldRule, openapi::call::Call};

use crate::{
    acting::{Caller, Site},
    fields::{Fields, boolean, by_weekday, day, integer, integers},
    listing_changes::expected,
    listings::id_in_path,
    own_listings::{ID, not_own},
    problem::mapping::pointer,
    reply::Reply,
    rules_dto::{RulesBody, RulesData, SeasonsBody, SeasonsData},
    version,
};

pub(crate) const RULES: Call =
    Call::get::<RulesData>("/listings/{id}/rules", "rules", "The rules of one's own listing.")
        .says("The rules of one's own listing. The `ETag` is the version of the listing.")
        .needs_scope(Scope::CalendarRead)
        .has_tag()
        .with_path(ID)
        .refuses(not_own);

pub(crate) async fn rules(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<RulesData>, ApiError> {
    seen_rules(site.app(), caller.0, id_in_path(&id)?).await
}

async fn seen_rules(app: &App, viewer: Principal, id: HouseId) -> Result<Reply<RulesData>, ApiError> {
    let (rules, version) = houses::own_rules(app, viewer, id).await?;
    Ok(Reply::ok(RulesData::from(&rules)).with(version::tag(version.get())))
}

pub(crate) const PUT_RULES: Call =
    Call::put::<RulesData>("/listings/{id}/rules", "put_rules", "Replaces the rules of one's own listing.")
        .says(
            "Replaces all rules of one's own listing; what is absent is as without rules. Of date, season and listing \
             the first that has a price or a rule counts. Orders keep what they were placed with.",
        )
        .needs_scope(Scope::CalendarWrite)
        .edits()
        .with_path(ID)
        .with_json::<RulesBody>()
        .refuses(not_own);

pub(crate) async fn put_rules(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<RulesData>, ApiError> {
    let (id, seen) = (id_in_path(&id)?, expected(&request)?);
    let draft = read_rules(&mut body);
    let rules = HouseRules::of(&draft).map_err(|faults| {
        for Invalid { field, rule } in faults {
            body.fault(pointer(field).trim_start_matches('/'), rule.into());
        }
    });
    let rules = body.finish(rules.ok())?;
    houses::put_rules(site.app(), caller.0, id, seen, &rules).await?;
    seen_rules(site.app(), caller.0, id).await
}

fn read_rules(body: &mut Fields) -> RulesDraft {
    let usual = RulesDraft::default();
    let whole = integer(Ok::<i64, _>);
    RulesDraft {
        weekday_prices: body.may("weekday_prices", by_weekday).unwrap_or_default(),
        arrival_days: body.may("arrival_days", integers),
        departure_days: body.may("departure_days", integers),
        notice_days: body.may("notice_days", &whole).unwrap_or(usual.notice_days),
        window_days: body.may("window_days", &whole).unwrap_or(usual.window_days),
        preparation_days: body.may("preparation_days", &whole).unwrap_or(usual.preparation_days),
        instant: body.may("instant", boolean).unwrap_or(usual.instant),
        cancellation: body
            .may("cancellation", |name| {
                let name = name.as_str().ok_or(FieldRule::Type)?;
                CancellationPreset::of_name(name).ok_or(FieldRule::Format)
            })
            .unwrap_or(usual.cancellation),
        cleaning_fee: body.may("cleaning_fee", &whole).unwrap_or(usual.cleaning_fee),
        guests_included: body.may("guests_included", &whole).unwrap_or(usual.guests_included),
        extra_guest_fee: body.may("extra_guest_fee", &whole).unwrap_or(usual.extra_guest_fee),
        weekly_discount: body.may("weekly_discount", &whole).unwrap_or(usual.weekly_discount),
        monthly_discount: body.may("monthly_discount", &whole).unwrap_or(usual.monthly_discount),
    }
}

pub(crate) const SEASONS: Call =
    Call::get::<SeasonsData>("/listings/{id}/seasons", "seasons", "The seasons of one's own listing.")
        .says("The seasons of one's own listing, by their first date. The `ETag` is the version of the listing.")
        .needs_scope(Scope::CalendarRead)
        .has_tag()
        .with_path(ID)
        .refuses(not_own);

pub(crate) async fn seasons(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<SeasonsData>, ApiError> {
    seen_seasons(site.app(), caller.0, id_in_path(&id)?).await
}

async fn seen_seasons(app: &App, viewer: Principal, id: HouseId) -> Result<Reply<SeasonsData>, ApiError> {
    let (seasons, version) = houses::own_seasons(app, viewer, id).await?;
    Ok(Reply::ok(SeasonsData::from(&seasons)).with(version::tag(version.get())))
}

pub(crate) const PUT_SEASONS: Call =
    Call::put::<SeasonsData>("/listings/{id}/seasons", "put_seasons", "Replaces the seasons of one's own listing.")
        .says(
            "Replaces all seasons of one's own listing: at most 100, of which no two share a date. Orders keep what \
             they were placed with.",
        )
        .needs_scope(Scope::CalendarWrite)
        .edits()
        .with_path(ID)
        .with_json::<SeasonsBody>()
        .refuses(not_own);

pub(crate) async fn put_seasons(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<SeasonsData>, ApiError> {
    let (id, seen) = (id_in_path(&id)?, expected(&request)?);
    let drafts = body.each("seasons", read_season);
    // What cannot be read is told first.
    let drafts = if body.is_sound() { drafts } else { None };
    let seasons = drafts.and_then(|drafts| {
        Seasons::of(&drafts).map_err(|faults| tell(&mut body, "seasons", Field::Seasons, &faults)).ok()
    });
    let seasons = body.finish(seasons)?;
    houses::put_seasons(site.app(), caller.0, id, seen, &seasons).await?;
    seen_seasons(site.app(), caller.0, id).await
}

fn read_season(body: &mut Fields) -> Option<SeasonDraft> {
    let whole = integer(Ok::<i64, _>);
    let (from, to) = (body.need("from", day), body.need("to", day));
    let draft = |from, to, body: &mut Fields| SeasonDraft {
        from,
        to,
        price: body.may("price", &whole),
        weekday_prices: body.may("weekday_prices", by_weekday).unwrap_or_default(),
        min_days: body.may("min_days", &whole),
        max_days: body.may("max_days", &whole),
        arrival_days: body.may("arrival_days", integers),
        departure_days: body.may("departure_days", integers),
    };
    // Every field is read, so that no known one counts as unknown.
    let draft = draft(from.unwrap_or_default(), to.unwrap_or_default(), body);
    from.and(to).map(|_| draft)
}

/// Tells the faults of the items of a list; `whole` is the field of the list itself.
pub(crate) fn tell(body: &mut Fields, list: &str, whole: Field, faults: &[ItemFault]) {
    for ItemFault { place, fault } in faults {
        let inside = if fault.field == whole { String::new() } else { format!("/{place}{}", pointer(fault.field)) };
        body.fault_inside(format!("/{list}{inside}"), fault.rule.into());
    }
}
