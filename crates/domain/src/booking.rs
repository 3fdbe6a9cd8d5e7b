//! The rules and the price of a booking.

use chrono::NaiveDate;
use thiserror::Error;

use crate::{HouseSchedule, Money, Neighbours, OrderPolicy, Quote, Stay, StayLimits, StayRequest, StayRule, UserId};

/// The site's rules for every booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingPolicy {
    /// How the days of a stay are counted.
    pub rule: StayRule,
    /// The longest stay in days, whatever the house allows.
    pub max_stay_days: u32,
    /// How many days ahead a stay may end.
    pub horizon_days: u32,
    /// Whether a free gap between occupied days that is shorter than the shortest stay of the house may be booked
    /// whole.
    pub short_gaps: bool,
    /// The site's rules for orders.
    pub orders: OrderPolicy,
}

impl Default for BookingPolicy {
    /// Days count both ends, at most a year at a time, at most five years ahead; orders as [`OrderPolicy`] has them.
    fn default() -> Self {
        Self {
            rule: StayRule::Days,
            max_stay_days: 180,
            horizon_days: 5 * 366,
            short_gaps: true,
            orders: OrderPolicy::default(),
        }
    }
}

/// The terms of a house that a booking needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HouseTerms {
    /// The owner.
    pub landlord: UserId,
    /// Price of a day.
    pub price: Money,
    /// The deposit, which is no part of any price.
    pub deposit: Money,
    /// Shortest and longest stay.
    pub limits: StayLimits,
    /// How many guests it takes.
    pub capacity: u32,
    /// Whether it has rules, seasons or dates of its own, which [`HouseSchedule`] holds.
    pub has_rules: bool,
}

/// The reason why a stay cannot be booked, whether or not its days are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BookingRefused {
    /// One's own house.
    #[error("a landlord cannot book the own house")]
    OwnHouse,
    /// It would start before today.
    #[error("the stay starts in the past")]
    InThePast,
    /// It would end beyond the horizon.
    #[error("the stay is too far ahead")]
    TooFarAhead,
    /// More guests than the house takes.
    #[error("the house takes fewer guests")]
    TooManyGuests,
    /// It would begin before the days of notice of the house are over.
    #[error("the house needs more notice")]
    Notice,
    /// It would begin after the booking window of the house.
    #[error("the house cannot be booked so far ahead")]
    BeyondWindow,
    /// Shorter than the house allows, and no gap between occupied days.
    #[error("the stay is too short")]
    TooShort,
    /// Longer than the house or the site allows.
    #[error("the stay is too long")]
    TooLong,
    /// The house takes no arrivals on its first day.
    #[error("no stay begins on this day")]
    NoArrival,
    /// The house takes no departures on its end.
    #[error("no stay ends on this day")]
    NoDeparture,
    /// The amount is beyond all money.
    #[error("the amount is too large")]
    Amount,
}

impl HouseTerms {
    /// Checks a stay of one `guest` against the house without rules and the site, and prices it. `today` is the
    /// date in the site's time zone.
    ///
    /// # Errors
    /// The first rule that refuses, in the order of [`BookingRefused`].
    pub fn quote(
        &self,
        guest: UserId,
        stay: &Stay,
        today: NaiveDate,
        policy: &BookingPolicy,
    ) -> Result<Quote, BookingRefused> {
        self.quote_for(Some(guest), stay, today, policy)
    }

    /// The same for a visitor who is not known yet.
    ///
    /// # Errors
    /// As [`Self::quote`], but for [`BookingRefused::OwnHouse`].
    pub fn price_of(&self, stay: &Stay, today: NaiveDate, policy: &BookingPolicy) -> Result<Quote, BookingRefused> {
        self.quote_for(None, stay, today, policy)
    }

    fn quote_for(
        &self,
        guest: Option<UserId>,
        stay: &Stay,
        today: NaiveDate,
        policy: &BookingPolicy,
    ) -> Result<Quote, BookingRefused> {
        let schedule = HouseSchedule::plain(*self);
        schedule.allow(&StayRequest { guest, stay, guests: 1, today, neighbours: Neighbours::default() }, policy)?;
        schedule.quote(stay, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    fn quote(from: &str, to: &str) -> Result<Quote, BookingRefused> {
        let terms = HouseTerms {
            landlord: UserId::new(1).unwrap(),
            price: Money::from_fen(1999).unwrap(),
            deposit: Money::ZERO,
            limits: StayLimits::new(1, 0).unwrap(),
            capacity: 2,
            has_rules: false,
        };
        let stay = Stay::new(parse_day(from).unwrap(), parse_day(to).unwrap(), StayRule::Days).unwrap();
        terms.quote(UserId::new(2).unwrap(), &stay, parse_day("2026-11-21").unwrap(), &BookingPolicy::default())
    }

    #[test]
    fn today_can_be_booked_and_costs_one_day() {
        let quote = quote("2026-11-21", "2026-11-21").unwrap();
        assert_eq!((quote.days(), quote.total().fen()), (1, 1999));
    }

    #[test]
    fn past_far_and_endless_stays_are_refused() {
        assert_eq!(quote("2026-11-20", "2026-11-22"), Err(BookingRefused::InThePast));
        assert_eq!(quote("2026-11-21", "2036-11-21"), Err(BookingRefused::TooFarAhead));
        assert_eq!(quote("9999-12-31", "9999-12-31"), Err(BookingRefused::TooFarAhead));
        assert_eq!(quote("2026-11-22", "2028-11-22"), Err(BookingRefused::TooLong));
    }

    #[test]
    fn the_house_sets_limits_and_refuses_its_owner() {
        let terms = HouseTerms {
            landlord: UserId::new(1).unwrap(),
            price: Money::from_fen(100).unwrap(),
            deposit: Money::ZERO,
            limits: StayLimits::new(2, 3).unwrap(),
            capacity: 2,
            has_rules: false,
        };
        let today = parse_day("2026-11-21").unwrap();
        let ask = |guest, end| {
            let stay = Stay::new(today, parse_day(end).unwrap(), StayRule::Days).unwrap();
            terms.quote(UserId::new(guest).unwrap(), &stay, today, &BookingPolicy::default())
        };
        assert_eq!(ask(1, "2026-11-22"), Err(BookingRefused::OwnHouse));
        assert_eq!(ask(2, "2026-11-21"), Err(BookingRefused::TooShort));
        assert_eq!(ask(2, "2026-11-23").map(|quote| quote.total().fen()), Ok(300));
        assert_eq!(ask(2, "2026-11-24"), Err(BookingRefused::TooLong));
    }
}
