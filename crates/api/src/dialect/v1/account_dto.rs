//! What v1 reads and writes about accounts. Private to the dialect.

use minsu_application::{App, sessions::SessionInfo, users::Export};
use minsu_ports::{OrderSummary, OwnHouse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dto::{IdentityData, OrderRow, UserData};
use crate::{dialect::present, http::fields::Text};

/// Another password.
#[derive(Deserialize, ToSchema)]
pub struct ChangePasswordBody {
    /// The one that holds.
    pub old_password: String,
    /// The one that shall hold: at least 8 characters.
    pub password: String,
}

/// A new password without the old one.
#[derive(Deserialize, ToSchema)]
pub struct ResetPasswordBody {
    /// The mobile that got the code.
    pub mobile: String,
    /// The code from the SMS, asked for with `purpose=password`.
    pub sms_code: Text,
    /// The one that shall hold: at least 8 characters.
    pub password: String,
}

/// The password, once more.
#[derive(Deserialize, ToSchema)]
pub struct DeleteAccountBody {
    /// The password.
    pub password: String,
}

/// A session, to its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionRow {
    session_id: String,
    create_time: String,
    address: String,
    current: bool,
}

impl SessionRow {
    /// The row of a session.
    pub fn new(app: &App, session: &SessionInfo) -> Self {
        Self {
            session_id: session.id.clone(),
            create_time: present::date_time(app, session.opened),
            address: session.address.to_string(),
            current: session.current,
        }
    }
}

/// One's own sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsData {
    /// The newest first.
    pub sessions: Vec<SessionRow>,
}

/// Everything that the site knows of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportData {
    user: UserData,
    identity: IdentityData,
    houses: Vec<ExportedHouse>,
    orders_as_guest: Vec<ExportedOrder>,
    orders_as_landlord: Vec<ExportedOrder>,
    sessions: Vec<SessionRow>,
}

impl ExportData {
    /// The answer to an export.
    pub fn new(app: &App, export: Export) -> Self {
        let (real_name, id_card) = match export.identity {
            Some(identity) => (Some(identity.real_name), Some(identity.id_card)),
            None => (None, None),
        };
        let orders = |orders: Vec<_>| orders.into_iter().map(|order| ExportedOrder::new(app, order)).collect();
        Self {
            user: UserData::new(app, &export.user),
            identity: IdentityData { user_id: export.user.id.get(), real_name, id_card },
            houses: export.houses.into_iter().map(|house| ExportedHouse::new(app, house)).collect(),
            orders_as_guest: orders(export.as_guest),
            orders_as_landlord: orders(export.as_landlord),
            sessions: export.sessions.iter().map(|session| SessionRow::new(app, session)).collect(),
        }
    }
}

/// A house with all that its owner gave; money in 分.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedHouse {
    house_id: i64,
    title: String,
    area_id: i64,
    address: String,
    price: i64,
    deposit: i64,
    room_count: u32,
    acreage: u32,
    unit: String,
    capacity: u32,
    beds: String,
    min_days: u32,
    max_days: u32,
    facilities: Vec<i64>,
    img_urls: Vec<String>,
    ctime: String,
}

impl ExportedHouse {
    fn new(app: &App, house: OwnHouse) -> Self {
        let offer = house.offer;
        Self {
            house_id: house.id.get(),
            title: offer.title,
            area_id: offer.area.get(),
            address: offer.address,
            price: offer.price.fen(),
            deposit: offer.deposit.fen(),
            room_count: offer.room_count,
            acreage: offer.acreage,
            unit: offer.unit,
            capacity: offer.capacity,
            beds: offer.beds,
            min_days: offer.limits.min_days(),
            max_days: offer.limits.max_days(),
            facilities: offer.facilities.iter().map(|id| id.get()).collect(),
            img_urls: house.pictures.iter().map(|key| present::picture(app, Some(key))).collect(),
            ctime: present::date_time(app, house.created_at),
        }
    }
}

/// An order, and when its comment was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedOrder {
    #[serde(flatten)]
    order: OrderRow,
    comment_time: String,
}

impl ExportedOrder {
    fn new(app: &App, order: OrderSummary) -> Self {
        let comment_time = order.commented_at.map(|written| present::date_time(app, written)).unwrap_or_default();
        Self { order: OrderRow::new(app, order), comment_time }
    }
}
