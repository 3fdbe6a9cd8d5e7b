//! A guest's orders, and the comment after the stay.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use minsu_application::orders::{self, BeforeStay, ListOrders, Role};
use minsu_domain::{Comment, OrderId, OrderStatus, PageLimit, Principal};
use minsu_ports::OrderView;
use minsu_web::{api_error::ApiError, fields::parse_id, language::Language, login::LoggedIn, present, state::State};

use crate::{
    done, fault,
    form::{Fields, MemberForm},
    format,
    frame::{self, Frame},
    listing::id_in_path,
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
}

impl OrderItem {
    /// As one side sees it.
    pub fn new(state: &State, language: Language, role: Role, order: OrderView) -> Self {
        let app = &state.app;
        let (status, class) = format::status(language, order.status);
        let waits = role == Role::Guest && order.status == OrderStatus::WaitComment;
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
        }
    }
}

/// A page of one's orders, and the query of the next one.
///
/// # Errors
/// [`minsu_application::AppError::StoreUnavailable`].
pub async fn page(
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
#[template(path = "guest_orders.html")]
struct GuestOrdersPage {
    f: Frame,
    items: Vec<OrderItem>,
    next: Option<i64>,
    most: usize,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
    status: StatusCode,
) -> Result<HttpResponse, ApiError> {
    let (items, next) = page(state, frame.language, viewer, Role::Guest, &Fields::of_query(request)).await?;
    let page = GuestOrdersPage { f: frame, items, next, most: Comment::MAX_CHARS };
    frame::personal(request, state, status, &page, &page.f)
}

/// `GET /orders`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, StatusCode::OK).await
}

/// `POST /orders/{id}/comment`
pub async fn comment(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(&id)?;
    orders::view(&state.app, form.viewer, id).await?;
    let commented = match Comment::new(form.fields.get("comment")) {
        Ok(comment) => orders::comment(&state.app, form.viewer, id, &comment, BeforeStay::Refused).await,
        Err(invalid) => Err(invalid.into()),
    };
    let Err(error) = commented else { return Ok(local::redirect("/orders?done=commented")) };
    let frame = Frame::of(&request, &state);
    let sentence = fault::above_the_form(error.into(), frame.language)?;
    shown(&state, &request, frame.refused(sentence), form.viewer, StatusCode::UNPROCESSABLE_ENTITY).await
}
