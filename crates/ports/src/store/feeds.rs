//! Calendars of other sites that landlords have connected.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    CalendarName, ConflictChanges, DayOffsets, FeedId, FeedState, FeedStep, Hold, HouseId, OrderId, Version,
};

use crate::{LockedCalendar, SealedIdentity, StoreError, WorkerId};

/// Where a feed is read from. The URL is a secret: only its host is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSource {
    /// The host of the URL.
    pub host: String,
    /// The URL, bound to the house.
    pub url: SealedIdentity,
}

/// What a landlord says of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedTerms {
    /// What the landlord calls it.
    pub name: CalendarName,
    /// Days that are added to each of its events.
    pub offsets: DayOffsets,
    /// Whether none of its events is a stay.
    pub is_all_closures: bool,
    /// Whether it is not read for now. It keeps its days.
    pub is_paused: bool,
}

/// The events of the last answer that had content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventCounts {
    /// Those that occupy days; a series is one.
    pub busy: u32,
    /// Those that do not: marked as free, or cancelled.
    pub free: u32,
    /// Those that this site made.
    pub own: u32,
}

/// Where a feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedStanding {
    /// No answer yet.
    New,
    /// The last answer was good.
    Ok,
    /// The last answer was bad; the days stay.
    Failing,
    /// It lost suspiciously many days, which are held.
    Suspicious,
    /// The landlord paused it.
    Paused,
}

/// A feed as its landlord sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Id.
    pub id: FeedId,
    /// The house whose days it occupies.
    pub house: HouseId,
    /// What the landlord says of it.
    pub terms: FeedTerms,
    /// The host of its URL.
    pub host: String,
    /// Counts the changes of the landlord, from 1 on.
    pub generation: Version,
    /// What is wrong with its last answer, as a code.
    pub error: Option<String>,
    /// Bad answers in a row.
    pub failures: u32,
    /// Whether it is suspected.
    pub hold: Hold,
    /// What its last answer with content was made of.
    pub events: Option<EventCounts>,
    /// When it was last asked, whatever that came to.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When the last good answer came.
    pub good_at: Option<DateTime<Utc>>,
    /// When its days changed.
    pub changed_at: Option<DateTime<Utc>>,
    /// When it was connected.
    pub created_at: DateTime<Utc>,
    /// The days that it holds, from a day on.
    pub days_held: u32,
    /// Those of them that its last complete answer does not have.
    pub days_missing: u32,
}

impl Feed {
    /// Where it stands.
    pub const fn standing(&self) -> FeedStanding {
        match (self.terms.is_paused, self.fetched_at, self.hold, self.failures) {
            (true, ..) => FeedStanding::Paused,
            (false, None, ..) => FeedStanding::New,
            (false, Some(_), Hold::Since(_), _) => FeedStanding::Suspicious,
            (false, Some(_), _, 0) => FeedStanding::Ok,
            (false, Some(_), ..) => FeedStanding::Failing,
        }
    }

    /// How many days stay shut because they went suspiciously.
    pub const fn held_back(&self) -> u32 {
        match self.hold {
            Hold::Since(_) => self.days_missing,
            Hold::None | Hold::Waived => 0,
        }
    }
}

/// A feed that a process polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedFeed {
    /// The owner of the house.
    pub landlord: minsu_domain::UserId,
    /// The house.
    pub house: HouseId,
    /// What the landlord says of it.
    pub terms: FeedTerms,
    /// Where it is read from.
    pub source: FeedSource,
    /// The `ETag` of its last answer with content.
    pub etag: Option<String>,
    /// The `Last-Modified` of that answer.
    pub last_modified: Option<String>,
    /// When that answer came.
    pub content_at: Option<DateTime<Utc>>,
    /// Bad answers in a row.
    pub failures: u32,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// An answer with content.
    Content {
        /// Its `ETag`.
        etag: Option<String>,
        /// Its `Last-Modified`.
        last_modified: Option<String>,
        /// The events in it.
        events: EventCounts,
        /// A part that could not be read, as a code.
        fault: Option<&'static str>,
    },
    /// The content is the last one.
    Unchanged,
    /// No good answer, for a reason that has this code.
    Bad(String),
}

/// The end of a poll, to be written with its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollEnd {
    /// When the poll began. A wish for another one since then stays.
    pub begun: DateTime<Utc>,
    /// When the answer came.
    pub at: DateTime<Utc>,
    /// What it was.
    pub outcome: PollOutcome,
    /// When the feed is polled again.
    pub next_at: DateTime<Utc>,
}

/// The open conflict of a feed with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedConflict {
    /// The feed.
    pub feed: FeedId,
    /// The order.
    pub order: OrderId,
    /// The days of the order on which the feed has a stay, ascending.
    pub days: BTreeSet<NaiveDate>,
}

/// Feeds of one host that fail alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingFeeds {
    /// The host.
    pub host: String,
    /// What is wrong with their last answers, as a code.
    pub error: String,
    /// How many they are.
    pub feeds: u64,
}

/// How the feeds of the site fare; those that are paused are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedHealth {
    /// How many are read.
    pub read: u64,
    /// How many of them are late.
    pub late: u64,
    /// Those that fail, the most first.
    pub failing: Vec<FailingFeeds>,
}

