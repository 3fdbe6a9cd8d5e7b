//! The DTOs of the classic dialect for houses. Private to it.

use minsu_application::App;
use minsu_ports::{Area, HouseComment, HouseDetail, HouseSummary, SlideHouse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use minsu_web::{house_body::DwellingData, openapi::values, present};

/// Which house.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HouseParams {
    #[param(inline, value_type = Option<values::HouseId>)]
    house_id: Option<String>,
    /// Another name of `house_id`.
    #[param(inline, value_type = Option<values::HouseId>)]
    id: Option<String>,
}

impl HouseParams {
    /// The id under either name.
    pub fn id(&self) -> Option<&str> {
        self.house_id.as_deref().or(self.id.as_deref())
    }
}

/// A district.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaData {
    /// The district.
    #[schema(examples(2))]
    area_id: i64,
    /// Name of the district.
    #[schema(examples("用户3k8fj2mz"))]
    name: String,
}

impl From<Area> for AreaData {
    fn from(area: Area) -> Self {
        Self { area_id: area.id.get(), name: area.name }
    }
}

/// A house in its landlord's list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyHouseRow {
    /// The house.
    #[schema(examples(1))]
    house_id: i64,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// A day, in 分.
    #[schema(examples(1999))]
    price: i64,
    /// Shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// Longest stay in days, 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// The day of its publication.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
    /// Name of its district.
    #[schema(examples("西城区"))]
    area_name: String,
    /// URL of its index picture, empty without.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    img_url: String,
}

impl MyHouseRow {
    /// Shows a house to its landlord.
    pub fn new(app: &App, house: HouseSummary) -> Self {
        Self {
            house_id: house.id.get(),
            title: house.title,
            price: house.price.fen(),
            min_days: house.limits.min_days(),
            max_days: house.limits.max_days(),
            ctime: present::date(app, house.created_at),
            area_name: house.area_name,
            img_url: present::small_picture(app, house.index_picture.as_ref()),
        }
    }
}

/// A house in a search.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseRow {
    /// The house.
    #[schema(examples(1))]
    house_id: i64,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// A day, in 分.
    #[schema(examples(1999))]
    price: i64,
    /// Rooms.
    #[schema(examples(2))]
    room_count: u32,
    /// Shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// Longest stay in days, 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// Completed orders.
    #[schema(examples(5))]
    order_count: u32,
    /// Name of its district.
    #[schema(examples("西城区"))]
    area_name: String,
    /// URL of the portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar: String,
    /// The same as `avatar`.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar_url: String,
    /// The same URL under another name.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    image_url: String,
    /// URL of its index picture, empty without.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    img_url: String,
}

impl HouseRow {
    /// Shows a house in a search.
    pub fn new(app: &App, house: HouseSummary) -> Self {
        let avatar = present::portrait(app, house.landlord_avatar.as_ref());
        let picture = present::small_picture(app, house.index_picture.as_ref());
        Self {
            house_id: house.id.get(),
            title: house.title,
            price: house.price.fen(),
            room_count: house.dwelling.room_count,
            min_days: house.limits.min_days(),
            max_days: house.limits.max_days(),
            address: house.address,
            order_count: house.order_count,
            area_name: house.area_name,
            avatar: avatar.clone(),
            avatar_url: avatar,
            image_url: picture.clone(),
            img_url: picture,
        }
    }
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

/// A house with all that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    /// The same as `img_urls`.
    #[schema(examples(json!(["/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"])))]
    images: Vec<String>,
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
        let images: Vec<_> = house.pictures.iter().map(|shown| present::picture(app, Some(&shown.key))).collect();
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
            img_urls: images.clone(),
            images,
            facilities: offer.facilities.iter().map(|id| id.get()).collect(),
            comments: house.comments.into_iter().map(|comment| CommentRow::new(app, comment)).collect(),
        }
    }
}

/// A comment under a house.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommentRow {
    /// The guest.
    #[schema(examples("用户3k8fj2mz"))]
    user_name: String,
    /// When it was written, `YYYY-MM-DD HH:MM:SS`.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
    /// The same as `comment`.
    #[schema(examples("很干净，下次再来"))]
    content: String,
    /// What the guest wrote.
    #[schema(examples("很干净，下次再来"))]
    comment: String,
}

impl CommentRow {
    fn new(app: &App, comment: HouseComment) -> Self {
        Self {
            user_name: comment.user_name.as_str().to_owned(),
            ctime: present::date_time(app, comment.written_at),
            content: comment.text.clone(),
            comment: comment.text,
        }
    }
}
