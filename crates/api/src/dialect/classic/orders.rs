//! Orders.

use actix_web::web;
use minsu_application::orders::{self, Decision, PlaceOrder, Role};
use minsu_domain::{Comment, HouseId, OrderId, RejectReason, parse_day};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dto::{AcceptBody, CommentBody, OrderBody, OrderRow, RejectBody, RoleParams},
    envelope::{Nothing, Reply, done},
};
use crate::http::{api_error::ApiError, login::LoggedIn, state::State};

/// A new order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placed {
    order_id: i64,
}

/// Places an order. `/order/list2` is the URL that document 001 item 17 prints.
#[utoipa::path(post, path = "/order", tag = "classic", operation_id = "classic_place_order",
    request_body = OrderBody,
    responses((status = 200, body = Reply<Placed>)))]
pub async fn place(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<OrderBody>,
) -> Result<Reply<Placed>, ApiError> {
    let command = PlaceOrder {
        house: HouseId::new(body.house_id.0)?,
        start: parse_day(&body.start_date)?,
        end: parse_day(&body.end_date)?,
    };
    let id = orders::place(&state.app, viewer.0, &command).await?;
    Ok(Reply::new(Placed { order_id: id.get() }))
}

/// Orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Orders {
    orders: Vec<OrderRow>,
}

/// One's own orders, or those for one's houses.
#[utoipa::path(get, path = "/order/my", tag = "classic", operation_id = "classic_my_orders", params(RoleParams),
    responses((status = 200, body = Reply<Orders>)))]
pub async fn mine(
    state: web::Data<State>,
    viewer: LoggedIn,
    query: web::Query<RoleParams>,
) -> Result<Reply<Orders>, ApiError> {
    let role = query.role.as_deref().map(Role::parse).unwrap_or_default();
    let orders = orders::list(&state.app, viewer.0, role).await?;
    Ok(Reply::new(Orders { orders: orders.into_iter().map(|order| OrderRow::new(&state.app, order)).collect() }))
}

/// The landlord accepts.
#[utoipa::path(post, path = "/order/accept", tag = "classic", operation_id = "classic_accept_order",
    request_body = AcceptBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn accept(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<AcceptBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    orders::decide(&state.app, viewer.0, id, &Decision::Accept).await?;
    Ok(done())
}

/// The landlord rejects. `/house/reject` is the URL that document 001 item 20 prints.
#[utoipa::path(post, path = "/order/reject", tag = "classic", operation_id = "classic_reject_order",
    request_body = RejectBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn reject(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<RejectBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    let reason = RejectReason::new(body.reject_reason.as_deref().unwrap_or_default())?;
    orders::decide(&state.app, viewer.0, id, &Decision::Reject(reason)).await?;
    Ok(done())
}

/// The guest comments.
#[utoipa::path(post, path = "/order/comment", tag = "classic", operation_id = "classic_comment",
    request_body = CommentBody,
    responses((status = 200, body = Reply<Nothing>)))]
pub async fn comment(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<CommentBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    orders::comment(&state.app, viewer.0, id, &Comment::new(&body.comment)?).await?;
    Ok(done())
}
