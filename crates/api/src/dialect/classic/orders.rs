//! Orders.

use actix_web::web;
use minsu_application::orders::{self, Decision, PlaceOrder, Role};
use minsu_domain::{Comment, HouseId, OrderId, RejectReason, parse_day};
use serde::Serialize;

use super::{
    dto::{AcceptBody, CommentBody, OrderBody, OrderRow, RejectBody, RoleParams},
    envelope::{Nothing, Reply, done},
};
use crate::http::{api_error::ApiError, login::LoggedIn, state::State};

/// A new order.
#[derive(Debug, Serialize)]
pub struct Placed {
    order_id: i64,
}

/// `POST /order`, and `POST /order/list2`, the URL that document 001 item 17 prints.
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
#[derive(Debug, Serialize)]
pub struct Orders {
    orders: Vec<OrderRow>,
}

/// `GET /order/my?role=`
pub async fn mine(
    state: web::Data<State>,
    viewer: LoggedIn,
    query: web::Query<RoleParams>,
) -> Result<Reply<Orders>, ApiError> {
    let role = query.role.as_deref().map(Role::parse).unwrap_or_default();
    let orders = orders::list(&state.app, viewer.0, role).await?;
    Ok(Reply::new(Orders { orders: orders.into_iter().map(|order| OrderRow::new(&state.app, order)).collect() }))
}

/// `POST /order/accept`
pub async fn accept(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<AcceptBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    orders::decide(&state.app, viewer.0, id, &Decision::Accept).await?;
    Ok(done())
}

/// `POST /order/reject`, and `POST /house/reject`, the URL that document 001 item 20 prints.
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

/// `POST /order/comment`
pub async fn comment(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<CommentBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    orders::comment(&state.app, viewer.0, id, &Comment::new(&body.comment)?).await?;
    Ok(done())
}
