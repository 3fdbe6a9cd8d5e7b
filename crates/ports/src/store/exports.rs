//! Links by which other sites read the calendars of this one.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{CalendarName, ExportId, FeedId, HouseId};

use crate::{LockedCalendar, StoreError};

/// The SHA-256 of the secret of a link, which is all that the site keeps of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkHash(pub [u8; 32]);

/// A link as its landlord sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Id.
    pub id: ExportId,
    /// What the landlord calls it.
    pub name: CalendarName,
    /// The channel that it was given to, whose own days it leaves out.
    pub feed: Option<FeedId>,
    /// When it was last fetched.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A link that is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedExport {
    /// Id.
    pub id: ExportId,
    /// The house whose days it has.
    pub house: HouseId,
    /// The channel that it was given to.
    pub feed: Option<FeedId>,
    /// The digest of the days as they were last given away, and when these days first were.
    pub given: Option<([u8; 32], DateTime<Utc>)>,
    /// When it was last fetched.
    pub fetched_at: Option<DateTime<Utc>>,
}

/// Links in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait ExportRepo: Send {
    /// The links of a house by their id.
    async fn of_house(&mut self, house: HouseId) -> Result<Vec<Export>, StoreError>;

    /// The links of several houses by their id, each with its house.
    async fn of_houses(&mut self, houses: &[HouseId]) -> Result<Vec<(HouseId, Export)>, StoreError>;

    /// How many links the house of the locked calendar has.
    async fn count(&mut self, calendar: &LockedCalendar) -> Result<u64, StoreError>;

    /// Adds a link of the locked calendar; `None` where the house has no such feed.
    async fn insert(
        &mut self,
        calendar: &LockedCalendar,
        name: &CalendarName,
        feed: Option<FeedId>,
        hash: LinkHash,
        now: DateTime<Utc>,
    ) -> Result<Option<ExportId>, StoreError>;

    /// Gives a link of the house another secret; `false` where there is no such link.
    async fn renew(&mut self, house: HouseId, id: ExportId, hash: LinkHash) -> Result<bool, StoreError>;

    /// Deletes a link of the house; `false` where there is none.
    async fn delete(&mut self, house: HouseId, id: ExportId) -> Result<bool, StoreError>;

    /// The link with this hash.
    async fn find(&mut self, hash: LinkHash) -> Result<Option<ServedExport>, StoreError>;

    /// The occupied days of a house from `from` to `to`, both included, that are told to others: those of orders and
    /// their preparation, of blocks and of feeds, but for derived days and those of one feed alone.
    async fn days(
        &mut self,
        house: HouseId,
        without: Option<FeedId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeSet<NaiveDate>, StoreError>;

    /// Writes down that a link is fetched at `now` with the days that it had before. Of simultaneous fetches the later
    /// instant stays.
    async fn note_fetch(&mut self, id: ExportId, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Writes down that a link is fetched at `now` with other days than before, which have this digest. Of simultaneous
    /// fetches the days of the later one stay.
    async fn note_days(
        &mut self,
        id: ExportId,
        digest: [u8; 32],
        days: &BTreeSet<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// The days from `from` on that the channel of a feed was told when it last fetched a link of its own.
    async fn told(&mut self, feed: FeedId, from: NaiveDate) -> Result<BTreeSet<NaiveDate>, StoreError>;
}
