//! Prices and permissions against the worked totals and the slow model.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::{
    BookingPolicy, BookingRefused, Field, HouseTerms, Money, Occupant, OrderId, QuoteLineKind, Stay, StayLimits,
    StayRule, UserId, parse_day, schedule::slow_model,
};

fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

fn terms(price: i64, min: u32, max: u32, capacity: u32) -> HouseTerms {
    let (landlord, limits) = (UserId::new(1).unwrap(), StayLimits::new(min, max).unwrap());
    HouseTerms { landlord, price: fen(price), deposit: Money::ZERO, limits, capacity, has_rules: true }
}

fn season(from: NaiveDate, to: NaiveDate, price: Option<i64>) -> SeasonDraft {
    SeasonDraft {
        from,
        to,
        price,
        weekday_prices: vec![],
        min_days: None,
        max_days: None,
        arrival_days: None,
        departure_days: None,
    }
}

/// The house of the worked totals.
fn worked() -> HouseSchedule {
    let rules = RulesDraft {
        weekday_prices: vec![(5, 25_999), (6, 25_999)],
        weekly_discount: 1000,
        monthly_discount: 2500,
        cleaning_fee: 5000,
        guests_included: 2,
        extra_guest_fee: 3000,
        ..RulesDraft::default()
    };
    let festival = DateRule { price: Some(fen(68_888)), ..DateRule::default() };
    HouseSchedule {
        terms: terms(19_999, 1, 0, 4),
        rules: HouseRules::of(&rules).unwrap(),
        seasons: Seasons::of(&[season(day("2027-02-05"), day("2027-02-12"), Some(49_999))]).unwrap(),
        dates: [(day("2027-02-06"), festival)].into(),
    }
}

#[test]
fn the_worked_totals_are_exact() {
    use QuoteLineKind::{Cleaning, Days, Discount, ExtraGuests};
    let (days, nights) = (StayRule::Days, StayRule::Nights);
    for (start, end, rule, guests, sums, total) in [
        ("2026-12-10", "2026-12-12", days, 3, vec![(Days, 71_997), (Cleaning, 5000), (ExtraGuests, 9000)], 85_997),
        ("2026-12-10", "2026-12-12", nights, 3, vec![(Days, 45_998), (Cleaning, 5000), (ExtraGuests, 6000)], 56_998),
        ("2027-02-03", "2027-02-09", days, 2, vec![(Days, 308_882), (Discount, -30_888), (Cleaning, 5000)], 282_994),
        ("2027-03-01", "2027-03-28", days, 2, vec![(Days, 607_972), (Discount, -151_993), (Cleaning, 5000)], 460_979),
    ] {
        let stay = Stay::new(day(start), day(end), rule).unwrap();
        let quote = worked().quote(&stay, guests).unwrap();
        let sum = |kind| quote.lines().iter().filter(|line| line.kind() == kind).map(|line| line.amount().fen()).sum();
        let told: Vec<(_, i64)> = QuoteLineKind::ALL.into_iter().map(|kind| (kind, sum(kind))).collect();
        let told: Vec<_> = told.into_iter().filter(|(_, sum)| *sum != 0).collect();
        assert_eq!((told, quote.total().fen()), (sums, total), "{start} {end}");
    }
}

