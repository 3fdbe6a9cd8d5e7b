//! Listings in answers.

use minsu_application::App;
use minsu_domain::{HouseOffer, ListingState, Money, PictureKey, UserId};
use minsu_ports::{Area, HouseDetail, HouseSummary, OwnHouse, User};
use minsu_web::{house_body::DwellingData, present};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    dto::{CURRENCY, Named, instant},
    listing_states::listing_state,
    picture_dto::{CoverData, PictureData},
};

/// The landlord as guests see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LandlordData {
    /// The id.
    #[schema(examples(7))]
    id: i64,
    /// The name.
    #[schema(examples("Anna"))]
    name: String,
    /// The address of the portrait; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("https://media.example.com/avatars/7/0123456789abcdef.jpg"))]
    avatar: Option<String>,
}

impl LandlordData {
    fn new(app: &App, id: i64, name: &str, avatar: Option<&PictureKey>) -> Self {
        let avatar = Some(present::portrait(app, avatar)).filter(|avatar| !avatar.is_empty());
        Self { id, name: name.to_owned(), avatar }
    }
}

/// What the stay of a search costs in a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalData {
    /// The total, in 分.
    #[schema(examples(59700))]
    total: i64,
    /// The currency: `CNY`.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// How many days are charged.
    #[schema(examples(3))]
    days: u32,
}

impl TotalData {
    fn of(total: Money, days: u32) -> Self {
        Self { total: total.fen(), currency: CURRENCY, days }
    }
}

/// A listing as the search shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingItem {
    /// The id.
    #[schema(examples(3))]
    id: i64,
    /// The state: `published`.
    #[schema(examples("published"))]
    state: &'static str,
    /// The landlord.
    landlord: LandlordData,
    /// The headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The area.
    area: Named,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// The price of a day, in 分.
    #[schema(examples(19900))]
    price: i64,
    #[serde(flatten)]
    dwelling: DwellingData,
    /// The shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// The longest stay in days; 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// The first picture; none where there is none.
    pictures: Vec<CoverData>,
    /// How often it was booked and completed.
    #[schema(examples(17))]
    order_count: u32,
    /// When it was published.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
    /// What the stay costs; in a search that names both days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote: Option<TotalData>,
}

impl ListingItem {
    /// A listing; `days` is the length of the stay that the search asks for, `total` what it costs where the listing
    /// has rules.
    pub(crate) fn new(app: &App, house: HouseSummary, days: Option<u32>, total: Option<Money>) -> Self {
        let landlord = (house.landlord.get(), house.landlord_name.as_str(), house.landlord_avatar.as_ref());
        Self {
            id: house.id.get(),
            state: listing_state(ListingState::Published),
            landlord: LandlordData::new(app, landlord.0, landlord.1, landlord.2),
            title: house.title,
            area: Named::new(house.area.get(), house.area_name),
            address: house.address,
            price: house.price.fen(),
            dwelling: house.dwelling.into(),
            min_days: house.limits.min_days(),
            max_days: house.limits.max_days(),
            pictures: house.index_picture.iter().map(|key| CoverData::new(app, key)).collect(),
            order_count: house.order_count,
            created_at: instant(house.created_at),
            quote: days.and_then(|days| total.or(house.price.times(days).ok()).map(|total| TotalData::of(total, days))),
        }
    }
}

/// A page of listings.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingPage {
    /// The listings.
    pub items: Vec<ListingItem>,
    /// Where the next page begins, for `after`; absent behind the last listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("9Bb0cGl2m2v7Fq9xw1Q0Zm42MjVhYjg0LTM"))]
    pub next: Option<String>,
    /// How many listings match, counted up to a bound of the site.
    #[schema(examples(137))]
    pub total: u64,
    /// Whether `total` is all of them.
    #[schema(examples(true))]
    pub total_is_exact: bool,
}

