//! A landlord's own listings, drafts included.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{HouseId, HouseTerms, ListingState, UserId, Version};

use crate::{LockedLandlord, NewHouse, OwnHouse, StoreError};

/// Whose a listing is and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingStanding {
    /// Its owner.
    pub landlord: UserId,
    /// Its state.
    pub state: ListingState,
    /// Its version.
    pub version: Version,
    /// Whether it has a picture.
    pub has_picture: bool,
}

/// Listings as their landlord sees them: in every state but deleted. What everybody sees is read from
/// [`crate::HouseRepo`].
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OwnListingRepo: Send {
    /// Adds a draft of the locked landlord with its facilities. Area and facilities must exist.
    async fn insert_draft(&mut self, landlord: &LockedLandlord, house: &NewHouse) -> Result<HouseId, StoreError>;

    /// Whose a listing is and where it stands, in whatever state.
    async fn standing(&mut self, id: HouseId) -> Result<Option<ListingStanding>, StoreError>;

    /// As [`crate::HouseRepo::terms`], of a listing in whatever state.
    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError>;

    /// Locks a house of the locked landlord that is not deleted, so that no order of it is placed and no day of it is
    /// freed before this transaction ends; `false` where there is none. [`crate::LockedCalendar`] is made from it.
    async fn lock_calendar(&mut self, landlord: &LockedLandlord, id: HouseId) -> Result<bool, StoreError>;

    /// Advances the version of a listing of the locked landlord that still has the version `seen`. `false` where it
    /// has another one or is not the landlord's: nothing changed.
    ///
    /// Whatever is changed of a listing beside its own row (rules, seasons, schedule) is written behind this, in
    /// the same transaction.
    async fn bump_version(&mut self, landlord: &LockedLandlord, id: HouseId, seen: Version)
    -> Result<bool, StoreError>;

    /// Makes a draft of the locked landlord a published listing, if it still has this version; the version
    /// advances, and its date becomes `at`. `false` where it is no draft of this version.
    async fn publish_draft(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        version: Version,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// One listing of a landlord; `None` for a listing of another landlord.
    async fn find(&mut self, landlord: UserId, id: HouseId) -> Result<Option<OwnHouse>, StoreError>;

    /// At most `limit` listings of a landlord behind the one with the id `after`, the greatest id first, in a
    /// fixed number of statements.
    async fn page(&mut self, landlord: UserId, after: Option<HouseId>, limit: u32)
    -> Result<Vec<OwnHouse>, StoreError>;

    /// The same from the smallest id on: the oldest listing first.
    async fn oldest(
        &mut self,
        landlord: UserId,
        after: Option<HouseId>,
        limit: u32,
    ) -> Result<Vec<OwnHouse>, StoreError>;
}
