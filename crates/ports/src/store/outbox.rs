//! The outbox: events written by the transaction that they tell of, and their order.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Event, UserId};

use crate::StoreError;

/// An event that was committed, at its place in the order of all events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedEvent {
    /// Its place, from 1 on, without gaps. Two events of one order or listing have the order in which they happened.
    pub position: u64,
    /// When it was recorded, by the clock of the process.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

impl OrderedEvent {
    /// What stands before the position in the id of an event.
    pub const ID_PREFIX: &str = "evt_";

    /// The id under which the feed and webhooks tell the event.
    pub fn id(&self) -> String {
        Self::id_at(self.position)
    }

    /// The id of the event at a position.
    pub fn id_at(position: u64) -> String {
        format!("{}{position}", Self::ID_PREFIX)
    }
}

/// A part of all events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBatch {
    /// The events, in their order; without those of kinds that only a later version knows.
    pub events: Vec<OrderedEvent>,
    /// The position up to which this is all.
    pub last: u64,
}

/// Events in the store. Transactions commit in another order than they write, so that a reader who goes by the order
/// of writing would miss the ones that commit late. Events therefore get their position after their commit, from one
/// transaction at a time, and are read by it: whoever has read up to a position has read all events up to it.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OutboxRepo: Send {
    /// Writes events of this transaction, in this order.
    async fn append(&mut self, events: &[Event], at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Whether committed events wait for their position.
    async fn has_unordered(&mut self) -> Result<bool, StoreError>;

    /// Gives committed events their positions, at most `limit` of them, and returns how many got one. Of simultaneous
    /// transactions one waits for the other.
    async fn order(&mut self, limit: u32) -> Result<u32, StoreError>;

    /// The highest position that an event ever got; 0 before the first one.
    async fn newest(&mut self) -> Result<u64, StoreError>;

    /// The lowest position that is still kept; one more than [`Self::newest`] where none is.
    async fn oldest(&mut self) -> Result<u64, StoreError>;

    /// Events about the listings and orders of a person, of these kinds, behind a position: the first `limit` of them.
    async fn of_party(
        &mut self,
        party: UserId,
        kinds: &[&'static str],
        after: u64,
        limit: u32,
    ) -> Result<Vec<OrderedEvent>, StoreError>;

    /// All events behind a position: the first `limit` of them.
    async fn all_after(&mut self, after: u64, limit: u32) -> Result<EventBatch, StoreError>;

    /// The event at a position; none where it was deleted, or of a kind that only a later version knows.
    async fn at(&mut self, position: u64) -> Result<Option<OrderedEvent>, StoreError>;

    /// How many events with a position were recorded before an instant.
    async fn count_before(&mut self, instant: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Deletes events that have a position and were recorded before an instant, at most `limit` of them; returns how
    /// many there were.
    async fn delete_before(&mut self, instant: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
