//! The rules and the price of a booking.

use thiserror::Error;

use crate::{Money, OrderPolicy, StayLimits, StayRule, UserId};

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
    /// How many hours a landlord has for an answer.
    pub answer_hours: u32,
    /// The hour at which a day of a stay begins, 0 to 23, in the site's time zone.
    pub check_in_hour: u32,
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
            answer_hours: 24,
            check_in_hour: 14,
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
    /// Whether it has rules, seasons or dates of its own, which [`crate::HouseSchedule`] holds.
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
