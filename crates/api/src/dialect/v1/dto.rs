//! What v1 reads and writes. Private to the dialect: a field added here shows nowhere else.

use minsu_application::App;
use minsu_domain::format_day;
use minsu_ports::{Area, HouseComment, HouseDetail, HouseSummary, OrderSummary, SlideHouse, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    dialect::present,
    http::fields::{Int, Text},
};

/// The body of a registration.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterBody {
    /// The mobile that got the code.
    pub mobile: String,
    /// The code from the SMS.
    pub sms_code: Text,
    /// At least 8 characters.
    pub password: String,
}

/// The body of a login.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogInBody {
    /// The mobile.
    pub mobile: String,
    /// The password.
    pub password: String,
}

/// A new name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenameBody {
    /// 1 to 32 characters, unique.
    pub name: String,
}

/// Real-name data as typed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct IdentityBody {
    /// 2 to 32 characters.
    pub real_name: String,
    /// 18 characters.
    pub id_card: Text,
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

/// What the landlord decides.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionBody {
    /// `accept` or `reject`.
    pub action: String,
    /// Why, when rejecting.
    pub reason: Option<String>,
}

/// What the guest says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentBody {
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
    create_time: String,
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
            create_time: present::date_time(app, user.created_at),
        }
    }
}

/// An id alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserIdData {
    /// The user.
    pub user_id: i64,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionData {
    /// The user.
    pub user_id: i64,
    /// Their name.
    pub name: String,
}

/// A stored portrait.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvatarData {
    /// Where a browser gets it.
    pub avatar_url: String,
}

/// A name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameData {
    /// The name as it is now.
    pub name: String,
}

/// Real-name data, to its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityData {
    /// The user.
    pub user_id: i64,
    /// Null before it was written.
    pub real_name: Option<String>,
    /// Null before it was written.
    pub id_card: Option<String>,
}

/// A district, under both names that pages read.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaData {
    aid: i64,
    aname: String,
    area_id: i64,
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
    pub house_id: i64,
}

/// A stored picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureData {
    /// Where a browser gets it.
    pub url: String,
}

/// A house in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseRow {
    house_id: i64,
    title: String,
    area_name: String,
    price: i64,
    img_url: String,
    user_avatar: String,
    room_count: u32,
    order_count: u32,
    address: String,
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
            user_avatar: present::picture(app, house.landlord_avatar.as_ref()),
            room_count: house.room_count,
            order_count: house.order_count,
            address: house.address,
            ctime: present::date(app, house.created_at),
        }
    }
}

/// A landlord's houses.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyHousesData {
    /// Newest first.
    pub houses: Vec<HouseRow>,
}

/// A page of a search.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchData {
    /// The houses of the page.
    pub houses: Vec<HouseRow>,
    /// How many pages there are.
    pub total_page: u64,
    /// Which one this is.
    pub current_page: u32,
    /// Where the next page begins, for `after`; null when this one was not full.
    pub next: Option<String>,
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

/// A house and who looks at it. The answer is put together from a ready house.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetailData {
    /// The viewer, -1 for nobody.
    pub user_id: i64,
    /// The house.
    pub house: HouseData,
}

/// A house with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
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
    img_urls: Vec<String>,
    facilities: Vec<i64>,
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
            img_urls: house.pictures.iter().map(|key| present::picture(app, Some(key))).collect(),
            facilities: offer.facilities.iter().map(|id| id.get()).collect(),
            comments: house.comments.into_iter().map(|comment| CommentRow::new(app, comment)).collect(),
        }
    }
}

/// A comment under a house.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentRow {
    user_name: String,
    ctime: String,
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

/// The id of a new order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderIdData {
    /// The order.
    pub order_id: i64,
}

/// Orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrdersData {
    /// The orders.
    pub orders: Vec<OrderRow>,
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
    /// The state by name.
    status: &'static str,
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
            status: order.status.name(),
            comment: order.note.unwrap_or_default(),
        }
    }
}
