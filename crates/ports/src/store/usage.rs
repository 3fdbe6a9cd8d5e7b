//! Usage: what one person has and did, which quotas bound.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::HouseId;

use crate::{LockedGuest, LockedLandlord, StoreError};

/// What a landlord has, drafts included and withdrawn houses not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListingUsage {
    /// Houses.
    pub houses: u64,
    /// Houses published or drafted since an instant, those deleted meanwhile included.
    pub published_since: u64,
    /// Bytes of the pictures of all houses, in both sizes. Pictures from before sizes were recorded count 0.
    pub picture_bytes: u64,
}

/// What a guest has ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderUsage {
    /// Orders placed since an instant, whatever became of them.
    pub placed_since: u64,
    /// Orders in [`minsu_domain::OrderStatus::WaitAccept`] that are neither over nor expired.
    pub waiting: u64,
    /// Days of the waiting orders.
    pub waiting_days: u64,
}

/// Up to how many orders are counted: more make no difference to the one who asks. 0 counts none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderBounds {
    /// For [`OrderUsage::placed_since`].
    pub placed_since: u64,
    /// For [`OrderUsage::waiting`], and for the orders whose days are [`OrderUsage::waiting_days`].
    pub waiting: u64,
}

/// An order that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingOrder {
    /// First day.
    pub start: NaiveDate,
    /// End as the guest named it.
    pub end: NaiveDate,
    /// When it expires; none for one that does not.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Counts under the lock of the person: simultaneous requests of one person see each other.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait UsageRepo: Send {
    /// What the locked landlord has, and how many of the houses were published since an instant.
    async fn listings(&mut self, landlord: &LockedLandlord, since: DateTime<Utc>) -> Result<ListingUsage, StoreError>;

    /// How many pictures a house of the locked landlord has.
    async fn pictures(&mut self, landlord: &LockedLandlord, house: HouseId) -> Result<u64, StoreError>;

    /// What the locked guest has ordered, up to `bounds`: orders since an instant, and those that wait for an answer, do
    /// not end before `from` and are not expired at `now`. One statement of sums, because every booking asks it.
    async fn orders(
        &mut self,
        guest: &LockedGuest,
        since: DateTime<Utc>,
        from: NaiveDate,
        now: DateTime<Utc>,
        bounds: OrderBounds,
    ) -> Result<OrderUsage, StoreError>;

    /// The waiting orders that [`Self::orders`] counts, all of them, in no order.
    async fn waiting(
        &mut self,
        guest: &LockedGuest,
        from: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Vec<WaitingOrder>, StoreError>;
}
