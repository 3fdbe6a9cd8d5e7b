//! Orders.

use actix_web::web;
use minsu_application::{
    AppError, ListingError, OrderError,
    orders::{self, AgreedPrice, BeforeStay, Decision, PlaceOrder, StayToBook},
};
use minsu_domain::{Comment, Field, HouseId, OccupantList, OrderId, OrderReason, TransitionRefused, parse_day};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dto::{AcceptBody, CommentBody, OrderBody, OrderRow, RejectBody, RoleParams},
    envelope::{Nothing, Reply, done},
    spellings,
};
use minsu_web::{
    api_error::ApiError,
    json::Json,
    login::LoggedIn,
    openapi::{
        call::{Alias, Call},
        refusals::{self, ConcatAll},
        texts,
    },
    state::State,
};

/// A new order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placed {
    /// The order.
    #[schema(examples(7))]
    order_id: i64,
}

pub(crate) const PLACE: Call = Call::post::<Reply<Placed>>(
    "/order",
    "place_order",
    "Places an order. `/order/list2` is the URL that document 001 item 17 prints.",
)
.says(
    "Orders a house for some days; both ends count. Days that another order holds answer 4004, one's own \
        house 4105, the past and a stay that the house does not take 4103. `/order/list2` is the URL that \
        document 001 item 17 prints.",
)
.also(&[Alias::at("/order/list2")])
.needs_login()
.with_json::<OrderBody>()
.refuses(|| {
    [
        refusals::app([AppError::Order(OrderError::DaysTaken(Vec::new())), AppError::Listing(ListingError::NotFound)]),
        refusals::order_quotas(),
        refusals::bookings(),
        refusals::invalid(&[Field::Id, Field::Day, Field::Stay]),
    ]
    .concat_all()
});

pub(crate) async fn place(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<OrderBody>,
) -> Result<Reply<Placed>, ApiError> {
    // Old pages ask for no number of guests.
    let stay = StayToBook {
        house: HouseId::new(body.house_id.0)?,
        start: parse_day(&body.start_date)?,
        end: parse_day(&body.end_date)?,
        guests: 1,
    };
    let command = PlaceOrder { stay, price: AgreedPrice::OldPage, total: None, occupants: OccupantList::default() };
    let id = orders::place(&state.app, viewer.0, &command).await?;
    Ok(Reply::new(Placed { order_id: id.get() }))
}

/// Orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Orders {
    /// The newest first.
    orders: Vec<OrderRow>,
}

pub(crate) const MINE: Call =
    Call::get::<Reply<Orders>>("/order/my", "my_orders", "One's own orders, or those for one's houses.")
        .says(texts::ORDERS)
        .needs_login()
        .with_query::<RoleParams>()
        .refuses(refusals::wrong_parameters);

pub(crate) async fn mine(
    state: web::Data<State>,
    viewer: LoggedIn,
    query: web::Query<RoleParams>,
) -> Result<Reply<Orders>, ApiError> {
    let role = query.role.as_deref().map(spellings::role).unwrap_or_default();
    let orders = orders::list(&state.app, viewer.0, role).await?;
    Ok(Reply::new(Orders { orders: orders.into_iter().map(|order| OrderRow::new(&state.app, order)).collect() }))
}

pub(crate) const ACCEPT: Call = Call::post::<Reply<Nothing>>("/order/accept", "accept_order", "The landlord accepts.")
    .says("The landlord accepts an order that waits and is not over.")
    .needs_login()
    .with_json::<AcceptBody>()
    .refuses(|| {
        [
            refusals::app([TransitionRefused::StayOver.into(), TransitionRefused::Expired.into()]),
            refusals::decisions(),
            refusals::invalid(&[Field::Id, Field::RejectReason]),
        ]
        .concat_all()
    });

pub(crate) async fn accept(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<AcceptBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    orders::decide(&state.app, viewer.0, id, &Decision::Accept { despite_conflict: false }).await?;
    Ok(done())
}

pub(crate) const REJECT: Call = Call::post::<Reply<Nothing>>(
    "/order/reject",
    "reject_order",
    "The landlord rejects. `/house/reject` is the URL that document 001 item 20 prints.",
)
.says(
    "The landlord rejects an order that waits, which frees its days at once. `/house/reject` is the URL \
        that document 001 item 20 prints.",
)
.also(&[Alias::at("/house/reject")])
.needs_login()
.with_json::<RejectBody>()
.refuses(|| [refusals::decisions(), refusals::invalid(&[Field::Id, Field::RejectReason])].concat_all());

pub(crate) async fn reject(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<RejectBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    let reason = OrderReason::new(body.reject_reason.as_deref().unwrap_or_default())?;
    orders::decide(&state.app, viewer.0, id, &Decision::Reject(reason)).await?;
    Ok(done())
}

pub(crate) const COMMENT: Call = Call::post::<Reply<Nothing>>("/order/comment", "comment", "The guest comments.")
    .says(
        "The guest comments on an accepted order, which completes it and counts for the house. Before the first day of \
         the stay only where `booking.comment_before_stay` allows it (4004 otherwise).",
    )
    .needs_login()
    .with_json::<CommentBody>()
    .refuses(|| {
        [
            refusals::app([TransitionRefused::StayNotBegun.into()]),
            refusals::decisions(),
            refusals::invalid(&[Field::Id, Field::Comment]),
        ]
        .concat_all()
    });

pub(crate) async fn comment(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<CommentBody>,
) -> Result<Reply<Nothing>, ApiError> {
    let id = OrderId::new(body.order_id.0)?;
    let comment = Comment::new(&body.comment)?;
    orders::comment(&state.app, viewer.0, id, &comment, BeforeStay::AsTheSiteAllows).await?;
    Ok(done())
}
