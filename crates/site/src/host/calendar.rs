//! A landlord's calendar of a house: a month with what each day costs and what occupies it, and the form that changes
//! days.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Months, NaiveDate};
use minsu_application::{
    App, AppError, HeldDays, ListingError,
    houses::{self, ScheduleDay},
};
use minsu_domain::{
    BlockNote, Change, Field, HouseDraft, HouseId, Invalid, Money, Occupant, OrderId, PriceSource, Principal,
    ScheduleChanges, ScheduleDraft, StayLimits, parse_day,
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    language::Language,
    login::LoggedIn,
    state::State,
};

use crate::{
    answer::answer,
    calendar::{self, Month},
    done,
    form::{Fields, MemberForm},
    format,
    frame::{self, Frame},
    host::edit::version,
    language::say,
    listing::id_in_path,
    local,
};

/// What a cell shows of a day.
#[derive(Debug, Clone, Default)]
struct Day {
    class: &'static str,
    /// Whether it can be changed.
    open: bool,
    price: String,
    /// Whether its price is another one than the listing's own.
    special: bool,
    order: Option<i64>,
    /// What else occupies it; empty where nothing does.
    occupied: &'static str,
    note: String,
    /// The shortest stay from it on, where it is another one than the listing's own.
    min_days: Option<String>,
    arrival: bool,
    departure: bool,
}

/// How the days of a calendar are shown.
struct Shown {
    language: Language,
    limits: StayLimits,
    today: NaiveDate,
    last: NaiveDate,
}

impl Shown {
    fn day(&self, day: ScheduleDay) -> Day {
        let ScheduleDay { date, occupant, price: (price, source), min_days, arrival, departure, plan } = day;
        let open = self.today <= date && date <= self.last;
        let occupied = match occupant {
            Some(Occupant::Block) => say(self.language, "已关闭", "blocked"),
            Some(Occupant::Feed) => say(self.language, "外部日历", "other calendar"),
            Some(Occupant::Preparation) => say(self.language, "整理", "preparation"),
            Some(Occupant::Order(_)) | None => "",
        };
        let order = match occupant {
            Some(Occupant::Order(order)) => Some(order.get()),
            _ => None,
        };
        Day {
            class: match (occupant, open) {
                (Some(_), _) => "taken",
                (None, true) => "free",
                (None, false) => "past",
            },
            open,
            price: format::money(price),
            special: source != PriceSource::Base,
            order,
            occupied,
            note: plan.note.map(|note| note.as_str().to_owned()).unwrap_or_default(),
            min_days: (min_days != self.limits.min_days()).then(|| format::days(self.language, min_days)),
            arrival,
            departure,
        }
    }
}

/// Days that orders hold, so that they were not blocked.
pub(super) struct Held {
    days: String,
    orders: Vec<i64>,
}

impl Held {
    fn of(error: &ApiError) -> Option<Self> {
        let ApiError::App(AppError::Listing(ListingError::DaysHeldByOrders(HeldDays { days, orders }))) = error else {
            return None;
        };
        let days: Vec<_> = days.iter().map(ToString::to_string).collect();
        Some(Self { days: days.join(", "), orders: orders.iter().copied().map(OrderId::get).collect() })
    }
}

#[derive(Template)]
#[template(path = "host_calendar.html")]
struct CalendarPage {
    f: Frame,
    tab: &'static str,
    part: &'static str,
    id: i64,
    title: String,
    version: u32,
    month: Month<Day>,
    this: String,
    previous: String,
    next: String,
    /// The first and the last day that can be changed.
    first: String,
    last: String,
    typed: Fields,
    held: Option<Held>,
}

impl CalendarPage {
    const NOTE: usize = BlockNote::MAX_CHARS;
    const DAYS: i64 = HouseDraft::MAX_STAY_DAYS;
}

