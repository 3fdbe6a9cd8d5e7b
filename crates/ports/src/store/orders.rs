//! Orders. The days they occupy are [`crate::OccupancyRepo`]'s.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    CancellationPreset, ChangedBy, Comment, HouseId, Money, Order, OrderChange, OrderId, OrderReason, OrderStatus,
    PictureKey, Quote, Stay, Transition, UserId, UserName, Version,
};

use crate::{ErasedUser, LandlordAlone, LockedParties, OrderLock, StoreError};

/// An order to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The house.
    pub house: HouseId,
    /// The dates as the guest named them.
    pub stay: Stay,
    /// How many guests come.
    pub guests: u32,
    /// The price; copied, so that a later price of the house changes nothing.
    pub quote: Quote,
    /// The state that it begins in.
    pub status: OrderStatus,
    /// When it is placed, in UTC.
    pub created_at: DateTime<Utc>,
    /// When it expires unless the landlord answers, or unless it is paid, in UTC; none where neither is waited for.
    pub expires_at: Option<DateTime<Utc>>,
    /// The cancellation policy; copied, so that another one of the house changes nothing.
    pub cancellation: CancellationPreset,
}

/// Who takes a step, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderAct {
    /// Who.
    pub by: ChangedBy,
    /// When, in UTC.
    pub at: DateTime<Utc>,
}

/// The text that is written with a change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderNote {
    /// Nothing.
    None,
    /// The guest's comment, and when it was written.
    Comment(Comment, DateTime<Utc>),
    /// The reason of a rejection or a cancellation.
    Reason(OrderReason),
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
    /// Their price.
    pub amount: Money,
    /// Its state.
    pub status: OrderStatus,
    /// The guest's comment, or the landlord's reason on a rejected order.
    pub note: Option<String>,
    /// When the guest's comment was written.
    pub commented_at: Option<DateTime<Utc>>,
}

/// A person on one side of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderParty {
    /// Id.
    pub id: UserId,
    /// Name; of an erased account a replacement.
    pub name: UserName,
}

/// An order with all that its parties may see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// Id.
    pub id: OrderId,
    /// The house.
    pub house: HouseId,
    /// Headline of the house.
    pub title: String,
    /// First picture of the house.
    pub picture: Option<PictureKey>,
    /// Deposit of the house.
    pub deposit: Money,
    /// Who ordered.
    pub guest: OrderParty,
    /// The owner of the house.
    pub landlord: OrderParty,
    /// First day.
    pub start: NaiveDate,
    /// End as the guest named it.
    pub end: NaiveDate,
    /// How many guests come.
    pub guests: u32,
    /// Days and prices as agreed.
    pub quote: Quote,
    /// The state.
    pub status: OrderStatus,
    /// How often it was changed, the placing included.
    pub version: Version,
    /// What the guest said, and when.
    pub comment: Option<(String, DateTime<Utc>)>,
    /// Why it was rejected or canceled, where a reason was given.
    pub reason: Option<String>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it expires unless the landlord answers, or unless it is paid; none where neither is waited for.
    pub expires_at: Option<DateTime<Utc>>,
    /// The cancellation policy of the house when it was placed.
    pub cancellation: CancellationPreset,
}

/// Which orders a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFilter {
    /// Whose orders.
    pub party: UserId,
    /// The role of the person.
    pub side: OrderSide,
    /// In one of these states; in any where there is none.
    pub states: Vec<OrderStatus>,
    /// For this house.
    pub house: Option<HouseId>,
    /// Whose first day does not lie before this one.
    pub from: Option<NaiveDate>,
    /// Whose first day does not lie behind this one.
    pub to: Option<NaiveDate>,
}

/// The sides of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSide {
    /// Who ordered.
    Guest,
    /// The owner of the house.
    Landlord,
}

/// The place of an order in a list whose newest orders come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPlace {
    /// When it was placed, as the store told it.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: OrderId,
}

impl OrderSummary {
    /// Where it is in a list.
    pub fn place(&self) -> OrderPlace {
        OrderPlace { created_at: self.created_at, id: self.id }
    }
}

/// Orders in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OrderRepo: Send {
    /// Adds an order of the locked guest, in its first version, with the first entry of its history: the guest
    /// placed it. Its days are reserved separately, in the same transaction ([`crate::OccupancyRepo::reserve`]).
    /// [`StoreError::Conflict`] where the house has another version than the parties were locked with, or is gone: it
    /// was changed, unlisted or deleted while the lock was waited for.
    async fn insert(&mut self, parties: &LockedParties, order: &NewOrder) -> Result<OrderId, StoreError>;

    /// The orders of the erased user, as guest or landlord, that are not over, by their ids: live ones whose end
    /// does not lie before `from`.
    async fn open_of_user(&mut self, user: &ErasedUser, from: NaiveDate) -> Result<Vec<OrderId>, StoreError>;

    /// The orders for a house that are not over, as in [`Self::open_of_user`], by their ids.
    async fn open_of_house(
        &mut self,
        landlord: &LandlordAlone,
        house: HouseId,
        from: NaiveDate,
    ) -> Result<Vec<OrderId>, StoreError>;

    /// Locks the row of an order; `false` where there is none. See [`crate::LockedOrder`].
    async fn lock(&mut self, lock: OrderLock) -> Result<bool, StoreError>;

    /// The order with this id.
    async fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Moves an order if it is still in `step.from`, with its note; its version and its history grow by one. `false`
    /// when it was no longer in that state: nothing changed. Its days are released separately, in the same
    /// transaction ([`crate::OccupancyRepo::release`]).
    async fn advance(
        &mut self,
        id: OrderId,
        step: Transition,
        act: OrderAct,
        note: &OrderNote,
    ) -> Result<bool, StoreError>;

    /// Waiting orders that expired by `now`, those that expired first before the others, at most `limit` of them.
    /// Left out are those that a job failed for and is not to try again yet ([`crate::JobRepo::failed`]).
    async fn expired(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError>;

    /// Sets when an order expires unless it is paid.
    async fn expire_at(&mut self, id: OrderId, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Orders that wait for their payment and expired by `now`, as [`Self::expired`] lists those that wait for an
    /// answer, without those with an attempt that can still be paid.
    async fn unpaid(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError>;

    /// Paid orders whose last occupied day lies before `today`, by their ids, at most `limit` of them, without those
    /// that [`crate::Job::EndStays`] failed for and is not to try again yet at `now`.
    async fn stayed(&mut self, today: NaiveDate, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError>;

    /// The history of an order up to a version, the oldest entry first. Entries are never changed, so this is the
    /// history of that version whatever happened meanwhile.
    async fn history(&mut self, id: OrderId, version: Version) -> Result<Vec<OrderChange>, StoreError>;

    /// The newest `limit` orders of a guest, newest first.
    async fn of_guest(&mut self, guest: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError>;

    /// The newest `limit` orders for the houses of a landlord, newest first.
    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError>;

    /// The orders of a person on one side, the newest first, at most `limit` of them; with `after`, those behind
    /// this place.
    async fn summaries(
        &mut self,
        party: UserId,
        side: OrderSide,
        after: Option<OrderPlace>,
        limit: u32,
    ) -> Result<Vec<OrderSummary>, StoreError>;

    /// Orders, the newest first, at most `limit` of them; with `after`, those behind this order of the same
    /// party, whatever was placed meanwhile. Behind an order that is gone there is none.
    async fn page(
        &mut self,
        filter: &OrderFilter,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderView>, StoreError>;

    /// The order with this id and all that belongs to it.
    async fn view(&mut self, id: OrderId) -> Result<Option<OrderView>, StoreError>;
}