/// Feeds in the store. Their days are claims ([`minsu_domain::Claim::Feed`]) with what is known of each beside.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait FeedRepo: Send {
    /// The feeds of a house by their id, with the days that they hold from `from` on.
    async fn of_house(&mut self, house: HouseId, from: NaiveDate) -> Result<Vec<Feed>, StoreError>;

    /// The same of several houses.
    async fn of_houses(&mut self, houses: &[HouseId], from: NaiveDate) -> Result<Vec<Feed>, StoreError>;

    /// How the feeds fare: those with at least so many bad answers in a row fail, those that were due before `late` are
    /// late.
    async fn health(&mut self, failures: u32, late: DateTime<Utc>) -> Result<FeedHealth, StoreError>;

    /// How many feeds the house of the locked calendar has.
    async fn count(&mut self, calendar: &LockedCalendar) -> Result<u64, StoreError>;

    /// Adds a feed of the locked calendar, which is due at `now`. Links that were given to a feed of the same host which
    /// was deleted are this one's: the channel still reads them.
    async fn insert(
        &mut self,
        calendar: &LockedCalendar,
        terms: &FeedTerms,
        source: &FeedSource,
        now: DateTime<Utc>,
    ) -> Result<FeedId, StoreError>;

    /// Changes a feed of the locked calendar that is still of this generation, which advances it. With a new source
    /// nothing is known of its content any more. With `anew` it is read anew from then on: a poll under way loses its
    /// lease, and the next answer must have content. `false` where there is no such feed of this generation.
    async fn change(
        &mut self,
        calendar: &LockedCalendar,
        id: FeedId,
        seen: Version,
        terms: &FeedTerms,
        source: Option<FeedSource>,
        anew: Option<DateTime<Utc>>,
    ) -> Result<bool, StoreError>;

    /// Deletes a feed of the locked calendar; its days go to the other claims on them. `false` where there is none.
    async fn delete(&mut self, calendar: &LockedCalendar, id: FeedId) -> Result<bool, StoreError>;

    /// When the landlord last asked for a poll at once; `None` where there is no such feed of the house.
    async fn asked_at(&mut self, house: HouseId, id: FeedId) -> Result<Option<Option<DateTime<Utc>>>, StoreError>;

    /// Makes a feed due at `now` unless its landlord asked for that later than `before`; `false` where nothing was
    /// written.
    async fn ask(&mut self, id: FeedId, now: DateTime<Utc>, before: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Feeds that are due at `now` and not polled, the one that waits longest first, with the host of each; at most
    /// `of_host` of a host, so that a slow one keeps no others from their turn.
    async fn due(&mut self, now: DateTime<Utc>, limit: u32, of_host: u32) -> Result<Vec<(FeedId, String)>, StoreError>;

    /// Leases a feed that is due at `now`, until `until`; `None` where it is not due, or is polled already.
    async fn lease(
        &mut self,
        id: FeedId,
        worker: WorkerId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<LeasedFeed>, StoreError>;

    /// Whether a feed of the locked calendar is still leased by this worker: nothing was changed since.
    async fn is_leased(&mut self, calendar: &LockedCalendar, id: FeedId, worker: WorkerId) -> Result<bool, StoreError>;

    /// What is known of a feed, its days from `from` on.
    async fn state(&mut self, id: FeedId, from: NaiveDate) -> Result<FeedState, StoreError>;

    /// Writes the days of a step with their claims, and what else the state has. What is known of days before
    /// the one before `from` is forgotten; they stay claimed.
    async fn write(
        &mut self,
        calendar: &LockedCalendar,
        id: FeedId,
        state: &FeedState,
        step: &FeedStep,
        from: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Ends a poll and its lease; `false` where the worker does not hold it any more.
    async fn finish(&mut self, id: FeedId, worker: WorkerId, end: &PollEnd) -> Result<bool, StoreError>;

    /// Ends a lease without a result; the feed is due again at `next`.
    async fn give_back(&mut self, id: FeedId, worker: WorkerId, next: DateTime<Utc>) -> Result<(), StoreError>;

    /// The days of a house from `from` on that something else than this feed holds, derived days of other feeds left
    /// out.
    async fn holders(
        &mut self,
        house: HouseId,
        feed: FeedId,
        from: NaiveDate,
    ) -> Result<BTreeSet<NaiveDate>, StoreError>;

    /// The open conflicts of the feeds of a house, by feed and order.
    async fn conflicts_of_house(&mut self, house: HouseId) -> Result<Vec<FeedConflict>, StoreError>;

    /// The open conflicts of an order, by feed. They end with the days of the order ([`crate::OccupancyRepo::release`]).
    async fn conflicts_of_order(&mut self, order: OrderId) -> Result<Vec<FeedConflict>, StoreError>;

    /// Writes changes of the conflicts of a feed.
    async fn write_conflicts(
        &mut self,
        id: FeedId,
        changes: &ConflictChanges,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// URLs that another key than this one sealed, by the id of the feed, behind `after`.
    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<FeedId>,
        limit: u32,
    ) -> Result<Vec<(FeedId, HouseId, SealedIdentity)>, StoreError>;

    /// Replaces a sealed URL if it is still the old one; `false` when it is not.
    async fn reseal(&mut self, id: FeedId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError>;
}