#[test]
fn every_price_has_its_source_and_days_of_one_price_make_a_line() {
    let mut house = worked();
    let weekdays =
        SeasonDraft { weekday_prices: vec![(7, 30_000)], ..season(day("2027-02-05"), day("2027-02-12"), Some(49_999)) };
    house.seasons = Seasons::of(&[weekdays]).unwrap();
    for (date, price, source) in [
        ("2027-02-04", 19_999, PriceSource::Base),
        ("2027-02-05", 49_999, PriceSource::Season),
        ("2027-02-06", 68_888, PriceSource::Date),
        ("2027-02-07", 30_000, PriceSource::SeasonWeekday),
        ("2027-02-13", 25_999, PriceSource::Weekday),
    ] {
        assert_eq!(house.price_on(day(date)), (fen(price), source), "{date}");
    }
    let stay = Stay::new(day("2027-02-03"), day("2027-02-09"), StayRule::Days).unwrap();
    let quote = house.quote(&stay, 1).unwrap();
    let of_days = quote.lines().iter().filter(|line| line.kind() == QuoteLineKind::Days);
    let lines: Vec<_> = of_days.map(|line| (line.first(), line.quantity(), line.unit_price().fen())).collect();
    let expected = [
        (day("2027-02-03"), 2, 19_999),
        (day("2027-02-05"), 1, 49_999),
        (day("2027-02-06"), 1, 68_888),
        (day("2027-02-07"), 1, 30_000),
        (day("2027-02-08"), 2, 49_999),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_total_beyond_all_money_is_refused() {
    let mut house = HouseSchedule::plain(terms(10_000_000_000, 1, 0, 1000));
    house.rules.extra_guest_fee = fen(10_000_000_000);
    let stay = Stay::new(day("2027-01-01"), day("2027-06-01"), StayRule::Days).unwrap();
    assert!(house.quote(&stay, 1).is_ok());
    assert_eq!(house.quote(&stay, 1000), Err(BookingRefused::Amount));
}

/// The days of the random houses begin here; a Friday.
fn origin() -> NaiveDate {
    day("2027-01-01")
}

fn weekdays() -> impl Strategy<Value = Option<Vec<i64>>> {
    prop::option::weighted(0.4, prop::collection::vec(1i64..=7, 1..6))
}

fn weekday_prices() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1i64..=7, 1i64..100_000), 0..3)
}

fn seasons() -> impl Strategy<Value = Vec<SeasonDraft>> {
    let limits = (prop::option::of(1i64..5), prop::option::of(0i64..9));
    let season =
        (0u64..15, 0u64..8, prop::option::of(1i64..100_000), weekday_prices(), limits, (weekdays(), weekdays()));
    prop::collection::vec(season, 0..4).prop_map(|parts| {
        let mut next = origin();
        parts
            .into_iter()
            .map(|(gap, length, price, weekday_prices, (min_days, max_days), (arrival_days, departure_days))| {
                let from = next + Days::new(gap);
                let to = from + Days::new(length);
                next = to + Days::new(1);
                let max_days = max_days.filter(|max| *max == 0 || min_days.is_none_or(|min| min <= *max));
                SeasonDraft { from, to, price, weekday_prices, min_days, max_days, arrival_days, departure_days }
            })
            .collect()
    })
}

fn rules() -> impl Strategy<Value = RulesDraft> {
    let days = (0i64..4, 0i64..40, 0i64..=2);
    let fees = (0i64..20_000, 1i64..5, 0i64..5000);
    (weekday_prices(), (weekdays(), weekdays()), days, fees, (0i64..=10_000, 0i64..=10_000)).prop_map(
        |(weekday_prices, (arrival_days, departure_days), (notice_days, window, preparation_days), fees, discounts)| {
            RulesDraft {
                weekday_prices,
                arrival_days,
                departure_days,
                notice_days,
                window_days: if window < notice_days { 0 } else { window },
                preparation_days,
                cleaning_fee: fees.0,
                guests_included: fees.1,
                extra_guest_fee: fees.2,
                weekly_discount: discounts.0,
                monthly_discount: discounts.1,
                ..RulesDraft::default()
            }
        },
    )
}

fn dates() -> impl Strategy<Value = Vec<(u64, DateRule)>> {
    let flag = || prop::option::weighted(0.3, any::<bool>());
    let rule = (prop::option::of(1i64..100_000), prop::option::weighted(0.3, 1u32..6), flag(), flag());
    let rule = rule.prop_map(|(price, min_days, closed_to_arrival, closed_to_departure)| DateRule {
        price: price.map(fen),
        min_days,
        closed_to_arrival,
        closed_to_departure,
    });
    prop::collection::vec((0u64..40, rule), 0..12)
}

