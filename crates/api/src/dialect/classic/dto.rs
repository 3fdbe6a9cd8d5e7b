//! What the classic dialect reads and writes. Private to the dialect. Where the two documents
//! name a field differently, a request may use either name and an answer carries both.

use minsu_application::App;
use minsu_domain::format_day;
use minsu_ports::{Area, HouseComment, HouseDetail, HouseSummary, OrderSummary, SlideHouse, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    dialect::present,
    http::fields::{Int, Text},
};

/// Asks for an SMS code. Document 001 spells one key as its placeholder, `PICCODE`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SmsBody {
    /// The mobile.
    pub mobile: Text,
    image_code_id: Option<Text>,
    piccode_id: Option<Text>,
    image_code_text: Option<Text>,
    piccode: Option<Text>,
    #[serde(rename = "PICCODE")]
    piccode_upper: Option<Text>,
}

impl SmsBody {
    /// The captcha's id under either name.
    pub fn captcha_id(&self) -> Option<&str> {
        self.image_code_id.as_ref().or(self.piccode_id.as_ref()).map(|id| id.0.as_str())
    }

    /// The captcha's answer under any of its names.
    pub fn captcha_text(&self) -> Option<&str> {
        let text = self.image_code_text.as_ref().or(self.piccode.as_ref()).or(self.piccode_upper.as_ref());
        text.map(|text| text.0.as_str())
    }
}

/// The body of a registration. The pages also send `imagecode`, which nobody reads.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterBody {
    /// The mobile that got the code.
    pub mobile: Text,
    /// The code from the SMS.
    pub phonecode: Text,
    /// The password.
    pub password: String,
    /// The password once more.
    pub password2: Option<String>,
    /// The captcha text that the SMS was asked with (document 000).
    pub image_code_text: Option<Text>,
}

/// The body of a login.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogInBody {
    /// The mobile.
    pub mobile: Text,
    /// The password.
    pub password: String,
}

/// A new name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenameBody {
    username: Option<String>,
    name: Option<String>,
    user_name: Option<String>,
}

impl RenameBody {
    /// The name under any of its names.
    pub fn name(&self) -> Option<&str> {
        self.username.as_deref().or(self.name.as_deref()).or(self.user_name.as_deref())
    }
}

/// Real-name data as typed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct IdentityBody {
    /// 2 to 32 characters.
    pub real_name: String,
    /// 18 characters.
    pub id_card: Text,
}

/// Which house.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HouseParams {
    house_id: Option<String>,
    id: Option<String>,
}

impl HouseParams {
    /// The id under either name.
    pub fn id(&self) -> Option<&str> {
        self.house_id.as_deref().or(self.id.as_deref())
    }
}

/// An order to place.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderBody {
    /// The house.
    pub house_id: Int,
    /// First day.
    pub start_date: String,
    /// Last day.
    pub end_date: String,
}

/// Whose orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RoleParams {
    /// `custom` or `landlord`.
    pub role: Option<String>,
}

/// Which order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AcceptBody {
    /// The order.
    pub order_id: Int,
}

/// Which order, and why not.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RejectBody {
    /// The order.
    pub order_id: Int,
    /// Why.
    pub reject_reason: Option<String>,
}

/// Which order, and how it was.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentBody {
    /// The order.
    pub order_id: Int,
    /// 1 to 1,000 characters.
    pub comment: String,
}

/// A person, to themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserData {
    user_id: i64,
    name: String,
    mobile: String,
    avatar: String,
    avatar_url: String,
}

impl UserData {
    /// Shows a person to themselves.
    pub fn new(app: &App, user: &User) -> Self {
        let avatar = present::picture(app, user.avatar.as_ref());
        Self {
            user_id: user.id.get(),
            name: user.name.as_str().to_owned(),
            mobile: user.mobile.as_str().to_owned(),
            avatar: avatar.clone(),
            avatar_url: avatar,
        }
    }
}

/// Real-name data, to its owner; null before it was written.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct IdentityData {
    /// The name.
    pub real_name: Option<String>,
    /// The number.
    pub id_card: Option<String>,
}

/// A district.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaData {
    area_id: i64,
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
    house_id: i64,
    title: String,
    price: i64,
    ctime: String,
    area_name: String,
    img_url: String,
}

impl MyHouseRow {
    /// Shows a house to its landlord.
    pub fn new(app: &App, house: HouseSummary) -> Self {
        Self {
            house_id: house.id.get(),
            title: house.title,
            price: house.price.fen(),
            ctime: present::date(app, house.created_at),
            area_name: house.area_name,
            img_url: present::small_picture(app, house.index_picture.as_ref()),
        }
    }
}

/// A house in a search.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseRow {
    house_id: i64,
    title: String,
    price: i64,
    room_count: u32,
    address: String,
    order_count: u32,
    area_name: String,
    avatar: String,
    avatar_url: String,
    image_url: String,
    img_url: String,
}

impl HouseRow {
    /// Shows a house in a search.
    pub fn new(app: &App, house: HouseSummary) -> Self {
        let avatar = present::picture(app, house.landlord_avatar.as_ref());
        let picture = present::small_picture(app, house.index_picture.as_ref());
        Self {
            house_id: house.id.get(),
            title: house.title,
            price: house.price.fen(),
            room_count: house.room_count,
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
    house_id: i64,
    title: String,
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
    hid: i64,
    user_id: i64,
    user_name: String,
    user_avatar: String,
    title: String,
    price: i64,
    address: String,
    room_count: u32,
    acreage: u32,
    unit: String,
    capacity: u32,
    beds: String,
    deposit: i64,
    min_days: u32,
    max_days: u32,
    images: Vec<String>,
    img_urls: Vec<String>,
    facilities: Vec<i64>,
    comments: Vec<CommentRow>,
}

impl HouseData {
    /// Shows a house.
    pub fn new(app: &App, house: HouseDetail) -> Self {
        let offer = house.offer;
        let images: Vec<_> = house.pictures.iter().map(|key| present::picture(app, Some(key))).collect();
        Self {
            hid: house.id.get(),
            user_id: house.landlord.id.get(),
            user_name: house.landlord.name.as_str().to_owned(),
            user_avatar: present::picture(app, house.landlord.avatar.as_ref()),
            title: offer.title,
            price: offer.price.fen(),
            address: offer.address,
            room_count: offer.room_count,
            acreage: offer.acreage,
            unit: offer.unit,
            capacity: offer.capacity,
            beds: offer.beds,
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
    user_name: String,
    ctime: String,
    content: String,
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

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRow {
    order_id: i64,
    title: String,
    img_url: String,
    start_date: String,
    end_date: String,
    ctime: String,
    days: u32,
    amount: i64,
    /// The state by number.
    status: i16,
    /// The guest's comment, or the landlord's reason on a rejected order; empty without.
    comment: String,
}

impl OrderRow {
    /// Shows an order.
    pub fn new(app: &App, order: OrderSummary) -> Self {
        Self {
            order_id: order.id.get(),
            title: order.title,
            img_url: present::small_picture(app, order.picture.as_ref()),
            start_date: format_day(order.start),
            end_date: format_day(order.end),
            ctime: present::date_time(app, order.created_at),
            days: order.days,
            amount: order.amount.fen(),
            status: order.status.number(),
            comment: order.note.unwrap_or_default(),
        }
    }
}
