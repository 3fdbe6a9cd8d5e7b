//! Whether a stay is allowed.

use chrono::{Days, NaiveDate};

use super::{HouseSchedule, Neighbours};
use crate::{BookingPolicy, BookingRefused, Stay, UserId};

/// A stay that a guest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayRequest<'a> {
    /// The person; `None` for a visitor who is not known yet.
    pub guest: Option<UserId>,
    /// The days.
    pub stay: &'a Stay,
    /// How many people stay.
    pub guests: u32,
    /// The date in the site's time zone.
    pub today: NaiveDate,
    /// The days around the stay; they matter for stays below the minimum only.
    pub neighbours: Neighbours,
}

impl HouseSchedule {
    /// Whether a stay is allowed, be its days free or not.
    ///
    /// # Errors
    /// The first rule that refuses, in the order of [`BookingRefused`].
    pub fn allow(&self, asked: &StayRequest<'_>, policy: &BookingPolicy) -> Result<(), BookingRefused> {
        let StayRequest { guest, stay, guests, today, neighbours } = *asked;
        if guest == Some(self.terms.landlord) {
            return Err(BookingRefused::OwnHouse);
        }
        policy.window(today).check(stay)?;
        if guests > self.terms.capacity {
            return Err(BookingRefused::TooManyGuests);
        }
        self.is_arrival_in_time(stay.start(), today)?;
        if stay.days() < self.min_days_on(stay.start()) && !(policy.short_gaps && neighbours.is_gap()) {
            return Err(BookingRefused::TooShort);
        }
        let max_days = self.max_days_on(stay.start());
        if max_days != 0 && stay.days() > max_days {
            return Err(BookingRefused::TooLong);
        }
        if !self.arrival_on(stay.start()) {
            return Err(BookingRefused::NoArrival);
        }
        if !self.departure_on(stay.end()) {
            return Err(BookingRefused::NoDeparture);
        }
        Ok(())
    }

    /// Whether a first day is neither too near nor too far for the house.
    ///
    /// # Errors
    /// [`BookingRefused::Notice`], [`BookingRefused::BeyondWindow`].
    pub fn is_arrival_in_time(&self, first: NaiveDate, today: NaiveDate) -> Result<(), BookingRefused> {
        let in_days = |days: u32| today.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        if first < in_days(self.rules.notice_days) {
            return Err(BookingRefused::Notice);
        }
        if self.rules.window_days.is_some_and(|window| first > in_days(window)) {
            return Err(BookingRefused::BeyondWindow);
        }
        Ok(())
    }
}
