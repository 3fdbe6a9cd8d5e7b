//! Orders, as the pages of this dialect use them.

use actix_web::web;
use minsu_application::orders::{self, Decision, PlaceOrder, Role};
use minsu_domain::{Comment, HouseId, OrderId, RejectReason, parse_day};

use super::{
    dto::{CommentBody, DecisionBody, OrderBody, OrderIdData, OrderRow, OrdersData, RoleParams},
    envelope::{Done, Reply},
};
use crate::http::{
    api_error::{ApiError, RequestFault},
    fields::parse_id,
    login::LoggedIn,
    state::State,
};

/// Places an order.
#[utoipa::path(post, path = "/orders", tag = "v1", operation_id = "v1_place_order", request_body = OrderBody,
    responses((status = 200, body = Reply<OrderIdData>)))]
pub async fn place(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: web::Json<OrderBody>,
) -> Result<Reply<OrderIdData>, ApiError> {
    let command = PlaceOrder {
        house: HouseId::new(body.house_id.0)?,
        start: parse_day(&body.start_date)?,
        end: parse_day(&body.end_date)?,
    };
    let id = orders::place(&state.app, viewer.0, &command).await?;
    Ok(Reply::new(OrderIdData { order_id: id.get() }))
}

/// One's own orders, or those for one's houses.
#[utoipa::path(get, path = "/user/orders", tag = "v1", operation_id = "v1_my_orders", params(RoleParams),
    responses((status = 200, body = Reply<OrdersData>)))]
pub async fn mine(
    state: web::Data<State>,
    viewer: LoggedIn,
    query: web::Query<RoleParams>,
) -> Result<Reply<OrdersData>, ApiError> {
    let role = query.role.as_deref().map(Role::parse).unwrap_or_default();
    let orders = orders::list(&state.app, viewer.0, role).await?;
    let orders = orders.into_iter().map(|order| OrderRow::new(&state.app, order)).collect();
    Ok(Reply::new(OrdersData { orders }))
}

/// The landlord accepts or rejects.
#[utoipa::path(put, path = "/orders/{id}/status", tag = "v1", operation_id = "v1_decide_order",
    params(("id" = i64, Path, description = "the order")), request_body = DecisionBody,
    responses((status = 200, body = Done)))]
pub async fn decide(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
    body: web::Json<DecisionBody>,
) -> Result<Done, ApiError> {
    let id: OrderId = parse_id(&id)?;
    let decision = match (body.action.as_str(), &body.reason) {
        ("accept", _) => Decision::Accept,
        ("reject", reason) => Decision::Reject(RejectReason::new(reason.as_deref().unwrap_or_default())?),
        _ => return Err(RequestFault::WrongFields.into()),
    };
    orders::decide(&state.app, viewer.0, id, &decision).await?;
    Ok(Done::OK)
}

/// The guest comments.
#[utoipa::path(put, path = "/orders/{id}/comment", tag = "v1", operation_id = "v1_comment",
    params(("id" = i64, Path, description = "the order")), request_body = CommentBody,
    responses((status = 200, body = Done)))]
pub async fn comment(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
    body: web::Json<CommentBody>,
) -> Result<Done, ApiError> {
    let id: OrderId = parse_id(&id)?;
    orders::comment(&state.app, viewer.0, id, &Comment::new(&body.comment)?).await?;
    Ok(Done::OK)
}
