//! Orders and the days they hold.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    Comment, HouseId, Money, Order, OrderId, OrderStatus, PictureKey, Quote, RejectReason, Stay, Transition, UserId,
};

use crate::StoreError;

/// An order to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The house.
    pub house: HouseId,
    /// Who orders.
    pub guest: UserId,
    /// When, and which days nobody else can have.
    pub stay: Stay,
    /// What it costs; copied, so that a later price changes nothing.
    pub quote: Quote,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// What goes into the books with a change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderNote {
    /// Nothing.
    None,
    /// The guest's comment, and when it was written.
    Comment(Comment, DateTime<Utc>),
    /// The landlord's reason.
    RejectReason(RejectReason),
}

/// An order as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Id.
    pub id: OrderId,
    /// Headline of the house.
    pub title: String,
    /// First picture of the house.
    pub picture: Option<PictureKey>,
    /// First day.
    pub start: NaiveDate,
    /// End as the guest named it.
    pub end: NaiveDate,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// Days that are paid.
    pub days: u32,
    /// What they cost.
    pub amount: Money,
    /// Where it stands.
    pub status: OrderStatus,
    /// The guest's comment, or the landlord's reason on a rejected order.
    pub note: Option<String>,
    /// When the guest's comment was written.
    pub commented_at: Option<DateTime<Utc>>,
}

/// Orders in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OrderRepo: Send {
    /// Places an order in [`OrderStatus::WaitAccept`] and takes every occupied day of its stay.
    /// The days are the truth that search reads too.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with [`crate::UniqueKey::HouseDay`] when a live order holds one
    /// of the days; [`StoreError::Conflict`] when the database gave up between two orders.
    async fn place(&mut self, order: &NewOrder) -> Result<OrderId, StoreError>;

    /// How many orders of a guest are in [`OrderStatus::WaitAccept`]. In a unit of work it also
    /// makes other units wait that ask the same about this guest, so that simultaneous orders of
    /// one guest see each other; it must then be the first thing that the unit does.
    async fn count_waiting(&mut self, guest: UserId) -> Result<u64, StoreError>;

    /// How many orders of a person, on either side, are not over: live ones whose end does not lie
    /// before `today`.
    async fn count_open(&mut self, party: UserId, today: NaiveDate) -> Result<u64, StoreError>;

    /// The order with this id.
    async fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Moves an order if it is still in `step.from`, with its note, and frees its days when the
    /// new state holds none. `false` when it was no longer in that state: nothing changed.
    async fn advance(&mut self, id: OrderId, step: Transition, note: &OrderNote) -> Result<bool, StoreError>;

    /// The newest `limit` orders of a guest, newest first.
    async fn of_guest(&mut self, guest: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError>;

    /// The newest `limit` orders for the houses of a landlord, newest first.
    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError>;
}