prop_compose! {
    fn houses()(
        price in 1i64..100_000, min in 1u32..5, more in 0u32..30, unlimited: bool, capacity in 1u32..8,
        rules in rules(), seasons in seasons(), dates in dates(),
    ) -> HouseSchedule {
        HouseSchedule {
            terms: terms(price, min, if unlimited { 0 } else { min + more }, capacity),
            rules: HouseRules::of(&rules).unwrap(),
            seasons: Seasons::of(&seasons).unwrap(),
            dates: dates.into_iter().map(|(offset, rule)| (origin() + Days::new(offset), rule)).collect(),
        }
    }
}

prop_compose! {
    fn stays()(first in 0u64..40, length in 1u64..35, nights: bool) -> Stay {
        let (rule, length) = if nights { (StayRule::Nights, length) } else { (StayRule::Days, length - 1) };
        let start = origin() + Days::new(first);
        Stay::new(start, start + Days::new(length), rule).unwrap()
    }
}

fn occupied() -> impl Strategy<Value = Vec<(NaiveDate, Occupant)>> {
    let order = Occupant::Order(OrderId::new(1).unwrap());
    let by = prop::sample::select(vec![order, Occupant::Block, Occupant::Feed]);
    prop::collection::btree_map(0u64..45, by, 0..20)
        .prop_map(|days| days.into_iter().map(|(offset, by)| (origin() + Days::new(offset), by)).collect())
}

proptest! {
    #[test]
    fn a_total_is_that_of_the_slow_model(house in houses(), stay in stays(), guests in 1u32..9) {
        let quote = house.quote(&stay, guests).unwrap();
        prop_assert_eq!(Some(quote.total().fen()), slow_model::total(&house, &stay, guests));
        let sum: i64 = quote.lines().iter().map(|line| line.amount().fen()).sum();
        prop_assert_eq!(quote.total().fen(), sum);
        prop_assert!(sum >= 0);
        prop_assert_eq!(quote.days(), stay.days());
        let of_days = quote.lines().iter().filter(|line| line.kind() == QuoteLineKind::Days);
        prop_assert_eq!(of_days.map(|line| line.quantity()).sum::<u32>(), stay.days());
        for line in quote.lines() {
            prop_assert_eq!(line.amount().fen() < 0, line.kind() == QuoteLineKind::Discount);
        }
        for day in stay.occupied() {
            let of_day = |line: &&crate::QuoteLine| line.kind() == QuoteLineKind::Days && line.first() <= day && day <= line.last();
            let lines: Vec<_> = quote.lines().iter().filter(of_day).collect();
            prop_assert_eq!(lines.len(), 1);
            prop_assert_eq!(i128::from(lines[0].unit_price().fen()), slow_model::price(&house, day));
        }
    }

    /// A search walks the houses by these bounds, and would miss one whose total lies outside.
    #[test]
    fn no_stay_costs_less_or_more_than_the_bounds_say(house in houses(), stay in stays(), guests in 1u32..9) {
        let (bounds, days) = (house.price_bounds(), i64::from(stay.days()));
        let total = house.quote(&stay, guests.min(house.terms.capacity)).unwrap().total().fen();
        prop_assert!(bounds.lowest.fen() * days <= total && total <= bounds.highest.fen() * days);
    }

    #[test]
    fn the_rule_that_refuses_is_the_first_of_the_slow_model(
        house in houses(), stay in stays(), guests in 1u32..9, today in 0u64..20,
        max_stay_days in 5u32..40, horizon_days in 20u32..80, short_gaps: bool, before: bool, after: bool,
    ) {
        let rule = if stay.last() == stay.end() { StayRule::Days } else { StayRule::Nights };
        let policy = BookingPolicy { rule, max_stay_days, horizon_days, short_gaps, ..BookingPolicy::default() };
        let today = origin() + Days::new(today);
        let neighbours = Neighbours { before, after };
        let asked = StayRequest { guest: UserId::new(2).ok(), stay: &stay, guests, today, neighbours };
        let refusals = slow_model::refusals(&house, &stay, guests, today, &policy, before && after);
        prop_assert_eq!(house.allow(&asked, &policy).err(), refusals.first().copied());
        let landlord = StayRequest { guest: UserId::new(1).ok(), ..asked };
        prop_assert_eq!(house.allow(&landlord, &policy), Err(BookingRefused::OwnHouse));
    }

    /// A stay that can be booked fills its gap when no longer one can be booked in its place.
    #[test]
    fn a_gap_is_filled_where_no_day_more_fits(
        first in 0u64..30, length in 0u64..4, preparation in 0u32..=2, today in 0u64..10, occupied in occupied(),
    ) {
        let today = origin() + Days::new(today);
        let start = today + Days::new(first);
        let stay = Stay::new(start, start + Days::new(length), StayRule::Days).unwrap();
        let is_free = |day: NaiveDate| occupied.iter().all(|(other, _)| *other != day);
        let prepared = stay.last().iter_days().skip(1).take(preparation as usize);
        let is_ordered = |day| occupied.iter().any(|(other, by)| *other == day && matches!(by, Occupant::Order(_)));
        let blocked = prepared.into_iter().any(is_ordered);
        prop_assume!(stay.occupied().all(is_free) && !blocked);
        let (from, to) = Neighbours::days(&stay, preparation);
        let near: Vec<_> = occupied.iter().copied().filter(|(day, _)| from <= *day && *day <= to).collect();
        let neighbours = Neighbours::of(&stay, preparation, today, &near);
        prop_assert_eq!(neighbours.is_gap(), slow_model::fills_gap(&stay, preparation, today, &occupied));
    }
}

