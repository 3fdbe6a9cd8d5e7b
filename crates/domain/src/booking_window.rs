//! The stays that a site takes, whatever the house: the one place for the bounds of the site. Booking checks
//! a stay against it, the search derives its dates from it, and publishing checks with it whether a
//! house can be booked at all.

use chrono::{Days, NaiveDate};

use crate::{BookingPolicy, BookingRefused, Field, Invalid, SearchTerms, Stay, StayLimits, StayRule, WantedStay};

/// The stays that a site takes on one day: not in the past, within the horizon, not too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingWindow {
    rule: StayRule,
    /// The first day that a stay may occupy: today.
    first: NaiveDate,
    /// The last day that a stay may occupy.
    last: NaiveDate,
    /// The most days of a stay.
    max_days: u32,
}

impl BookingPolicy {
    /// What a search on this day knows of the site.
    pub const fn search_terms(&self, today: NaiveDate) -> SearchTerms {
        SearchTerms { today, rule: self.rule, short_gaps: self.short_gaps, total_for: None }
    }

    /// The window on this day; `today` is the date in the site's time zone.
    pub fn window(&self, today: NaiveDate) -> BookingWindow {
        let end = today.checked_add_days(Days::new(self.horizon_days.into())).unwrap_or(NaiveDate::MAX);
        BookingWindow {
            rule: self.rule,
            first: today,
            last: self.rule.last_occupied(end),
            max_days: self.max_stay_days,
        }
    }
}

impl BookingWindow {
    /// Whether the site takes a stay.
    ///
    /// # Errors
    /// The first of [`BookingRefused::InThePast`], [`BookingRefused::TooFarAhead`] and
    /// [`BookingRefused::TooLong`] that applies.
    pub fn check(&self, stay: &Stay) -> Result<(), BookingRefused> {
        if stay.start() < self.first {
            Err(BookingRefused::InThePast)
        } else if stay.last() > self.last {
            Err(BookingRefused::TooFarAhead)
        } else if stay.days() > self.max_days {
            Err(BookingRefused::TooLong)
        } else {
            Ok(())
        }
    }

    /// The most days of a stay whose first day is `first`; 0 where none can begin.
    pub fn longest_from(&self, first: NaiveDate) -> u32 {
        if first < self.first { 0 } else { self.days(first, self.last) }
    }

    /// The most days of a stay whose last occupied day is `last`; 0 where none can end.
    pub fn longest_until(&self, last: NaiveDate) -> u32 {
        if last > self.last { 0 } else { self.days(self.first, last) }
    }

    fn days(&self, first: NaiveDate, last: NaiveDate) -> u32 {
        u32::try_from((last - first).num_days() + 1).unwrap_or(0).min(self.max_days)
    }

    /// Whether any stay in a house with these limits can be booked.
    ///
    /// # Errors
    /// [`Field::MinDays`] when its shortest stay is longer than every stay that the site takes.
    pub fn check_limits(&self, limits: StayLimits) -> Result<(), Invalid> {
        if limits.min_days() > self.longest_from(self.first) { Err(Invalid::range(Field::MinDays)) } else { Ok(()) }
    }

