//! The orders for a landlord's houses: accepting and rejecting.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use minsu_application::orders::{self, Decision, Role};
use minsu_domain::{OrderId, OrderReason, Principal};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{
    done, fault,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    guest_orders::{self, OrderItem},
    listing::id_in_path,
    local,
};

#[derive(Template)]
#[template(path = "host_orders.html")]
struct OrdersPage {
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
    let fields = Fields::of_query(request);
    let (items, next) = guest_orders::page(state, frame.language, viewer, Role::Landlord, &fields).await?;
    let page = OrdersPage { f: frame, items, next, most: OrderReason::MAX_CHARS };
    frame::personal(request, state, status, &page, &page.f)
}

/// `GET /host/orders`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, StatusCode::OK).await
}

/// `POST /host/orders/{id}/accept`
pub async fn accept(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    decided(&state, &request, form.viewer, &id, Ok(Decision::Accept), "accepted").await
}

/// `POST /host/orders/{id}/reject`
pub async fn reject(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let decision = OrderReason::new(form.fields.get("reason")).map(Decision::Reject).map_err(ApiError::from);
    decided(&state, &request, form.viewer, &id, decision, "rejected").await
}

async fn decided(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    id: &str,
    decision: Result<Decision, ApiError>,
    done: &str,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(id)?;
    // Who is no party does not learn that there is such an order.
    orders::view(&state.app, viewer, id).await?;
    let result = match decision {
        Ok(decision) => orders::decide(&state.app, viewer, id, &decision).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    let Err(error) = result else { return Ok(local::redirect(&format!("/host/orders?done={done}"))) };
    let frame = Frame::of(request, state);
    let sentence = fault::above_the_form(error, frame.language)?;
    shown(state, request, frame.refused(sentence), viewer, StatusCode::UNPROCESSABLE_ENTITY).await
}
