//! Occupied days of houses: the one table that booking and search share.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{HouseId, Occupant, OrderId};

use crate::StoreError;

/// Occupied days in the store: one row for each, under a unique key of house and day.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OccupancyRepo: Send {
    /// Occupies days of a house in one statement, ascending, all or none. Nothing is looked up
    /// beforehand: the unique key decides between simultaneous calls. No days is a no-op.
    ///
    /// # Errors
    /// [`StoreError::DaysTaken`] with those of the days that are occupied, as this transaction sees them;
    /// [`StoreError::Conflict`] when the database chose another transaction over this one, or they were freed
    /// while it looked.
    async fn reserve(
        &mut self,
        house: HouseId,
        occupant: Occupant,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError>;

    /// Frees every day that an order occupies, and returns how many there were.
    async fn release(&mut self, order: OrderId) -> Result<u64, StoreError>;

    /// The occupied days of a house from `from` to `to`, both included, ascending, with what occupies each.
    async fn occupied(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Occupant)>, StoreError>;
}
