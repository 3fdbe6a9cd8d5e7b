//! Rows of rules, seasons and dates, and what they say.

use chrono::NaiveDate;
use minsu_domain::{
    BasisPoints, BlockNote, CancellationPreset, DateRule, DayPlan, Field, HouseId, HouseRules, Money, Season,
    WeekdayPrices, Weekdays,
};

use crate::{
    entity::{house_date, house_rule, house_season},
    errors::CorruptRow,
    repos::values::{Table, stored},
};

const RULES: Table = Table("house_rules");
pub(super) const SEASONS: Table = Table("house_seasons");
const DATES: Table = Table("house_dates");

pub(super) fn rules(row: &house_rule::Model) -> Result<HouseRules, CorruptRow> {
    let points =
        |column, number: i32| RULES.checked(column, BasisPoints::new(i64::from(number), Field::WeeklyDiscount));
    let row = row.clone();
    let prices = [row.price_1, row.price_2, row.price_3, row.price_4, row.price_5, row.price_6, row.price_7];
    Ok(HouseRules {
        weekday_prices: weekday_prices(RULES, prices)?,
        arrival_days: weekdays(RULES, "arrival_days", row.arrival_days)?,
        departure_days: weekdays(RULES, "departure_days", row.departure_days)?,
        notice_days: RULES.count("notice_days", row.notice_days)?,
        window_days: row.window_days.map(|days| RULES.count("window_days", days)).transpose()?,
        preparation_days: RULES.count("preparation_days", row.preparation_days.into())?,
        instant: row.instant != 0,
        cancellation: CancellationPreset::of_name(&row.cancellation).ok_or_else(|| RULES.corrupt("cancellation"))?,
        cleaning_fee: RULES.money("cleaning_fee", row.cleaning_fee)?,
        guests_included: RULES.count("guests_included", row.guests_included)?,
        extra_guest_fee: RULES.money("extra_guest_fee", row.extra_guest_fee)?,
        weekly_discount: points("weekly_discount", row.weekly_discount)?,
        monthly_discount: points("monthly_discount", row.monthly_discount)?,
    })
}

pub(crate) fn of_rules(house: HouseId, rules: &HouseRules) -> house_rule::Model {
    let HouseRules {
        weekday_prices,
        arrival_days,
        departure_days,
        notice_days,
        window_days,
        preparation_days,
        instant,
        cancellation,
        cleaning_fee,
        guests_included,
        extra_guest_fee,
        weekly_discount,
        monthly_discount,
    } = rules;
    let [price_1, price_2, price_3, price_4, price_5, price_6, price_7] = columns(weekday_prices);
    house_rule::Model {
        house_id: house.get(),
        price_1,
        price_2,
        price_3,
        price_4,
        price_5,
        price_6,
        price_7,
        arrival_days: arrival_days.mask().into(),
        departure_days: departure_days.mask().into(),
        notice_days: stored(*notice_days),
        window_days: window_days.map(stored),
        preparation_days: i16::try_from(*preparation_days).unwrap_or(i16::MAX),
        instant: i16::from(*instant),
        cancellation: cancellation.name().to_owned(),
        cleaning_fee: cleaning_fee.fen(),
        guests_included: stored(*guests_included),
        extra_guest_fee: extra_guest_fee.fen(),
        weekly_discount: weekly_discount.get().into(),
        monthly_discount: monthly_discount.get().into(),
    }
}

pub(super) fn season(row: &house_season::Model) -> Result<Season, CorruptRow> {
    let row = row.clone();
    let prices = [row.price_1, row.price_2, row.price_3, row.price_4, row.price_5, row.price_6, row.price_7];
    let limit = |column, days: Option<i32>| days.map(|days| SEASONS.count(column, days)).transpose();
    let weekdays = |column, mask: Option<i16>| mask.map(|mask| weekdays(SEASONS, column, mask)).transpose();
    Ok(Season {
        from: row.first_day,
        to: row.last_day,
        price: row.price.map(|price| SEASONS.money("price", price)).transpose()?,
        weekday_prices: weekday_prices(SEASONS, prices)?,
        min_days: limit("min_days", row.min_days)?,
        max_days: limit("max_days", row.max_days)?,
        arrival_days: weekdays("arrival_days", row.arrival_days)?,
        departure_days: weekdays("departure_days", row.departure_days)?,
    })
}

pub(crate) fn of_season(house: HouseId, season: &Season) -> house_season::Model {
    let Season { from, to, price, weekday_prices, min_days, max_days, arrival_days, departure_days } = season;
    let [price_1, price_2, price_3, price_4, price_5, price_6, price_7] = columns(weekday_prices);
    house_season::Model {
        house_id: house.get(),
        first_day: *from,
        last_day: *to,
        price: price.map(Money::fen),
        price_1,
        price_2,
        price_3,
        price_4,
        price_5,
        price_6,
        price_7,
        min_days: min_days.map(stored),
        max_days: max_days.map(stored),
        arrival_days: arrival_days.map(|days| days.mask().into()),
        departure_days: departure_days.map(|days| days.mask().into()),
    }
}

pub(crate) fn date(row: &house_date::Model) -> Result<DateRule, CorruptRow> {
    Ok(DateRule {
        price: row.price.map(|price| DATES.money("price", price)).transpose()?,
        min_days: row.min_days.map(|days| DATES.count("min_days", days)).transpose()?,
        closed_to_arrival: row.closed_to_arrival.map(|closed| closed != 0),
        closed_to_departure: row.closed_to_departure.map(|closed| closed != 0),
    })
}

pub(super) fn note(row: &house_date::Model) -> Result<Option<BlockNote>, CorruptRow> {
    row.note.as_deref().map(|note| DATES.checked("note", BlockNote::stored(note))).transpose()
}

pub(crate) fn of_date(house: HouseId, day: NaiveDate, plan: &DayPlan) -> house_date::Model {
    let DayPlan { rule, note, blocked: _ } = plan;
    let DateRule { price, min_days, closed_to_arrival, closed_to_departure } = rule;
    house_date::Model {
        house_id: house.get(),
        day,
        price: price.map(Money::fen),
        min_days: min_days.map(stored),
        closed_to_arrival: closed_to_arrival.map(i16::from),
        closed_to_departure: closed_to_departure.map(i16::from),
        note: note.as_ref().map(|note| note.as_str().to_owned()),
    }
}

fn weekday_prices(table: Table, columns: [Option<i64>; 7]) -> Result<WeekdayPrices, CorruptRow> {
    let prices = (1..).zip(columns).filter_map(|(number, price)| price.map(|price| (number, price)));
    table.checked("price_1", WeekdayPrices::of_numbers(prices))
}

fn columns(prices: &WeekdayPrices) -> [Option<i64>; 7] {
    let mut columns = [None; 7];
    for (number, price) in prices.numbers() {
        columns[usize::from(number) - 1] = Some(price.fen());
    }
    columns
}

fn weekdays(table: Table, column: &'static str, mask: i16) -> Result<Weekdays, CorruptRow> {
    u8::try_from(mask).ok().and_then(Weekdays::of_mask).ok_or_else(|| table.corrupt(column))
}
