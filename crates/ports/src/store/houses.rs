//! Houses: publishing, pictures, lists, search.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Cursor, HouseFilter, HouseId, HouseOffer, HouseTerms, Money, PictureKey, UserId, UserName};

use crate::StoreError;

/// A house to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHouse {
    /// Its owner.
    pub landlord: UserId,
    /// What is offered.
    pub offer: HouseOffer,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// A house as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseSummary {
    /// Id.
    pub id: HouseId,
    /// Headline.
    pub title: String,
    /// Name of its district.
    pub area_name: String,
    /// Price of a day.
    pub price: Money,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Its first picture.
    pub index_picture: Option<PictureKey>,
    /// Where it is.
    pub address: String,
    /// Number of rooms.
    pub room_count: u32,
    /// Completed orders.
    pub order_count: u32,
    /// The owner's portrait.
    pub landlord_avatar: Option<PictureKey>,
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

/// A house as its owner gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnHouse {
    /// Id.
    pub id: HouseId,
    /// What is offered.
    pub offer: HouseOffer,
    /// Its pictures in the order of their upload.
    pub pictures: Vec<PictureKey>,
    /// When it was published.
    pub created_at: DateTime<Utc>,
}

/// The owner as guests see them.
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
    /// Who wrote it.
    pub user_name: UserName,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// What it says.
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

/// A house with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseDetail {
    /// Id.
    pub id: HouseId,
    /// Its owner.
    pub landlord: Landlord,
    /// What is offered.
    pub offer: HouseOffer,
    /// Its pictures in the order of their upload.
    pub pictures: Vec<PictureKey>,
    /// The newest comments first.
    pub comments: Vec<HouseComment>,
}

/// Where a page of a search begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    /// So many houses stand before it. The database walks over them, so this is for the first pages.
    Offset(u64),
    /// Behind this place, which costs the same wherever it is.
    After(Cursor),
}

/// Houses in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait HouseRepo: Send {
    /// Adds a house with its facilities. Area and facilities must exist.
    async fn insert(&mut self, house: &NewHouse) -> Result<HouseId, StoreError>;

    /// What booking and ownership need to know of a house.
    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError>;

    /// A house with its owner, facilities, pictures and at most `max_comments` comments, newest
    /// first, in a fixed number of statements.
    async fn detail(&mut self, id: HouseId, max_comments: u32) -> Result<Option<HouseDetail>, StoreError>;

    /// Adds a picture behind the others; the first one also becomes the index picture.
    async fn add_picture(&mut self, id: HouseId, picture: &PictureKey) -> Result<(), StoreError>;

    /// The newest `limit` houses of a landlord, newest first.
    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<HouseSummary>, StoreError>;

    /// Every house of a landlord that is on the site, with all that the landlord gave, the oldest first, in
    /// a fixed number of statements.
    async fn all_of_landlord(&mut self, landlord: UserId) -> Result<Vec<OwnHouse>, StoreError>;

    /// At most `limit` houses with a picture, most completed orders first, then the newest.
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
    /// It costs more than a page, and is the same for every page and in every order of a search: who
    /// keeps it keeps it apart from them. It changes with new houses and, for a search with dates, with
    /// the days that orders hold.
    async fn count(&mut self, filter: &HouseFilter, at_most: u64) -> Result<u64, StoreError>;

    /// Takes all houses of a landlord off the site: neither found nor read nor booked any more.
    /// What they say (title, address, rooms, beds, pictures) goes; orders keep naming them.
    async fn withdraw_all(&mut self, landlord: UserId, at: DateTime<Utc>) -> Result<Vec<WithdrawnHouse>, StoreError>;

    /// Counts one more completed order for a house.
    async fn count_completed_order(&mut self, id: HouseId) -> Result<(), StoreError>;
}
