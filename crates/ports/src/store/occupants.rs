//! The people who stay under orders, sealed.

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{OrderId, OrderStatus};

use crate::{ErasedUser, LockedGuest, SealedIdentity, StoreError};

/// The people who stay under orders, as sealed bytes: one row for an order that has any.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OccupantRepo: Send {
    /// Whether an order of the locked guest is still in this state. Until the transaction ends no other one moves it:
    /// what is written meanwhile is seen by the transaction that ends the order.
    async fn lock_order(
        &mut self,
        guest: &LockedGuest,
        order: OrderId,
        status: OrderStatus,
    ) -> Result<bool, StoreError>;

    /// Writes the people of an order in place of those before; `last_day` is the last occupied day of its stay.
    async fn replace(&mut self, order: OrderId, last_day: NaiveDate, sealed: &SealedIdentity)
    -> Result<(), StoreError>;

    /// The people of an order.
    async fn of_order(&mut self, order: OrderId) -> Result<Option<SealedIdentity>, StoreError>;

    /// The people of these orders, by the id of the order; orders without any are left out.
    async fn of_orders(&mut self, orders: &[OrderId]) -> Result<Vec<(OrderId, SealedIdentity)>, StoreError>;

    /// Erases the people of an order; `false` where there were none.
    async fn erase(&mut self, order: OrderId) -> Result<bool, StoreError>;

    /// Erases the people of every order that the erased user placed, and returns of how many orders.
    async fn erase_of_guest(&mut self, guest: &ErasedUser) -> Result<u64, StoreError>;

    /// Erases the people whose last day lies before `before`, of at most `limit` orders, and returns of how many.
    async fn erase_past(&mut self, before: NaiveDate, limit: u32) -> Result<u64, StoreError>;

    /// Of how many orders [`Self::erase_past`] would erase the people in all.
    async fn count_past(&mut self, before: NaiveDate) -> Result<u64, StoreError>;

    /// Those that another key than this one sealed, by the id of the order, behind `after`.
    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<(OrderId, SealedIdentity)>, StoreError>;

    /// Replaces sealed bytes if they are still the old ones; `false` when they are not.
    async fn reseal(&mut self, order: OrderId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError>;
}
