//! The DTOs of v1 for accounts. Private to the dialect.

use minsu_application::{App, sessions::SessionInfo, users};
use minsu_domain::HouseOffer;
use minsu_ports::{Identity, OrderSummary, OwnHouse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    dto::{IdentityData, OrderRow, UserData},
    envelope::Reply,
};
use minsu_web::{export::ExportForm, fields::Text, house_body::DwellingData, openapi::values, present};

/// Another password.
#[derive(Deserialize, ToSchema)]
pub struct ChangePasswordBody {
    /// The password that holds.
    #[schema(value_type = values::NewPassword)]
    pub old_password: String,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
}

/// A new password without the old one.
#[derive(Deserialize, ToSchema)]
pub struct ResetPasswordBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: String,
    #[schema(value_type = values::SmsCode)]
    pub sms_code: Text,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
    /// The last four characters of the identity number: for a verified account, from an address that the account
    /// was not used from within 30 days.
    #[schema(value_type = Option<String>, examples("002X"))]
    pub id_last4: Option<Text>,
}

/// Another mobile, and what proves that the user may take it.
#[derive(Deserialize, ToSchema)]
pub struct ChangeMobileBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: String,
    #[schema(value_type = values::SmsCode)]
    pub sms_code: Text,
    /// The password, or else `old_sms_code`.
    #[schema(value_type = Option<values::NewPassword>)]
    pub password: Option<String>,
    /// The code that was sent to the old mobile with `purpose=mobile`.
    #[schema(value_type = Option<values::SmsCode>)]
    pub old_sms_code: Option<Text>,
}

/// The password, once more.
#[derive(Deserialize, ToSchema)]
pub struct DeleteAccountBody {
    /// The password, once more.
    #[schema(value_type = values::NewPassword)]
    pub password: String,
}

/// A session, to its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionRow {
    /// The name of the session.
    #[schema(examples("5d41402abc4b2a76"))]
    session_id: String,
    /// When it was opened, `YYYY-MM-DD HH:MM:SS`.
    #[schema(examples("2026-11-21 10:30:00"))]
    create_time: String,
    /// The address from which it was opened.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// Whether it is the one that asks.
    #[schema(examples(json!(true)))]
    current: bool,
}

impl SessionRow {
    /// The row of a session.
    pub fn new(app: &App, session: &SessionInfo) -> Self {
        let SessionInfo { id, opened, address, current } = session;
        Self {
            session_id: id.clone(),
            create_time: present::date_time(app, *opened),
            address: address.to_string(),
            current: *current,
        }
    }
}

/// One's own sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsData {
    /// The living sessions, the newest first.
    pub sessions: Vec<SessionRow>,
}

/// Everything that the site knows of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportData {
    /// The profile.
    user: UserData,
    /// The real-name data.
    identity: IdentityData,
    /// The houses.
    houses: Vec<ExportedHouse>,
    /// One's own orders, the newest first.
    orders_as_guest: Vec<ExportedOrder>,
    /// Orders for one's own houses, the newest first.
    orders_as_landlord: Vec<ExportedOrder>,
    /// The living sessions, the newest first.
    sessions: Vec<SessionRow>,
}

/// How v1 writes an export.
pub(crate) struct Exported;

impl ExportForm for Exported {
    const WHOLE_NUMBER: bool = false;

    fn frame(app: &App, person: users::ExportedPerson) -> impl Serialize {
        // Exhaustive, like those below: a field that is stored and not exported does not compile. The documents know
        // neither webhooks nor messages.
        let users::ExportedPerson { user, identity, webhooks: _, messages: _ } = person;
        let (real_name, id_card) = match identity {
            Some(Identity { real_name, id_card }) => (Some(real_name), Some(id_card)),
            None => (None, None),
        };
        Reply::new(ExportData {
            user: UserData::new(app, &user),
            identity: IdentityData { user_id: user.id.get(), real_name, id_card },
            houses: Vec::new(),
            orders_as_guest: Vec::new(),
            orders_as_landlord: Vec::new(),
            sessions: Vec::new(),
        })
    }

    fn listing(app: &App, listing: users::ExportedListing) -> impl Serialize {
        // The documents know no calendars of other sites.
        let users::ExportedListing { house, feeds: _, links: _ } = listing;
        ExportedHouse::new(app, house)
    }

    fn order(app: &App, order: users::ExportedOrder) -> impl Serialize {
        // The documents know no people who stay.
        let users::ExportedOrder { order, occupants: _ } = order;
        ExportedOrder::new(app, order)
    }

    fn session(app: &App, session: SessionInfo) -> impl Serialize {
        SessionRow::new(app, &session)
    }
}

/// A house with all that its owner gave; money in 分.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedHouse {
    /// The house.
    #[schema(examples(1))]
    house_id: i64,
    /// Headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The district.
    #[schema(examples(2))]
    area_id: i64,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// A day, in 分.
    #[schema(examples(1999))]
    price: i64,
    /// 分.
    #[schema(examples(50000))]
    deposit: i64,
    #[serde(flatten)]
    dwelling: DwellingData,
    /// Shortest stay in days.
    #[schema(examples(1))]
    min_days: u32,
    /// Longest stay in days, 0 for no limit.
    #[schema(examples(0))]
    max_days: u32,
    /// Ids of its facilities.
    #[schema(examples(json!([1, 3, 16])))]
    facilities: Vec<i64>,
    /// URLs of its pictures, in the order of their upload.
    #[schema(examples(json!(["/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"])))]
    img_urls: Vec<String>,
    /// The day of its publication.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
}

impl ExportedHouse {
    fn new(app: &App, house: OwnHouse) -> Self {
        let OwnHouse { id, offer, pictures, created_at, .. } = house;
        // The documents know no description.
        let HouseOffer { title, price, deposit, area, address, description: _, dwelling, limits, facilities } = offer;
        Self {
            house_id: id.get(),
            title,
            area_id: area.get(),
            address,
            price: price.fen(),
            deposit: deposit.fen(),
            dwelling: dwelling.into(),
            min_days: limits.min_days(),
            max_days: limits.max_days(),
            facilities: facilities.iter().map(|id| id.get()).collect(),
            img_urls: pictures.iter().map(|shown| present::picture(app, Some(&shown.key))).collect(),
            ctime: present::date_time(app, created_at),
        }
    }
}

/// An order, and when its comment was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedOrder {
    #[serde(flatten)]
    order: OrderRow,
    /// When the guest's comment was written, `YYYY-MM-DD HH:MM:SS`; empty without.
    #[schema(examples("2026-11-21 10:30:00"))]
    comment_time: String,
}

impl ExportedOrder {
    fn new(app: &App, order: OrderSummary) -> Self {
        let comment_time = order.commented_at.map(|written| present::date_time(app, written)).unwrap_or_default();
        Self { order: OrderRow::new(app, order), comment_time }
    }
}
