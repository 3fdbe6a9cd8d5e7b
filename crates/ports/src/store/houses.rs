//! Houses: publishing, pictures, lists, search.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{
    AreaId, Caption, Cursor, Dwelling, HouseFilter, HouseId, HouseOffer, HouseTerms, ListingState, Money, PictureId,
    PictureKey, StayLimits, UserId, UserName, Version,
};

use crate::{ErasedUser, LockedLandlord, StoreError};

/// A house to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHouse {
    /// The offer.
    pub offer: HouseOffer,
    /// When it is published, in UTC.
    pub created_at: DateTime<Utc>,
}

/// A house as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseSummary {
    /// Id.
    pub id: HouseId,
    /// Headline.
    pub title: String,
    /// Its district.
    pub area: AreaId,
    /// Name of its district.
    pub area_name: String,
    /// Price of a day.
    pub price: Money,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Its first picture.
    pub index_picture: Option<PictureKey>,
    /// The address.
    pub address: String,
    /// What it is like.
    pub dwelling: Dwelling,
    /// The shortest and the longest stay.
    pub limits: StayLimits,
    /// Whether it has rules, seasons or dates of its own.
    pub has_rules: bool,
    /// Completed orders.
    pub order_count: u32,
    /// The guests that it is ranked by.
    pub guests: GuestCounts,
    /// The landlord.
    pub landlord: UserId,
    /// The landlord's name.
    pub landlord_name: UserName,
    /// The landlord's portrait.
    pub landlord_avatar: Option<PictureKey>,
}

/// How many guests a house has had. Each counts once, however many orders the guest completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GuestCounts {
    /// Guests with a completed order.
    pub completed: u32,
    /// Those of them who completed one after its stay had begun.
    pub stayed: u32,
}

/// An order that becomes complete, as its house counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletedOrder {
    /// The house.
    pub house: HouseId,
    /// The guest.
    pub guest: UserId,
    /// Whether the stay has begun.
    pub stay_begun: bool,
}

/// A house as the slides of the home page show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlideHouse {
    /// Id.
    pub id: HouseId,
    /// Headline.
    pub title: String,
    /// Its first picture.
    pub picture: PictureKey,
}

/// A picture of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPicture {
    /// Id.
    pub id: PictureId,
    /// Its place in the object store.
    pub key: PictureKey,
    /// What the landlord writes below it.
    pub caption: Option<Caption>,
}

/// A house as its landlord entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnHouse {
    /// Id.
    pub id: HouseId,
    /// The offer.
    pub offer: HouseOffer,
    /// Its pictures in the landlord's order, behind them the newer ones in the order of their upload.
    pub pictures: Vec<ListingPicture>,
    /// When it was published, or drafted where it is a draft.
    pub created_at: DateTime<Utc>,
    /// Its state; never deleted.
    pub state: ListingState,
    /// Its version.
    pub version: Version,
    /// Completed orders.
    pub order_count: u32,
}

/// The landlord as guests see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landlord {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: UserName,
    /// Portrait.
    pub avatar: Option<PictureKey>,
}

/// A comment under a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseComment {
    /// The name of the guest.
    pub user_name: UserName,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The text of the comment.
    pub text: String,
}

/// A house that was taken off the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnHouse {
    /// Id.
    pub id: HouseId,
    /// The pictures that it had.
    pub pictures: Vec<PictureKey>,
}

/// A house with its landlord, pictures and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseDetail {
    /// Id.
    pub id: HouseId,
    /// Its landlord.
    pub landlord: Landlord,
    /// The offer.
    pub offer: HouseOffer,
    /// Its pictures in the landlord's order, behind them the newer ones in the order of their upload.
    pub pictures: Vec<ListingPicture>,
    /// The newest comments first.
    pub comments: Vec<HouseComment>,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Its version.
    pub version: Version,
    /// Completed orders.
    pub order_count: u32,
}

/// The place where a page of a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    /// After so many houses. The database walks over them, so this is for the first pages.
    Offset(u64),
    /// After this cursor, at the same cost for every page.
    After(Cursor),
}

/// Houses in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait HouseRepo: Send {
    /// Adds a published house of the locked landlord with its facilities. Area and facilities must exist.
    async fn insert(&mut self, landlord: &LockedLandlord, house: &NewHouse) -> Result<HouseId, StoreError>;

    /// The data of a house that booking and the check of ownership need.
    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError>;

    /// As [`Self::terms`], and locks the landlord's account in the strength of [`crate::LockStrength::Shared`] until
    /// the end of the transaction; `None` also where the account was erased. In one statement where the database can
    /// lock one table of a join, because every booking asks it. It makes the value of [`crate::LockedParties`]. The
    /// version is the one that the terms are of, which may be old when the lock had to wait:
    /// [`crate::OrderRepo::insert`] holds it against the version that stands.
    async fn lock_landlord(&mut self, id: HouseId) -> Result<Option<(HouseTerms, Version)>, StoreError>;

    /// A house with its landlord, facilities, pictures and at most `max_comments` comments, newest
    /// first, in a fixed number of statements.
    async fn detail(&mut self, id: HouseId, max_comments: u32) -> Result<Option<HouseDetail>, StoreError>;

    /// Adds a picture of so many bytes, in both sizes, after the others to a house of the locked landlord; the
    /// first one also becomes the index picture. The version of the house advances.
    async fn add_picture(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        picture: &PictureKey,
        bytes: u64,
    ) -> Result<(), StoreError>;

    /// The newest `limit` published houses of a landlord, newest first.
    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<HouseSummary>, StoreError>;

    /// At most `limit` houses with a picture, most guests with a completed order first, then the newest.
    async fn most_booked(&mut self, limit: u32) -> Result<Vec<SlideHouse>, StoreError>;

    /// One page of a search: the filter's order, ties broken by id (newest first). A cursor is one of
    /// the filter's order.
    async fn search(
        &mut self,
        filter: &HouseFilter,
        from: PageStart,
        limit: u32,
    ) -> Result<Vec<HouseSummary>, StoreError>;

    /// How many houses a search finds; counting stops at `at_most`.
    ///
    /// It costs more than a page, and is the same for every page and in every order of a search: a cache
    /// keeps it in an entry of its own. It changes with new houses and, for a search with dates, with
    /// the days that orders occupy.
    async fn count(&mut self, filter: &HouseFilter, at_most: u64) -> Result<u64, StoreError>;

    /// Takes all houses of an erased landlord off the site, drafts included: they are neither found nor read nor booked any
    /// more. Their texts and pictures (title, address, rooms, beds) are erased; orders still refer to the houses.
    async fn withdraw_all(
        &mut self,
        landlord: &ErasedUser,
        at: DateTime<Utc>,
    ) -> Result<Vec<WithdrawnHouse>, StoreError>;

    /// Counts a completed order for its house, and its guest in [`GuestCounts`] where the guest has not been counted
    /// yet: also between simultaneous orders of one guest.
    async fn count_completed_order(&mut self, order: CompletedOrder) -> Result<(), StoreError>;
}