#[test]
fn a_short_gap_is_booked_whole_or_not_at_all() {
    let house = HouseSchedule::plain(terms(100, 3, 0, 2));
    let order = Occupant::Order(OrderId::new(1).unwrap());
    let today = day("2027-01-01");
    let allow = |start: &str, end: &str, occupied: &[&str], short_gaps: bool| {
        let stay = Stay::new(day(start), day(end), StayRule::Days).unwrap();
        let occupied: Vec<_> = occupied.iter().map(|text| (day(text), order)).collect();
        let neighbours = Neighbours::of(&stay, 0, today, &occupied);
        let policy = BookingPolicy { short_gaps, ..BookingPolicy::default() };
        house.allow(&StayRequest { guest: None, stay: &stay, guests: 1, today, neighbours }, &policy)
    };
    let around = ["2027-01-10", "2027-01-13"];
    assert_eq!(allow("2027-01-11", "2027-01-12", &around, true), Ok(()));
    assert_eq!(allow("2027-01-11", "2027-01-12", &around, false), Err(BookingRefused::TooShort));
    assert_eq!(allow("2027-01-11", "2027-01-11", &around, true), Err(BookingRefused::TooShort));
    assert_eq!(allow("2027-01-11", "2027-01-12", &around[..1], true), Err(BookingRefused::TooShort));
    assert_eq!(allow("2027-01-01", "2027-01-02", &["2027-01-03"], true), Ok(()));
}

#[test]
fn notes_are_one_line() {
    assert_eq!(BlockNote::new(" 油漆\n工 ").unwrap().as_str(), "油漆 工");
    for bad in ["", "<b>", &"好".repeat(201)] {
        assert_eq!(BlockNote::new(bad).map_err(|invalid| invalid.field), Err(Field::Note));
    }
    assert_eq!(BlockNote::stored("油漆").unwrap().as_str(), "油漆");
}