    /// The stay that the dates of a search ask for: with both of them this very stay, with one of them the shortest
    /// stay of the house that begins or ends on it, with none any house. `None` when the site takes no
    /// such stay, so that no house can be found.
    ///
    /// # Errors
    /// [`Field::DateRange`] when both dates are there and make no stay under the site's rule.
    pub fn wanted(&self, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Result<Option<WantedStay>, Invalid> {
        let unless_none = |longest: u32, wanted: WantedStay| (longest > 0).then_some(wanted);
        Ok(match (start, end) {
            (None, None) => Some(WantedStay::Any),
            (Some(start), Some(end)) => {
                let stay = Stay::new(start, end, self.rule).map_err(|_| Invalid::range(Field::DateRange))?;
                let wanted = WantedStay::Exact { first: start, last: stay.last() };
                self.check(&stay).is_ok().then_some(wanted)
            }
            (Some(first), None) => {
                let longest = self.longest_from(first);
                unless_none(longest, WantedStay::From { first, longest })
            }
            (None, Some(end)) => {
                let last = self.rule.last_occupied(end);
                let longest = self.longest_until(last);
                unless_none(longest, WantedStay::Until { last, longest })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HouseTerms, Money, UserId, parse_day};
    use proptest::prelude::*;

    fn day(offset: i64) -> NaiveDate {
        parse_day("2026-11-21").unwrap() + chrono::Duration::days(offset)
    }

    fn policy(rule: StayRule) -> BookingPolicy {
        BookingPolicy { rule, max_stay_days: 10, horizon_days: 20, ..BookingPolicy::default() }
    }

    #[test]
    fn days_that_cannot_be_booked_ask_for_nothing() {
        let window = policy(StayRule::Days).window(day(0));
        let wanted = |start: Option<i64>, end: Option<i64>| window.wanted(start.map(day), end.map(day)).unwrap();
        assert_eq!(wanted(None, None), Some(WantedStay::Any));
        assert_eq!(wanted(Some(0), Some(9)), Some(WantedStay::Exact { first: day(0), last: day(9) }));
        for (start, end) in [
            (Some(-1), Some(3)),
            (Some(0), Some(10)),
            (Some(20), Some(21)),
            (Some(-1), None),
            (Some(21), None),
            (None, Some(-1)),
            (None, Some(21)),
        ] {
            assert_eq!(wanted(start, end), None, "{start:?} {end:?}");
        }
        assert_eq!(wanted(Some(20), None), Some(WantedStay::From { first: day(20), longest: 1 }));
        assert_eq!(wanted(Some(3), None), Some(WantedStay::From { first: day(3), longest: 10 }));
        assert_eq!(wanted(None, Some(0)), Some(WantedStay::Until { last: day(0), longest: 1 }));
        assert_eq!(wanted(None, Some(20)), Some(WantedStay::Until { last: day(20), longest: 10 }));
        assert_eq!(window.wanted(Some(day(3)), Some(day(2))), Err(Invalid::range(Field::DateRange)));
    }

    #[test]
    fn nights_end_before_the_day_of_departure() {
        let window = policy(StayRule::Nights).window(day(0));
        assert_eq!(window.wanted(None, Some(day(0))), Ok(None));
        let one_night = WantedStay::Until { last: day(0), longest: 1 };
        assert_eq!(window.wanted(None, Some(day(1))), Ok(Some(one_night)));
        assert_eq!(window.wanted(Some(day(20)), None), Ok(None));
        assert_eq!(window.wanted(Some(day(3)), Some(day(3))), Err(Invalid::range(Field::DateRange)));
        let exact = WantedStay::Exact { first: day(3), last: day(3) };
        assert_eq!(window.wanted(Some(day(3)), Some(day(4))), Ok(Some(exact)));
    }

    #[test]
    fn a_house_that_no_stay_fits_cannot_be_published() {
        let limits = |min| StayLimits::new(min, 0).unwrap();
        let window = policy(StayRule::Days).window(day(0));
        assert_eq!(window.check_limits(limits(10)), Ok(()));
        assert_eq!(window.check_limits(limits(11)), Err(Invalid::range(Field::MinDays)));
        // The horizon bounds the length, too.
        let near = BookingPolicy { horizon_days: 4, ..policy(StayRule::Days) };
        assert_eq!(near.window(day(0)).check_limits(limits(5)), Ok(()));
        assert!(near.window(day(0)).check_limits(limits(6)).is_err());
        let near = BookingPolicy { rule: StayRule::Nights, ..near };
        assert!(near.window(day(0)).check_limits(limits(5)).is_err());
    }

    /// The stay of so many days from a day on.
    fn stay(first: i64, days: u32, rule: StayRule) -> Stay {
        Stay::new(day(first), rule.end_of(day(first + i64::from(days) - 1)), rule).unwrap()
    }

    fn booked(limits: StayLimits, stay: &Stay, policy: &BookingPolicy) -> bool {
        let terms = HouseTerms {
            landlord: UserId::new(1).unwrap(),
            price: Money::from_fen(1).unwrap(),
            deposit: Money::ZERO,
            limits,
            capacity: 1,
            has_rules: false,
        };
        terms.quote(UserId::new(2).unwrap(), stay, day(0), policy).is_ok()
    }

    fn rules() -> impl Strategy<Value = StayRule> {
        prop::sample::select(vec![StayRule::Days, StayRule::Nights])
    }

    proptest! {
        /// The conditions of a search are those of a booking of the stay.
        #[test]
        fn a_search_finds_what_booking_takes(
            rule in rules(), max_stay_days in 1u32..12, horizon_days in 1u32..25,
            min in 1u32..14, more in 0u32..6, unlimited: bool,
            first in -4i64..30, length in 1u32..14,
        ) {
            let policy = BookingPolicy { rule, max_stay_days, horizon_days, ..BookingPolicy::default() };
            let limits = StayLimits::new(min, if unlimited { 0 } else { min + more }).unwrap();
            let window = policy.window(day(0));
            let suits = |start: Option<NaiveDate>, end: Option<NaiveDate>| {
                window.wanted(start, end).unwrap().is_some_and(|wanted| wanted.suits(limits))
            };
            let exact = stay(first, length, rule);
            prop_assert_eq!(suits(Some(exact.start()), Some(exact.end())), booked(limits, &exact, &policy));
            let from = stay(first, min, rule);
            prop_assert_eq!(suits(Some(from.start()), None), booked(limits, &from, &policy));
            let until = stay(first - i64::from(min) + 1, min, rule);
            prop_assert_eq!(until.last(), day(first));
            prop_assert_eq!(suits(None, Some(until.end())), booked(limits, &until, &policy));
        }

        /// The days that must be free are those that booking takes.
        #[test]
        fn a_search_looks_at_the_days_that_booking_takes(rule in rules(), first in 0i64..10, min in 1u32..8, length in 1u32..8) {
            let window = BookingPolicy { rule, ..BookingPolicy::default() }.window(day(0));
            let limits = StayLimits::new(min, 0).unwrap();
            let days = |start, end| window.wanted(start, end).unwrap().unwrap().days(limits).unwrap();
            let exact = stay(first, length, rule);
            prop_assert_eq!(days(Some(exact.start()), Some(exact.end())), exact.start()..=exact.last());
            let shortest = stay(first, min, rule);
            let expected = shortest.start()..=shortest.last();
            prop_assert_eq!(days(Some(shortest.start()), None), expected.clone());
            prop_assert_eq!(days(None, Some(shortest.end())), expected);
        }

        /// A house can be published when some stay in it can be booked, and only then.
        #[test]
        fn what_is_published_can_be_booked(rule in rules(), max_stay_days in 1u32..8, horizon_days in 1u32..8, min in 1u32..10) {
            let policy = BookingPolicy { rule, max_stay_days, horizon_days, ..BookingPolicy::default() };
            let limits = StayLimits::new(min, 0).unwrap();
            let bookable = (0..10).any(|first| (1..20).any(|days| booked(limits, &stay(first, days, rule), &policy)));
            prop_assert_eq!(policy.window(day(0)).check_limits(limits).is_ok(), bookable);
        }
    }
}
