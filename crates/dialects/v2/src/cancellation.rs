//! Cancelling an order, and what that comes to.

use actix_web::web;
use minsu_application::{
    App,
    orders::{self, CancellationPreview},
};
use minsu_domain::{OrderReason, Scope, TransitionRefused};
use minsu_web::{
    api_error::ApiError,
    openapi::{
        call::Call,
        refusals::{self, ConcatAll},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    acting::{Caller, Site},
    bodies::CancelBody,
    dto::{CURRENCY, instant},
    fields::{Fields, text},
    listings::id_in_path,
    order_dto::OrderData,
    orders::{ID, acts, seen},
    reply::Reply,
    values,
};

/// What a cancellation now comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancellationData {
    /// What the guest gets back of a price that is paid in full, in 分.
    #[schema(examples(59_970))]
    refund: i64,
    /// What the landlord keeps, in 分.
    #[schema(examples(0))]
    kept: i64,
    /// What was paid until now, in 分.
    #[schema(examples(0))]
    paid: i64,
    /// The currency of the amounts.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// The policy of the order.
    #[schema(value_type = values::Cancellation, examples("moderate"))]
    policy: &'static str,
    /// From when on less is refunded; absent when no later instant changes anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-26T06:00:00Z"), format = DateTime)]
    until: Option<String>,
}

impl From<CancellationPreview> for CancellationData {
    fn from(preview: CancellationPreview) -> Self {
        let CancellationPreview { refunded, kept, paid, policy, until } = preview;
        Self {
            refund: refunded.fen(),
            kept: kept.fen(),
            paid: paid.fen(),
            currency: CURRENCY,
            policy: policy.name(),
            until: until.map(instant),
        }
    }
}

fn refusals() -> Vec<ApiError> {
    [acts(), refusals::app([TransitionRefused::StayOver.into()])].concat_all()
}

pub(crate) const PREVIEW: Call = Call::get::<CancellationData>(
    "/orders/{id}/cancellation",
    "preview_cancellation",
    "What a cancellation comes to.",
)
.says(
    "What a cancellation by the caller would come to now, by the policy of the order. A landlord refunds everything, \
     and so does a guest whose order waits for an answer.",
)
.needs_scope(Scope::OrdersRead)
.with_path(ID)
.refuses(refusals);

pub(crate) async fn preview(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
) -> Result<Reply<CancellationData>, ApiError> {
    let (app, id): (&App, _) = (site.app(), id_in_path(&id)?);
    // A stranger does not learn that the order exists.
    orders::view(app, caller.0, id).await?;
    Ok(Reply::ok(orders::preview_cancellation(app, caller.0, id).await?.into()))
}

pub(crate) const CANCEL: Call =
    Call::post::<OrderData>("/orders/{id}/cancel", "cancel_order", "The guest or the landlord cancels.")
        .says(
            "Takes an order back until its last occupied day begins; its days are free at once. What is refunded is \
             told beforehand by `GET /orders/{id}/cancellation`.",
        )
        .with_status(200)
        .has_tag()
        .needs_scope(Scope::OrdersWrite)
        .demands_key()
        .with_path(ID)
        .with_json::<CancelBody>()
        .refuses(refusals);

pub(crate) async fn cancel(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<OrderData>, ApiError> {
    let reason = body.may("reason", text(OrderReason::new));
    let (reason, id) = (body.finish(Some(reason))?, id_in_path(&id)?);
    orders::view(site.app(), caller.0, id).await?;
    orders::cancel(site.app(), caller.0, id, reason.as_ref()).await?;
    seen(&site, caller.0, id).await
}