/// The month of the fields: `YYYY-MM`, or the one of the first day that was typed, or this one.
fn month(fields: &Fields, today: NaiveDate) -> NaiveDate {
    let named = fields.filled("month").and_then(|month| parse_day(&format!("{month}-01")).ok());
    let typed = || parse_day(fields.get("from")).ok();
    calendar::first_of(named.or_else(typed).unwrap_or(today))
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    (viewer, id): (Principal, HouseId),
    (typed, held): (Fields, Option<Held>),
) -> Result<HttpResponse, ApiError> {
    let (app, today) = (&state.app, state.app.today());
    let house = houses::own_listing(app, viewer, id).await?;
    let first = month(&typed, today);
    let schedule = houses::own_schedule(app, viewer, id, first, calendar::last_of(first)).await?;
    let last = *houses::plannable_days(app).end();
    let view = Shown { language: frame.language, limits: house.offer.limits, today, last };
    let days: BTreeMap<_, _> = schedule.days.into_iter().map(|day| (day.date, view.day(day))).collect();
    let named = |day: Option<NaiveDate>| day.unwrap_or(first).format("%Y-%m").to_string();
    let page = CalendarPage {
        tab: "",
        part: "calendar",
        id: id.get(),
        title: house.offer.title,
        version: schedule.version.get(),
        month: Month::of(frame.language, first, |day| days.get(&day).cloned().unwrap_or_default()),
        this: named(Some(first)),
        previous: named(first.checked_sub_months(Months::new(1))),
        next: named(first.checked_add_months(Months::new(1))),
        first: today.to_string(),
        last: last.to_string(),
        typed,
        held,
        f: frame,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/houses/{id}/calendar`: the month of `?month=YYYY-MM`, or this one.
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    let frame = done::told(Frame::of(&request, &state), &fields);
    shown(&state, &request, frame, (viewer.0, id_in_path(&id)?), (fields, None)).await
}

/// `POST /host/houses/{id}/calendar`
pub async fn change(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    // A house of another landlord is not there.
    houses::own_listing(&state.app, viewer, id).await?;
    let changed = changed(&state.app, viewer, id, &fields).await;
    let held = changed.as_ref().err().and_then(Held::of);
    let done = changed.map(|first| {
        let month = first.format("%Y-%m");
        local::redirect(&format!("/host/houses/{id}/calendar?month={month}&done=planned"))
    });
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, (viewer, id), (fields, held)).await)
        .await
}

/// Changes the days of the form; the first of them.
async fn changed(app: &App, viewer: Principal, id: HouseId, fields: &Fields) -> Result<NaiveDate, ApiError> {
    let (seen, draft) = (version(fields)?, read(fields)?);
    let changes = ScheduleChanges::of(&[draft], &houses::plannable_days(app));
    let changes = changes.map_err(|faults| first_fault(faults.first().map(|fault| fault.fault)))?;
    houses::put_schedule(app, viewer, id, Some(seen), &changes).await?;
    Ok(changes.days().first().copied().unwrap_or_else(|| app.today()))
}

/// What the form tells of several faults.
pub(super) fn first_fault(fault: Option<Invalid>) -> ApiError {
    fault.map_or(RequestFault::WrongFields.into(), |fault| AppError::Invalid(fault).into())
}

/// The change of the form.
///
/// # Errors
/// What cannot be read, and [`RequestFault::WrongFields`] for a form that changes nothing.
fn read(fields: &Fields) -> Result<ScheduleDraft, ApiError> {
    let usual = fields.filled("usual").is_some();
    let number = |text: &str| text.trim().parse().map_err(|_| Invalid::format(Field::MinDays));
    let fen = |text: &str| Money::from_yuan_text(text.trim()).map(Money::fen);
    let nothing = ScheduleDraft {
        from: parse_day(fields.get("from"))?,
        to: parse_day(fields.get("to"))?,
        blocked: None,
        note: Change::Keep,
        price: Change::Keep,
        min_days: Change::Keep,
        closed_to_arrival: Change::Keep,
        closed_to_departure: Change::Keep,
    };
    let draft = ScheduleDraft {
        blocked: match fields.get("state") {
            "" => None,
            "blocked" => Some(true),
            "free" => Some(false),
            _ => return Err(RequestFault::WrongFields.into()),
        },
        note: fields.filled("note").map_or(Change::Keep, |note| Change::Set(note.to_owned())),
        price: set(fields.filled("price").map(fen).transpose()?, usual),
        min_days: set(fields.filled("min_days").map(number).transpose()?, usual),
        closed_to_arrival: set(closed(fields.get("arrival"))?, usual),
        closed_to_departure: set(closed(fields.get("departure"))?, usual),
        ..nothing.clone()
    };
    if draft == nothing { Err(RequestFault::WrongFields.into()) } else { Ok(draft) }
}

/// The change to a value, where one was given; otherwise back to the usual one, or none.
fn set<T>(value: Option<T>, usual: bool) -> Change<T> {
    match value {
        Some(value) => Change::Set(value),
        None if usual => Change::Clear,
        None => Change::Keep,
    }
}

fn closed(text: &str) -> Result<Option<bool>, ApiError> {
    match text {
        "" => Ok(None),
        "open" => Ok(Some(false)),
        "closed" => Ok(Some(true)),
        _ => Err(RequestFault::WrongFields.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Result<ScheduleDraft, ApiError> {
        let days = [("from", "2026-12-01"), ("to", "2026-12-03")];
        read(&Fields::known(days.iter().chain(fields).map(|(name, value)| (*name, (*value).to_owned())).collect()))
    }

    #[test]
    fn a_form_changes_what_is_filled_in() {
        let block = form(&[("state", "blocked"), ("note", "油漆"), ("price", "")]).unwrap();
        assert_eq!((block.blocked, block.note, block.price), (Some(true), Change::Set("油漆".into()), Change::Keep));
        let price = form(&[("price", " 588.50 "), ("min_days", "3"), ("arrival", "closed"), ("departure", "open")]);
        let price = price.unwrap();
        assert_eq!((price.blocked, price.price, price.min_days), (None, Change::Set(58_850), Change::Set(3)));
        assert_eq!((price.closed_to_arrival, price.closed_to_departure), (Change::Set(true), Change::Set(false)));
        let usual = form(&[("usual", "1"), ("min_days", "2")]).unwrap();
        assert_eq!(
            (usual.price, usual.min_days, usual.closed_to_arrival),
            (Change::Clear, Change::Set(2), Change::Clear)
        );
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        for bad in
            [&[][..], &[("state", "")], &[("state", "x")], &[("price", "x")], &[("min_days", "x")], &[("arrival", "x")]]
        {
            assert!(form(bad).is_err(), "{bad:?}");
        }
        let days = [("from", "2026-12-01"), ("to", "2026-02-30"), ("state", "blocked")];
        assert!(read(&Fields::known(days.map(|(name, value)| (name, value.to_owned())).into())).is_err());
    }

    #[test]
    fn the_month_is_the_one_that_was_named_or_typed() {
        let today = parse_day("2026-11-21").unwrap();
        for (fields, expected) in [
            (vec![], "2026-11-01"),
            (vec![("month", "2027-02"), ("from", "2026-12-03")], "2027-02-01"),
            (vec![("month", "x"), ("from", "2026-12-03")], "2026-12-01"),
        ] {
            let fields = Fields::known(fields.into_iter().map(|(name, text)| (name, text.to_owned())).collect());
            assert_eq!(month(&fields, today).to_string(), expected);
        }
    }
}
