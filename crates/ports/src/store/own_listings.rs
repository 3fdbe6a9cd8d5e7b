//! A landlord's own listings, drafts included.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{
    Caption, HouseId, HouseOffer, HouseTerms, ListingState, ListingStep, PictureId, PictureKey, UserId, Version,
};

use crate::{LandlordAlone, LockedLandlord, NewHouse, OwnHouse, StoreError};

/// Whose a listing is and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingStanding {
    /// Its owner.
    pub landlord: UserId,
    /// Its state.
    pub state: ListingState,
    /// Its version.
    pub version: Version,
    /// How many pictures it has.
    pub pictures: u32,
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

    /// Replaces everything that is offered, as [`Self::bump_version`], in one compare-and-swap of the row of the
    /// listing. Area and facilities must exist. Orders keep what they copied.
    async fn change(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        offer: &HouseOffer,
    ) -> Result<bool, StoreError>;

    /// Moves a listing to a state that is not deleted, as [`Self::bump_version`]; `false` also where it is not in
    /// `step.from`: then the unit of work is to be dropped. The date of a draft that is published becomes `at`.
    async fn take_step(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        step: ListingStep,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Deletes a listing, as [`Self::bump_version`], and returns the pictures that it had. Its texts but for the title,
    /// its pictures and the words that it is found by are erased; orders still refer to it.
    async fn delete(
        &mut self,
        landlord: &LandlordAlone,
        id: HouseId,
        seen: Version,
        at: DateTime<Utc>,
    ) -> Result<Option<Vec<PictureKey>>, StoreError>;

    /// Gives the pictures of a listing this order and these captions, as [`Self::bump_version`]. `pictures` names
    /// each of them once; the first one becomes the index picture.
    async fn arrange_pictures(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        pictures: &[(PictureId, Option<Caption>)],
    ) -> Result<bool, StoreError>;

    /// Takes a picture off a listing, as [`Self::bump_version`]; the first one of the others is the index picture.
    /// `None` also where the listing has no such picture: then the unit of work is to be dropped.
    async fn remove_picture(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        picture: PictureId,
    ) -> Result<Option<PictureKey>, StoreError>;

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
