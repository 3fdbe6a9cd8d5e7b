//! Booking a house without rules, seasons and dates: by its price and its limits alone.

use chrono::NaiveDate;

use super::{HouseSchedule, Neighbours, allowed::StayRequest};
use crate::{BookingPolicy, BookingRefused, HouseTerms, Quote, Stay, UserId};

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
    use crate::{Money, StayLimits, StayRule, parse_day};

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
