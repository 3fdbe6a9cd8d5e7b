//! A second way to price and check stays, written apart: day by day, rule by rule, in `i128`, as the rules are told
//! and not as they are computed.

use chrono::{Datelike as _, NaiveDate};

use super::{HouseSchedule, Season, WeekdayPrices, Weekdays};
use crate::{BookingPolicy, BookingRefused, Money, Occupant, Stay, StayRule};

/// Which rule a value of a day comes from: every candidate in the order in which they count.
fn first<T>(candidates: Vec<Option<T>>) -> Option<T> {
    candidates.into_iter().flatten().next()
}

fn season(house: &HouseSchedule, day: NaiveDate) -> Option<&Season> {
    let mut of_day = house.seasons.iter().filter(|season| season.from <= day && day <= season.to);
    let season = of_day.next();
    assert!(of_day.next().is_none(), "a day has two seasons");
    season
}

pub(super) fn price(house: &HouseSchedule, day: NaiveDate) -> i128 {
    let of = |prices: &WeekdayPrices| {
        let number = day.weekday().number_from_monday();
        prices.numbers().find(|(weekday, _)| u32::from(*weekday) == number).map(|(_, price)| price)
    };
    let price = first(vec![
        house.dates.get(&day).and_then(|date| date.price),
        season(house, day).and_then(|season| of(&season.weekday_prices)),
        season(house, day).and_then(|season| season.price),
        of(&house.rules.weekday_prices),
        Some(house.terms.price),
    ]);
    i128::from(price.unwrap().fen())
}

/// The total of a stay; `None` beyond all money.
pub(super) fn total(house: &HouseSchedule, stay: &Stay, guests: u32) -> Option<i64> {
    let mut days = 0;
    let mut of_days = 0;
    let mut day = stay.start();
    while day <= stay.last() {
        days += 1;
        of_days += price(house, day);
        day = day.succ_opt().unwrap();
    }
    if of_days > i128::from(Money::MAX.fen()) {
        return None;
    }
    let rules = &house.rules;
    let mut points = if days >= 7 { i128::from(rules.weekly_discount.get()) } else { 0 };
    if days >= 28 && rules.monthly_discount.get() != 0 {
        points = i128::from(rules.monthly_discount.get());
    }
    // Half a 分 up: twice the exact discount, one more, halved down.
    let discount = (2 * of_days * points / 10_000 + 1) / 2;
    let mut total = of_days - discount + i128::from(rules.cleaning_fee.fen());
    for _ in rules.guests_included..guests {
        total += days * i128::from(rules.extra_guest_fee.fen());
    }
    i64::try_from(total).ok().filter(|total| *total <= Money::MAX.fen())
}

/// Every rule that refuses a stay of one guest who is not the landlord; `is_gap` where it fills a gap.
pub(super) fn refusals(
    house: &HouseSchedule,
    stay: &Stay,
    guests: u32,
    today: NaiveDate,
    policy: &BookingPolicy,
    is_gap: bool,
) -> Vec<BookingRefused> {
    let ahead = (stay.start() - today).num_days();
    let days = (stay.last() - stay.start()).num_days() + 1;
    let last_ahead = (stay.last() - today).num_days();
    let horizon = i64::from(policy.horizon_days) - i64::from(policy.rule == StayRule::Nights);
    let begins = (season(house, stay.start()), house.dates.get(&stay.start()).copied().unwrap_or_default());
    let ends = (season(house, stay.end()), house.dates.get(&stay.end()).copied().unwrap_or_default());
    let among = |weekdays: Weekdays, day: NaiveDate| {
        weekdays.numbers().any(|number| u32::from(number) == day.weekday().number_from_monday())
    };
    let min = first(vec![
        begins.1.min_days,
        begins.0.and_then(|season| season.min_days),
        Some(house.terms.limits.min_days()),
    ]);
    let max = first(vec![begins.0.and_then(|season| season.max_days), Some(house.terms.limits.max_days())]).unwrap();
    let arrival = first(vec![
        begins.1.closed_to_arrival.map(|closed| !closed),
        begins.0.and_then(|season| season.arrival_days).map(|weekdays| among(weekdays, stay.start())),
        Some(among(house.rules.arrival_days, stay.start())),
    ]);
    let departure = first(vec![
        ends.1.closed_to_departure.map(|closed| !closed),
        ends.0.and_then(|season| season.departure_days).map(|weekdays| among(weekdays, stay.end())),
        Some(among(house.rules.departure_days, stay.end())),
    ]);
    let fills_gap = policy.short_gaps && is_gap;
    [
        (ahead < 0, BookingRefused::InThePast),
        (last_ahead > horizon, BookingRefused::TooFarAhead),
        (days > i64::from(policy.max_stay_days), BookingRefused::TooLong),
        (guests > house.terms.capacity, BookingRefused::TooManyGuests),
        (ahead < i64::from(house.rules.notice_days), BookingRefused::Notice),
        (house.rules.window_days.is_some_and(|window| ahead > i64::from(window)), BookingRefused::BeyondWindow),
        (days < i64::from(min.unwrap()) && !fills_gap, BookingRefused::TooShort),
        (max > 0 && days > i64::from(max), BookingRefused::TooLong),
        (!arrival.unwrap(), BookingRefused::NoArrival),
        (!departure.unwrap(), BookingRefused::NoDeparture),
    ]
    .into_iter()
    .filter_map(|(refuses, rule)| refuses.then_some(rule))
    .collect()
}

/// Whether a stay fills its gap, by trying the stays that are a day longer at either end: neither could be booked.
pub(super) fn fills_gap(stay: &Stay, preparation: u32, today: NaiveDate, occupied: &[(NaiveDate, Occupant)]) -> bool {
    let bookable = |first: NaiveDate, last: NaiveDate| {
        let is_free = |day: NaiveDate| occupied.iter().all(|(other, _)| *other != day);
        let has_no_order =
            |day: NaiveDate| occupied.iter().all(|(other, by)| *other != day || !matches!(by, Occupant::Order(_)));
        let days = (last - first).num_days() + 1;
        first >= today
            && first.iter_days().take(usize::try_from(days).unwrap()).all(is_free)
            && last.iter_days().skip(1).take(preparation as usize).all(has_no_order)
    };
    let earlier = bookable(stay.start().pred_opt().unwrap(), stay.last());
    let later = bookable(stay.start(), stay.last().succ_opt().unwrap());
    bookable(stay.start(), stay.last()) && !earlier && !later
}
