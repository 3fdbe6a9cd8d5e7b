//! The DTOs of v1 for houses. Private to the dialect.

use minsu_application::App;
use minsu_ports::{Area, Facility, HouseComment, HouseDetail, HouseSummary, SlideHouse};
use serde::Serialize;
use utoipa::ToSchema;

use minsu_web::{house_body::DwellingData, present};

/// A district, under both names that pages read.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaData {
    /// The district.
    #[schema(examples(2))]
    aid: i64,
    /// Its name.
    #[schema(examples("西城区"))]
    aname: String,
    /// The district.
    #[schema(examples(2))]
    area_id: i64,
    /// Name of the district.
    #[schema(examples("用户3k8fj2mz"))]
    name: String,
}

impl From<Area> for AreaData {
    fn from(area: Area) -> Self {
        let id = area.id.get();
        Self { aid: id, aname: area.name.clone(), area_id: id, name: area.name }
    }
}

/// The id of a new house.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseIdData {
    /// The house.
    #[schema(examples(1))]
    pub house_id: i64,
}

/// A facility.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacilityData {
    /// The facility.
    #[schema(examples(1))]
    fid: i64,
    /// Its name.
    #[schema(examples("无线网络"))]
    fname: String,
}

impl From<Facility> for FacilityData {
    fn from(facility: Facility) -> Self {
        Self { fid: facility.id.get(), fname: facility.name }
    }
}

/// A stored picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureData {
    /// URL of the new picture.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    pub url: String,
    /// The same URL under another name.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    pub image_url: String,
}

/// A house in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseRow {
    /// The house.
    #[schema(examples(1))]
    house_id: i64,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// Name of its district.
    #[schema(examples("西城区"))]
    area_name: String,
    /// A day, in 分.
    #[schema(examples(1999))]
    price: i64,
    /// URL of its index picture, empty without.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    img_url: String,
    /// URL of the landlord's portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    user_avatar: String,
    /// Rooms.
    #[schema(examples(2))]
    room_count: u32,
    /// Shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// Longest stay in days, 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// Completed orders.
    #[schema(examples(5))]
    order_count: u32,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// The day of its publication.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
}

impl HouseRow {
    /// Shows a house in a list.
    pub fn new(app: &App, house: HouseSummary) -> Self {
        Self {
            house_id: house.id.get(),
            title: house.title,
            area_name: house.area_name,
            price: house.price.fen(),
            img_url: present::small_picture(app, house.index_picture.as_ref()),
            user_avatar: present::portrait(app, house.landlord_avatar.as_ref()),
            room_count: house.dwelling.room_count,
            min_days: house.limits.min_days(),
            max_days: house.limits.max_days(),
            order_count: house.order_count,
            address: house.address,
            ctime: present::date(app, house.created_at),
        }
    }
}

/// A landlord's houses.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyHousesData {
    /// The houses.
    pub houses: Vec<HouseRow>,
}

/// A page of a search.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchData {
    /// The houses.
    pub houses: Vec<HouseRow>,
    /// How many pages there are.
    #[schema(examples(1))]
    pub total_page: u64,
    /// The page that this is.
    #[schema(examples(1))]
    pub current_page: u32,
    /// Where the next page begins, for `after`; null when this page was not full.
    #[schema(examples("n6440c4c4d8000-2a"))]
    pub next: Option<String>,
}

/// A house on the home page.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlideRow {
    /// The house.
    #[schema(examples(1))]
    house_id: i64,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// URL of its index picture, empty without.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    img_url: String,
}

impl SlideRow {
    /// Shows a house on the home page.
    pub fn new(app: &App, house: SlideHouse) -> Self {
        Self { house_id: house.id.get(), title: house.title, img_url: present::picture(app, Some(&house.picture)) }
    }
}

/// A house and who looks at it. The answer is put together from a ready house.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetailData {
    /// The user.
    #[schema(examples(1))]
    pub user_id: i64,
    /// The house.
    pub house: HouseData,
}

/// A house with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseData {
    /// The house.
    #[schema(examples(1))]
    hid: i64,
    /// The landlord.
    #[schema(examples(1))]
    user_id: i64,
    /// The landlord.
    #[schema(examples("用户3k8fj2mz"))]
    user_name: String,
    /// URL of the landlord's portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    user_avatar: String,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// A day, in 分.
    #[schema(examples(1999))]
    price: i64,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    #[serde(flatten)]
    dwelling: DwellingData,
    /// 分.
    #[schema(examples(50000))]
    deposit: i64,
    /// Shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// Longest stay in days, 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// URLs of its pictures, in the order of their upload.
    #[schema(examples(json!(["/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"])))]
    img_urls: Vec<String>,
    /// Ids of its facilities.
    #[schema(examples(json!([1, 3, 16])))]
    facilities: Vec<i64>,
    /// The newest first.
    comments: Vec<CommentRow>,
}

impl HouseData {
    /// Shows a house.
    pub fn new(app: &App, house: HouseDetail) -> Self {
        let offer = house.offer;
        Self {
            hid: house.id.get(),
            user_id: house.landlord.id.get(),
            user_name: house.landlord.name.as_str().to_owned(),
            user_avatar: present::portrait(app, house.landlord.avatar.as_ref()),
            title: offer.title,
            price: offer.price.fen(),
            address: offer.address,
            dwelling: offer.dwelling.into(),
            deposit: offer.deposit.fen(),
            min_days: offer.limits.min_days(),
            max_days: offer.limits.max_days(),
            img_urls: house.pictures.iter().map(|shown| present::picture(app, Some(&shown.key))).collect(),
            facilities: offer.facilities.iter().map(|id| id.get()).collect(),
            comments: house.comments.into_iter().map(|comment| CommentRow::new(app, comment)).collect(),
        }
    }
}

/// A comment under a house.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentRow {
    /// The guest.
    #[schema(examples("用户3k8fj2mz"))]
    user_name: String,
    /// When it was written, `YYYY-MM-DD HH:MM:SS`.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
    /// What the guest wrote.
    #[schema(examples("很干净，下次再来"))]
    comment: String,
}

impl CommentRow {
    fn new(app: &App, comment: HouseComment) -> Self {
        Self {
            user_name: comment.user_name.as_str().to_owned(),
            ctime: present::date_time(app, comment.written_at),
            comment: comment.text,
        }
    }
}
