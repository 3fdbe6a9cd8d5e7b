//! What a guest may book, and what it costs.

use chrono::{Days, NaiveDate};
use thiserror::Error;

use crate::{Money, Stay, StayLimits, StayRule, UserId};

/// The site's rules for every booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingPolicy {
    /// What a stay counts.
    pub rule: StayRule,
    /// The longest stay in days, whatever the house allows.
    pub max_stay_days: u32,
    /// How many days ahead a stay may end.
    pub horizon_days: u32,
}

impl Default for BookingPolicy {
    /// Days count both ends, at most a year at a time, at most five years ahead.
    fn default() -> Self {
        Self { rule: StayRule::Days, max_stay_days: 366, horizon_days: 5 * 366 }
    }
}

/// What booking has to know of a house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HouseTerms {
    /// The owner.
    pub landlord: UserId,
    /// Price of a day.
    pub price: Money,
    /// Shortest and longest stay.
    pub limits: StayLimits,
}

/// What a stay costs: copied into the order, so that a later change of the price changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Days that are paid.
    pub days: u32,
    /// Price of one of them.
    pub price: Money,
    /// `days × price`.
    pub amount: Money,
}

/// Why a stay cannot be booked, other days being free or not.
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
    /// Shorter or longer than the house or the site allows.
    #[error("the stay is too short or too long")]
    Length,
    /// The amount is beyond all money.
    #[error("the amount is too large")]
    Amount,
}

impl HouseTerms {
    /// Checks a stay of `guest` against the house and the site, and prices it. `today` is the
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
        if guest == self.landlord {
            return Err(BookingRefused::OwnHouse);
        }
        if stay.start() < today {
            return Err(BookingRefused::InThePast);
        }
        if stay.end() > today + Days::new(u64::from(policy.horizon_days)) {
            return Err(BookingRefused::TooFarAhead);
        }
        let days = stay.days();
        if days > policy.max_stay_days || !self.limits.allow(days) {
            return Err(BookingRefused::Length);
        }
        let amount = self.price.times(days).map_err(|_| BookingRefused::Amount)?;
        Ok(Quote { days, price: self.price, amount })
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
            limits: StayLimits::new(1, 0).unwrap(),
        };
        let stay = Stay::new(parse_day(from).unwrap(), parse_day(to).unwrap(), StayRule::Days).unwrap();
        terms.quote(UserId::new(2).unwrap(), &stay, parse_day("2026-11-21").unwrap(), &BookingPolicy::default())
    }

    #[test]
    fn today_can_be_booked_and_costs_one_day() {
        let quote = quote("2026-11-21", "2026-11-21").unwrap();
        assert_eq!((quote.days, quote.amount.fen()), (1, 1999));
    }

    #[test]
    fn past_far_and_endless_stays_are_refused() {
        assert_eq!(quote("2026-11-20", "2026-11-22"), Err(BookingRefused::InThePast));
        assert_eq!(quote("2026-11-21", "2036-11-21"), Err(BookingRefused::TooFarAhead));
        assert_eq!(quote("9999-12-31", "9999-12-31"), Err(BookingRefused::TooFarAhead));
        assert_eq!(quote("2026-11-22", "2028-11-22"), Err(BookingRefused::Length));
    }

    #[test]
    fn the_house_sets_limits_and_refuses_its_owner() {
        let terms = HouseTerms {
            landlord: UserId::new(1).unwrap(),
            price: Money::from_fen(100).unwrap(),
            limits: StayLimits::new(2, 3).unwrap(),
        };
        let today = parse_day("2026-11-21").unwrap();
        let ask = |guest, end| {
            let stay = Stay::new(today, parse_day(end).unwrap(), StayRule::Days).unwrap();
            terms.quote(UserId::new(guest).unwrap(), &stay, today, &BookingPolicy::default())
        };
        assert_eq!(ask(1, "2026-11-22"), Err(BookingRefused::OwnHouse));
        assert_eq!(ask(2, "2026-11-21"), Err(BookingRefused::Length));
        assert_eq!(ask(2, "2026-11-23").map(|quote| quote.amount.fen()), Ok(300));
        assert_eq!(ask(2, "2026-11-24"), Err(BookingRefused::Length));
    }
}
