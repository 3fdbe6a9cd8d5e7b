//! The password, one's data, and the end of an account.

use actix_web::{HttpRequest, HttpResponse};
use minsu_application::{
    AccountError, App, AppError,
    sessions::SessionInfo,
    users::{self, ChangePassword, ExportedListing, ExportedOrder, ExportedPerson},
};
use minsu_domain::{MessageKind, Password};
use minsu_ports::{Identity, Webhook};
use minsu_web::{
    api_error::ApiError,
    client_address::Client,
    export::{self, ExportForm, ExportRequest},
    house_body::DwellingData,
    login,
    openapi::{
        call::{Call, Verb},
        refusals::{self, ConcatAll},
        values,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    acting::{Session, Site},
    dto::{CURRENCY, SessionData, UserData, instant},
    feed_dto::{LinkData, OwnFeed},
    fields::{Fields, string, text},
    me::{expected, unchanged},
    occupants::OccupantData,
    order_states::state_name,
    picture_dto::PictureData,
    reply::no_content,
    tokens::unconfirmed,
    values as native,
};

/// Another password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct PasswordBody {
    #[schema(value_type = values::NewPassword)]
    password: String,
    /// The current password; it replaces a confirmed session.
    #[schema(value_type = Option<native::Password>, nullable = false)]
    old_password: Option<String>,
}

pub(crate) const PASSWORD: Call =
    Call::without_content(Verb::Put, "/me/password", "change_password", "Chooses another password.")
        .says(
            "Replaces the password and ends all other sessions. The session must be confirmed, or the old password be \
             given.",
        )
        .needs_login()
        .with_json::<PasswordBody>()
        .refuses(|| [unconfirmed(), refusals::password_check()].concat_all());

pub(crate) async fn password(site: Site, session: Session, mut body: Fields) -> Result<HttpResponse, ApiError> {
    let (app, policy) = (site.app(), site.app().policy.passwords);
    let new = body.need("password", text(|typed| Password::new(typed.to_owned(), policy).map(|_| typed.to_owned())));
    let old = body.may("old_password", string);
    let new = body.finish(new)?;
    let Session { principal, token } = session;
    match old {
        Some(old) => users::change_password(app, principal, &token, ChangePassword { old, new }).await?,
        None => users::change_confirmed_password(app, principal, &token, new).await?,
    }
    Ok(no_content())
}

pub(crate) const DELETE: Call = Call::without_content(Verb::Delete, "/me", "delete_me", "Deletes the account.")
    .says(
        "Erases who one is, and withdraws one's listings; orders and reviews stay for the other side under a name \
         that deleted accounts have. The session must be confirmed, and no order be open: `open_orders` has the ids of those that are.",
    )
    .needs_confirmation()
    .edits()
    .sets_cookie()
    .refuses(|| {
        [
            unconfirmed(),
            refusals::app([AppError::Account(AccountError::OrdersOpen(Vec::new())), AppError::Account(AccountError::NotFound)]),
        ]
        .concat_all()
    });

pub(crate) async fn delete(site: Site, request: HttpRequest, session: Session) -> Result<HttpResponse, ApiError> {
    unchanged(&site, session.principal, expected(&request)?).await?;
    users::delete_confirmed_account(site.app(), session.principal).await?;
    login::without_session(&site.state, &request, no_content())
}

/// Everything that the site knows of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportData {
    /// The profile.
    user: UserData,
    /// The real name, whole; absent before it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    identity: Option<WholeIdentity>,
    /// One's webhooks, the newest first; absent without any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<OwnWebhook>>, nullable = false)]
    webhooks: Vec<OwnWebhook>,
    /// The events that one wants to be told of by SMS; absent where it is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<native::MessageKinds>, nullable = false)]
    sms: Vec<&'static str>,
    /// One's listings, the oldest first.
    listings: Vec<OwnListing>,
    /// The orders that one placed, the newest first.
    orders_as_guest: Vec<OwnOrder>,
    /// The orders for one's listings, the newest first.
    orders_as_landlord: Vec<OwnOrder>,
    /// The living sessions.
    sessions: Vec<SessionData>,
}

/// A webhook that one made. Its URL and its secrets are not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnWebhook {
    /// The host of its URL.
    #[schema(examples("receiver.example"))]
    host: String,
    /// When it was made.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl From<Webhook> for OwnWebhook {
    fn from(webhook: Webhook) -> Self {
        Self { host: webhook.host, created_at: instant(webhook.created_at) }
    }
}

/// The real-name data.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeIdentity {
    /// The real name.
    #[schema(examples("李雷"))]
    real_name: String,
    /// The identity number.
    #[schema(examples("11010519491231002X"))]
    id_number: String,
}

