//! Occupied days of houses: the one table that booking and search share.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{Claim, HouseId, Occupant, Order, OrderId};

use crate::{LockedCalendar, StoreError};

/// What orders hold on one day, of one house or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedDay {
    /// The date.
    pub date: NaiveDate,
    /// The houses that an order holds on it.
    pub houses: u64,
    /// The sum of the prices of the day in them, in 分: without discounts and fees.
    pub fen: i64,
}

/// Occupied days in the store: one row for each, under a unique key of house and day; and the claims beside orders,
/// of which several may cover a day. A day without an order is occupied exactly when a claim covers it.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OccupancyRepo: Send {
    /// Occupies days of a house for an order in one statement, ascending, all or none. Nothing is looked up
    /// beforehand: the unique key decides between simultaneous calls. No days is a no-op.
    ///
    /// # Errors
    /// [`StoreError::DaysTaken`] with those of the days that are occupied, as this transaction sees them;
    /// [`StoreError::Conflict`] when the database chose another transaction over this one, or they were freed
    /// while it looked.
    async fn reserve(&mut self, house: HouseId, order: OrderId, days: &BTreeSet<NaiveDate>) -> Result<(), StoreError>;

    /// Claims the days after the stay of an order, which was inserted in this unit of work, for its preparation. No
    /// days is a no-op.
    ///
    /// # Errors
    /// [`StoreError::DaysTaken`] with those of the days that an order occupies; [`StoreError::Conflict`].
    async fn prepare(&mut self, house: HouseId, order: OrderId, days: &BTreeSet<NaiveDate>) -> Result<(), StoreError>;

    /// Frees every day that an order occupies, and returns how many there were. Its preparation days are freed too,
    /// each of the days goes to the claims on it, and its conflicts with feeds end. House and dates of an order never
    /// change, so they are those of any earlier read.
    async fn release(&mut self, order: &Order) -> Result<u64, StoreError>;

    /// Claims days of the locked calendar; a day that is occupied already stays with its occupant, and is handed to
    /// the claim when that goes. A claim that is there stays.
    async fn claim(
        &mut self,
        calendar: &LockedCalendar,
        claim: Claim,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError>;

    /// Takes a claim on days of the locked calendar back; each of them goes to the other claims on it.
    async fn unclaim(
        &mut self,
        calendar: &LockedCalendar,
        claim: Claim,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError>;

    /// The claims on the days of a house from `from` to `to`, both included, by day.
    async fn claims(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Claim)>, StoreError>;

    /// The occupied days of a house from `from` to `to`, both included, ascending, with what occupies each.
    async fn occupied(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Occupant)>, StoreError>;

    /// The days from `from` to `to`, both included, that orders hold in a house, or in all of them; ascending, without
    /// those that no order holds. Reads every row of these days.
    async fn booked(
        &mut self,
        house: Option<HouseId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<BookedDay>, StoreError>;
}
