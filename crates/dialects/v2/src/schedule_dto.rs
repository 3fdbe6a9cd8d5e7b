//! Calendars of listings, as the document shows them and as answers have them.

use chrono::NaiveDate;
use minsu_application::houses::{CalendarDay, OwnSchedule, ScheduleDay};
use minsu_domain::{DateRule, DayPlan, Money, Occupant, OrderId, PriceSource};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values as native;

/// The names of what sets a price.
pub(crate) const PRICE_SOURCES: [&str; 5] = ["date", "season_weekday", "season", "weekday", "base"];

const fn source_name(source: PriceSource) -> &'static str {
    match source {
        PriceSource::Date => PRICE_SOURCES[0],
        PriceSource::SeasonWeekday => PRICE_SOURCES[1],
        PriceSource::Season => PRICE_SOURCES[2],
        PriceSource::Weekday => PRICE_SOURCES[3],
        PriceSource::Base => PRICE_SOURCES[4],
    }
}

/// A day of a listing for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDayData {
    /// The date.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    date: NaiveDate,
    /// `free`, or `closed`: occupied, or past.
    #[schema(examples("free"))]
    state: &'static str,
    /// The price of the day, in 分.
    #[schema(examples(19_900))]
    price: i64,
    /// The shortest stay that may begin on it.
    #[schema(examples(2))]
    min_days: u32,
    /// Whether a stay may begin on it, as far as weekday, date, notice and booking window go.
    #[schema(examples(true))]
    arrival: bool,
    /// Whether a stay may end on it, as far as weekday and date go.
    #[schema(examples(true))]
    departure: bool,
}

/// Days of a listing for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarData {
    /// The first day.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    from: NaiveDate,
    /// The last day, included.
    #[schema(value_type = String, format = Date, examples("2026-12-31"))]
    to: NaiveDate,
    /// The currency of every price: `CNY`.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// The days, ascending.
    items: Vec<CalendarDayData>,
}

impl CalendarData {
    pub(crate) fn new(from: NaiveDate, to: NaiveDate, days: &[CalendarDay]) -> Self {
        let day = |day: &CalendarDay| {
            let CalendarDay { date, is_free, price, min_days, arrival, departure } = *day;
            let state = if is_free { "free" } else { "closed" };
            CalendarDayData { date, state, price: price.fen(), min_days, arrival, departure }
        };
        Self { from, to, currency: crate::dto::CURRENCY, items: days.iter().map(day).collect() }
    }
}

/// A day of one's own calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleDayData {
    /// The date.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    date: NaiveDate,
    /// `free` or `closed`.
    #[schema(examples("closed"))]
    state: &'static str,
    /// What occupies it; absent where it is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<native::Occupant>, nullable = false)]
    whose: Option<&'static str>,
    /// The order that occupies it; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(11))]
    order_id: Option<i64>,
    /// Whether the landlord blocked it, whatever else occupies it.
    #[schema(examples(false))]
    blocked: bool,
    /// The landlord's note; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("油漆"))]
    note: Option<String>,
    /// The price of the day, in 分.
    #[schema(examples(19_900))]
    price: i64,
    /// What set the price: the date, the weekday in the season, the season, the weekday, or the listing itself.
    #[schema(value_type = native::PriceSource, examples("base"))]
    price_source: &'static str,
    /// The shortest stay that may begin on it.
    #[schema(examples(2))]
    min_days: u32,
    /// Whether a stay may begin on it.
    #[schema(examples(true))]
    arrival: bool,
    /// Whether a stay may end on it.
    #[schema(examples(true))]
    departure: bool,
    /// What is set for the date itself.
    set: DateData,
}

/// What is set for a date; each is absent where nothing is set.
#[derive(Debug, Serialize, ToSchema)]
pub struct DateData {
    /// The price of the day, in 分.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(68_888))]
    price: Option<i64>,
    /// The shortest stay that begins on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(3))]
    min_days: Option<u32>,
    /// Whether no stay may begin on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(true))]
    closed_to_arrival: Option<bool>,
    /// Whether no stay may end on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(true))]
    closed_to_departure: Option<bool>,
}

/// Days of one's own calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleData {
    /// The first day.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    from: NaiveDate,
    /// The last day, included.
    #[schema(value_type = String, format = Date, examples("2026-12-31"))]
    to: NaiveDate,
    /// The currency of every price: `CNY`.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// The days, ascending.
    items: Vec<ScheduleDayData>,
}

impl ScheduleData {
    pub(crate) fn new(from: NaiveDate, to: NaiveDate, schedule: OwnSchedule) -> Self {
        let items = schedule.days.into_iter().map(day).collect();
        Self { from, to, currency: crate::dto::CURRENCY, items }
    }
}

fn day(day: ScheduleDay) -> ScheduleDayData {
    let ScheduleDay { date, occupant, price, min_days, arrival, departure, plan } = day;
    let DayPlan { rule, note, blocked } = plan;
    let DateRule { price: own_price, min_days: own_min_days, closed_to_arrival, closed_to_departure } = rule;
    let (whose, order) = match occupant {
        None => (None, None),
        Some(Occupant::Order(order)) => (Some("order"), Some(order)),
        Some(Occupant::Block) => (Some("block"), None),
        Some(Occupant::Feed) => (Some("feed"), None),
        Some(Occupant::Preparation) => (Some("preparation"), None),
    };
    ScheduleDayData {
        date,
        state: if occupant.is_none() { "free" } else { "closed" },
        whose,
        order_id: order.map(OrderId::get),
        blocked,
        note: note.map(|note| note.as_str().to_owned()),
        price: price.0.fen(),
        price_source: source_name(price.1),
        min_days,
        arrival,
        departure,
        set: DateData {
            price: own_price.map(Money::fen),
            min_days: own_min_days,
            closed_to_arrival,
            closed_to_departure,
        },
    }
}

/// A change of days; what is absent stays, and `null` takes back what was set.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ChangeBody {
    /// The first day.
    #[schema(value_type = native::Day)]
    from: String,
    /// The last day, included.
    #[schema(value_type = native::Day)]
    to: String,
    /// Whether the days are blocked; freeing them takes the note back.
    #[schema(examples(true))]
    blocked: Option<bool>,
    /// A note that only the landlord sees.
    #[schema(value_type = Option<native::Note>)]
    note: Option<String>,
    /// The price of each day, in 分.
    #[schema(value_type = Option<native::Price>)]
    price: Option<i64>,
    /// The shortest stay that begins on each day.
    #[schema(value_type = Option<native::ShortestStay>)]
    min_days: Option<i64>,
    /// Whether no stay may begin on each day; `false` opens it whatever season and listing say.
    #[schema(examples(true))]
    closed_to_arrival: Option<bool>,
    /// Whether no stay may end on each day; `false` opens it whatever season and listing say.
    #[schema(examples(true))]
    closed_to_departure: Option<bool>,
}

/// Changes of days, at most 100, made in their order, all or none.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ScheduleBody {
    /// The changes.
    changes: Vec<ChangeBody>,
}