/// A listing as its landlord gave it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnListing {
    /// The id.
    #[schema(examples(3))]
    id: i64,
    /// The headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The area.
    #[schema(examples(2))]
    area_id: i64,
    /// Where it is.
    #[schema(examples("西城区羊房胡同 1 号"))]
    address: String,
    /// What the landlord says about it; absent where nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("胡同里的老院子，步行五分钟到地铁站。"))]
    description: Option<String>,
    /// The price of a day, in 分.
    #[schema(examples(19900))]
    price: i64,
    /// The deposit, in 分.
    #[schema(examples(50000))]
    deposit: i64,
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
    /// Its pictures in their order.
    pictures: Vec<PictureData>,
    /// The calendars of other sites that one connected; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<OwnFeed>>, nullable = false)]
    feeds: Vec<OwnFeed>,
    /// The links to its calendar, which are not kept themselves; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<LinkData>>, nullable = false)]
    calendar_links: Vec<LinkData>,
    /// When it was made.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl OwnListing {
    fn new(app: &App, listing: ExportedListing) -> Self {
        let ExportedListing { house, feeds, links } = listing;
        let offer = house.offer;
        Self {
            id: house.id.get(),
            title: offer.title,
            area_id: offer.area.get(),
            address: offer.address,
            description: offer.description,
            price: offer.price.fen(),
            deposit: offer.deposit.fen(),
            dwelling: offer.dwelling.into(),
            min_days: offer.limits.min_days(),
            max_days: offer.limits.max_days(),
            facilities: offer.facilities.iter().map(|id| id.get()).collect(),
            pictures: house.pictures.into_iter().map(|picture| PictureData::new(app, picture)).collect(),
            feeds: feeds.into_iter().map(OwnFeed::from).collect(),
            calendar_links: links.into_iter().map(LinkData::from).collect(),
            created_at: instant(house.created_at),
        }
    }
}

/// An order of the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnOrder {
    /// The id.
    #[schema(examples(11))]
    id: i64,
    /// The state.
    #[schema(value_type = native::OrderState, examples("wait_accept"))]
    state: &'static str,
    /// The headline of the listing.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The first day.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    start: chrono::NaiveDate,
    /// The end as the guest named it.
    #[schema(value_type = String, format = Date, examples("2026-12-03"))]
    end: chrono::NaiveDate,
    /// How many days are charged.
    #[schema(examples(3))]
    days: u32,
    /// The total, in 分.
    #[schema(examples(59700))]
    total: i64,
    /// The currency: `CNY`.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// What the guest said of the stay, or why the landlord rejected; absent where neither is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("很干净，下次再来"))]
    note: Option<String>,
    /// The people whom one named as staying, until they are erased; of one's own orders as a guest alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<OccupantData>>, nullable = false)]
    occupants: Vec<OccupantData>,
    /// When it was placed.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl From<ExportedOrder> for OwnOrder {
    fn from(exported: ExportedOrder) -> Self {
        let ExportedOrder { order, occupants } = exported;
        let person = |person: Identity| OccupantData::new(person.real_name, person.id_card);
        Self {
            id: order.id.get(),
            state: state_name(order.status),
            title: order.title,
            start: order.start,
            end: order.end,
            days: order.days,
            total: order.amount.fen(),
            currency: CURRENCY,
            note: order.note,
            occupants: occupants.into_iter().map(person).collect(),
            created_at: instant(order.created_at),
        }
    }
}

pub(crate) const EXPORT: Call =
    Call::get::<ExportData>("/me/export", "export", "Everything that the site knows of one.")
        .says("One's data in one piece, the identity number whole. The session must be confirmed.")
        .needs_confirmation()
        .refuses(|| [unconfirmed(), refusals::exports()].concat_all());

pub(crate) async fn export(site: Site, client: Client, session: Session) -> Result<HttpResponse, ApiError> {
    let Session { principal, token } = session;
    export::send::<Exported>(&site.state, ExportRequest { viewer: principal, session: token, client: client.0 }).await
}

/// How the native API writes an export.
struct Exported;

impl ExportForm for Exported {
    const WHOLE_NUMBER: bool = true;

    fn frame(app: &App, person: ExportedPerson) -> impl Serialize {
        let ExportedPerson { user, identity, webhooks, messages } = person;
        ExportData {
            user: UserData::new(app, &user, identity.is_some(), None),
            webhooks: webhooks.into_iter().map(OwnWebhook::from).collect(),
            sms: messages.into_iter().map(MessageKind::name).collect(),
            identity: identity.map(|whole| WholeIdentity { real_name: whole.real_name, id_number: whole.id_card }),
            listings: Vec::new(),
            orders_as_guest: Vec::new(),
            orders_as_landlord: Vec::new(),
            sessions: Vec::new(),
        }
    }

    fn listing(app: &App, listing: ExportedListing) -> impl Serialize {
        OwnListing::new(app, listing)
    }

    fn order(_: &App, order: ExportedOrder) -> impl Serialize {
        OwnOrder::from(order)
    }

    fn session(_: &App, session: SessionInfo) -> impl Serialize {
        SessionData::from(session)
    }
}
