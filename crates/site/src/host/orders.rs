//! The orders for a landlord's houses: accepting and rejecting.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::orders::{self, Decision, Role};
use minsu_domain::{OrderId, OrderReason, Principal};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{form::MemberForm, listing::id_in_path, order_list};

/// `GET /host/orders`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    order_list::list(&state, &request, viewer.0, Role::Landlord).await
}

/// `POST /host/orders/{id}/accept`
pub async fn accept(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let despite_conflict = form.fields.filled("despite_conflict").is_some();
    decided(&state, &request, form.viewer, &id, Ok(Decision::Accept { despite_conflict }), "accepted").await
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
    done: &'static str,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(id)?;
    // Who is no party does not learn that there is such an order.
    orders::view(&state.app, viewer, id).await?;
    let decided = match decision {
        Ok(decision) => orders::decide(&state.app, viewer, id, &decision).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    order_list::answered(state, request, viewer, Role::Landlord, decided.map(|_| done)).await
}
