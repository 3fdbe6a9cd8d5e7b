//! Orders in a list, as either side sees them.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use minsu_application::orders::{self, ListOrders, Role};
use minsu_domain::{Comment, OrderId, OrderReason, OrderStatus, PageLimit, Principal, UserId};
use minsu_ports::OrderView;
use minsu_web::{api_error::ApiError, fields::parse_id, language::Language, present, state::State};

use crate::{
    answer::answer,
    done,
    form::Fields,
    format,
    frame::{self, Frame},
    local,
};

/// An order in a list.
pub struct OrderItem {
    pub id: i64,
    pub house: i64,
    pub title: String,
    pub small: String,
    pub start: String,
    pub end: String,
    pub days: String,
    pub total: String,
    pub status: &'static str,
    pub class: &'static str,
    /// The person on the other side.
    pub other: String,
    pub placed: String,
    pub comment: Option<String>,
    pub reason: Option<String>,
    pub can_comment: bool,
    /// Whether a comment has to wait for the first day.
    pub is_early: bool,
    pub can_decide: bool,
    /// The days on which another site has a stay, where its landlord looks at the order alone.
    pub conflict: Option<String>,
    pub can_cancel: bool,
    /// Until when it is to be paid.
    pub pay_until: Option<String>,
    /// Whether the guest who looks can pay it here.
    pub can_pay: bool,
    /// When it expires unless it is answered.
    pub expires: Option<String>,
}

impl OrderItem {
    /// As one side sees it.
    pub fn new(state: &State, language: Language, role: Role, order: OrderView) -> Self {
        let app = &state.app;
        let (status, class) = format::status(language, order.status);
        let waits = role == Role::Guest && order.status == OrderStatus::WaitComment;
        let is_unpaid = order.status == OrderStatus::WaitPayment;
        let has_begun = order.start <= app.today();
        let other = match role {
            Role::Guest => &order.landlord,
            Role::Landlord => &order.guest,
        };
        Self {
            id: order.id.get(),
            house: order.house.get(),
            other: other.name.as_str().to_owned(),
            title: order.title,
            small: present::small_picture(app, order.picture.as_ref()),
            start: order.start.to_string(),
            end: order.end.to_string(),
            days: format::days(language, order.quote.days()),
            total: format::money(order.quote.total()),
            status,
            class,
            placed: present::date_time(app, order.created_at),
            comment: order.comment.map(|(text, _)| text),
            reason: order.reason,
            can_comment: waits && has_begun,
            is_early: waits && !has_begun,
            can_decide: role == Role::Landlord && order.status == OrderStatus::WaitAccept,
            conflict: None,
            can_cancel: !order.status.is_final() && app.today() <= order.end,
            pay_until: order.expires_at.filter(|_| is_unpaid).map(|at| present::date_time(app, at)),
            can_pay: is_unpaid && role == Role::Guest && app.payment.is_some(),
            expires: order
                .expires_at
                .filter(|_| order.status == OrderStatus::WaitAccept)
                .map(|at| present::date_time(app, at)),
        }
    }
}

/// A page of one's orders, and the query of the next one.
async fn page(
    state: &State,
    language: Language,
    viewer: Principal,
    role: Role,
    fields: &Fields,
) -> Result<(Vec<OrderItem>, Option<i64>), ApiError> {
    let query = ListOrders {
        role,
        states: Vec::new(),
        house: None,
        from: None,
        to: None,
        after: fields.filled("after").and_then(|id| parse_id::<OrderId>(id).ok()),
        limit: PageLimit::USUAL,
    };
    let found = orders::page(&state.app, viewer, &query).await?;
    let items = found.orders.into_iter().map(|order| OrderItem::new(state, language, role, order)).collect();
    Ok((items, found.next.map(OrderId::get)))
}

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    f: Frame,
    /// Whether they are those for a landlord's houses.
    hosting: bool,
    items: Vec<OrderItem>,
    next: Option<i64>,
    /// The most characters of what is written to an order.
    most: usize,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
    role: Role,
) -> Result<HttpResponse, ApiError> {
    let (items, next) = page(state, frame.language, viewer, role, &Fields::of_query(request)).await?;
    let (hosting, most) = match role {
        Role::Guest => (false, Comment::MAX_CHARS),
        Role::Landlord => (true, OrderReason::MAX_CHARS),
    };
    let page = OrdersPage { f: frame, hosting, items, next, most };
    frame::personal(request, state, &page, &page.f)
}

/// The page of a side's orders.
///
/// # Errors
/// [`minsu_application::AppError::StoreUnavailable`].
pub async fn list(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    role: Role,
) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(request, state), &Fields::of_query(request));
    shown(state, request, frame, viewer, role).await
}

/// The side of a party.
pub fn role(viewer: Principal, landlord: UserId) -> Role {
    if viewer.user == landlord { Role::Landlord } else { Role::Guest }
}

/// Where it is.
pub const fn path(role: Role) -> &'static str {
    match role {
        Role::Guest => "/orders",
        Role::Landlord => "/host/orders",
    }
}

/// The answer to a form of that page, which names what was done.
///
/// # Errors
/// What the form cannot mend.
pub async fn answered(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    role: Role,
    done: Result<&'static str, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let done = done.map(|done| local::redirect(&format!("{}?done={done}", path(role))));
    answer(state, request, done, async |frame| shown(state, request, frame, viewer, role).await).await
}
