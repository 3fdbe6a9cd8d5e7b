//! Orders, as the pages of this dialect use them.

use actix_web::web;
use minsu_application::{
    AppError, ListingError, OrderError,
    orders::{self, AgreedPrice, BeforeStay, Decision, PlaceOrder, StayToBook},
};
use minsu_domain::{Comment, Field, HouseId, OccupantList, OrderId, OrderReason, TransitionRefused, parse_day};

use super::{
    dto::{CommentBody, DecisionBody, OrderBody, OrderIdData, OrderRow, OrdersData, RoleParams},
    envelope::{Done, Reply},
    spellings,
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    fields::parse_id,
    json::Json,
    login::LoggedIn,
    openapi::{
        call::{Alias, Call, Input},
        refusals::{self, ConcatAll},
        texts, values,
    },
    state::State,
};

pub(crate) const PLACE: Call = Call::post::<Reply<OrderIdData>>("/orders", "place_order", "Places an order.")
    .says(
        "Orders a house for some days; both ends count. Days that another order holds answer 4004, one's own \
        house 4105, the past and a stay that the house does not take 4103.",
    )
    .needs_login()
    .with_json::<OrderBody>()
    .refuses(|| {
        [
            refusals::app([
                AppError::Order(OrderError::DaysTaken(Vec::new())),
                AppError::Listing(ListingError::NotFound),
            ]),
            refusals::order_quotas(),
            refusals::bookings(),
            refusals::invalid(&[Field::Id, Field::Day, Field::Stay]),
        ]
        .concat_all()
    })
    .leads("/data/order_id", &[("decide_order", "id"), ("comment", "id")]);

pub(crate) async fn place(
    state: web::Data<State>,
    viewer: LoggedIn,
    body: Json<OrderBody>,
) -> Result<Reply<OrderIdData>, ApiError> {
    // Old pages ask for no number of guests.
    let stay = StayToBook {
        house: HouseId::new(body.house_id.0)?,
        start: parse_day(&body.start_date)?,
        end: parse_day(&body.end_date)?,
        guests: 1,
    };
    let command = PlaceOrder { stay, price: AgreedPrice::OldPage, total: None, occupants: OccupantList::default() };
    let id = orders::place(&state.app, viewer.0, &command).await?;
    Ok(Reply::new(OrderIdData { order_id: id.get() }))
}

pub(crate) const MINE: Call =
    Call::get::<Reply<OrdersData>>("/user/orders", "my_orders", "One's own orders, or those for one's houses.")
        .says(texts::ORDERS)
        .also(&[Alias::at("/users/orders")])
        .needs_login()
        .with_query::<RoleParams>()
        .refuses(refusals::wrong_parameters);

pub(crate) async fn mine(
    state: web::Data<State>,
    viewer: LoggedIn,
    query: web::Query<RoleParams>,
) -> Result<Reply<OrdersData>, ApiError> {
    let role = query.role.as_deref().map(spellings::role).unwrap_or_default();
    let orders = orders::list(&state.app, viewer.0, role).await?;
    let orders = orders.into_iter().map(|order| OrderRow::new(&state.app, order)).collect();
    Ok(Reply::new(OrdersData { orders }))
}

pub(crate) const DECIDE: Call =
    Call::put::<Done>("/orders/{id}/status", "decide_order", "The landlord accepts or rejects.")
        .says(
            "The landlord accepts or rejects an order that waits. A rejected order frees its days at once; a stay \
        that is over can be rejected only (4004).",
        )
        .needs_login()
        .with_path(Input::new("id", "the order", values::id_in_path))
        .with_json::<DecisionBody>()
        .refuses(|| {
            [
                refusals::app([TransitionRefused::StayOver.into(), TransitionRefused::Expired.into()]),
                refusals::decisions(),
                refusals::invalid(&[Field::Id, Field::RejectReason]),
            ]
            .concat_all()
        });

pub(crate) async fn decide(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
    body: Json<DecisionBody>,
) -> Result<Done, ApiError> {
    let id: OrderId = parse_id(&id)?;
    let decision = match (body.action.as_str(), &body.reason) {
        ("accept", _) => Decision::Accept { despite_conflict: false },
        ("reject", reason) => Decision::Reject(OrderReason::new(reason.as_deref().unwrap_or_default())?),
        _ => return Err(RequestFault::WrongFields.into()),
    };
    orders::decide(&state.app, viewer.0, id, &decision).await?;
    Ok(Done::OK)
}

pub(crate) const COMMENT: Call = Call::put::<Done>("/orders/{id}/comment", "comment", "The guest comments.")
    .says(
        "The guest comments on an accepted order, which completes it and counts for the house. Before the first day of \
         the stay only where `booking.comment_before_stay` allows it (4004 otherwise).",
    )
    .needs_login()
    .with_path(Input::new("id", "the order", values::id_in_path))
    .with_json::<CommentBody>()
    .refuses(|| {
        [
            refusals::app([TransitionRefused::StayNotBegun.into()]),
            refusals::decisions(),
            refusals::invalid(&[Field::Id, Field::Comment]),
        ]
        .concat_all()
    })
    .does_not_read(&[("order_id", "not read: pages send it along")]);

pub(crate) async fn comment(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
    body: Json<CommentBody>,
) -> Result<Done, ApiError> {
    let id: OrderId = parse_id(&id)?;
    let comment = Comment::new(&body.comment)?;
    orders::comment(&state.app, viewer.0, id, &comment, BeforeStay::AsTheSiteAllows).await?;
    Ok(Done::OK)
}