/// A listing with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingData {
    /// The id.
    #[schema(examples(3))]
    id: i64,
    /// The state; everybody but its landlord sees a `published` one only, and no one a `deleted` one.
    #[schema(value_type = crate::values::ListingState, examples("published"))]
    state: &'static str,
    /// The version of what the landlord gave, with the pictures; it grows with each change.
    #[schema(examples(2))]
    version: u32,
    /// The landlord.
    landlord: LandlordData,
    /// The headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The area.
    area: Named,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// What the landlord says about it, in several lines; absent where nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("胡同里的老院子，步行五分钟到地铁站。"))]
    description: Option<String>,
    /// The price of a day, in 分.
    #[schema(examples(19900))]
    price: i64,
    /// The deposit, in 分.
    #[schema(examples(50000))]
    deposit: i64,
    /// The currency of every amount: `CNY`.
    #[schema(examples("CNY"))]
    currency: &'static str,
    #[serde(flatten)]
    dwelling: DwellingData,
    /// The shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// The longest stay in days; 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// The ids of its facilities.
    #[schema(examples(json!([1, 3])))]
    facilities: Vec<i64>,
    /// Its pictures in their order; the first one is the cover.
    pictures: Vec<PictureData>,
    /// How often it was booked and completed.
    #[schema(examples(17))]
    order_count: u32,
    /// When it was published, or made where it is a draft.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl ListingData {
    /// A published listing; `areas` are those of the city.
    pub(crate) fn published(app: &App, house: HouseDetail, areas: &[Area]) -> Self {
        let HouseDetail { id, landlord, offer, pictures, comments: _, created_at, version, order_count } = house;
        let state = ListingState::Published;
        let landlord = LandlordData::new(app, landlord.id.get(), landlord.name.as_str(), landlord.avatar.as_ref());
        Self::new(app, OwnHouse { id, offer, pictures, created_at, state, version, order_count }, landlord, areas)
    }

    /// A listing for its landlord, in whatever state.
    pub(crate) fn own(app: &App, house: OwnHouse, landlord: &User, areas: &[Area]) -> Self {
        let landlord = LandlordData::new(app, landlord.id.get(), landlord.name.as_str(), landlord.avatar.as_ref());
        Self::new(app, house, landlord, areas)
    }

    fn new(app: &App, house: OwnHouse, landlord: LandlordData, areas: &[Area]) -> Self {
        let OwnHouse { id, offer, pictures, created_at, state, version, order_count } = house;
        let HouseOffer { title, price, deposit, area, address, description, dwelling, limits, facilities } = offer;
        let name = areas.iter().find(|known| known.id == area).map(|known| known.name.clone());
        Self {
            id: id.get(),
            state: listing_state(state),
            version: version.get(),
            landlord,
            title,
            area: Named::new(area.get(), name.unwrap_or_default()),
            address,
            description,
            price: price.fen(),
            deposit: deposit.fen(),
            currency: CURRENCY,
            dwelling: dwelling.into(),
            min_days: limits.min_days(),
            max_days: limits.max_days(),
            facilities: facilities.iter().map(|id| id.get()).collect(),
            pictures: pictures.into_iter().map(|picture| PictureData::new(app, picture)).collect(),
            order_count,
            created_at: instant(created_at),
        }
    }

    /// Whether the page of a listing, as bytes, shows one of this landlord.
    pub(crate) fn is_of(page: &[u8], landlord: UserId) -> bool {
        #[derive(Deserialize)]
        struct Owned {
            landlord: Owner,
        }
        #[derive(Deserialize)]
        struct Owner {
            id: i64,
        }
        serde_json::from_slice::<Owned>(page).is_ok_and(|listing| listing.landlord.id == landlord.get())
    }

    /// The version, for `ETag`.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }
}

/// A page of one's own listings.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnListingPage {
    /// The listings, the newest first.
    pub items: Vec<ListingData>,
    /// Where the next page begins, for `after`; absent behind the last listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("9Bb0cGl2m2v7Fq9xw1Q0Zjcx"))]
    pub next: Option<String>,
}
