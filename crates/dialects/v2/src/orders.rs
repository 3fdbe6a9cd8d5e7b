//! Orders.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, NaiveDate};
use minsu_application::{
    App, AppError, ListingError, OrderError,
    orders::{self, AgreedPrice, BeforeStay, Decision, ListOrders, PlaceOrder, Quoted, Role, StayToBook},
    payments,
};
use minsu_domain::{
    Comment, Field, HouseDraft, HouseId, Invalid, Money, OccupantList, OrderId, OrderReason, OrderStatus, Principal,
    Quote, QuoteLine, Scope, TransitionRefused,
};
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
    },
};
use utoipa::IntoParams;

use crate::{
    acting::{Caller, Site},
    bodies::{AcceptBody, OrderBody, RejectBody, ReviewBody},
    cursor,
    fields::{self, Fields, OptionalFields, boolean, integer, string, text},
    listings::{id_in_path, invalid_parameters},
    occupant_list,
    order_dto::{OrderData, OrderPage},
    order_states::STATES,
    query::{Query, day, id},
    reply::Reply,
    values, version,
};

/// The list whose cursors these are.
const LIST: &str = "orders";

/// One's orders, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct OrderParams {
    /// The role of the caller in the orders: `guest` (the default) or `landlord`.
    #[param(inline, value_type = Option<values::Role>)]
    role: Option<String>,
    /// Only orders in this state; several times, or with commas between them.
    #[param(inline, value_type = Option<Vec<values::OrderState>>)]
    state: Option<Vec<String>>,
    /// The same as `state`.
    #[param(inline, value_type = Option<Vec<values::OrderState>>)]
    status: Option<Vec<String>>,
    /// Only orders for this listing.
    #[param(inline, value_type = Option<values::Id>)]
    listing: Option<i64>,
    /// Only orders whose first day does not lie before this one.
    #[param(inline, value_type = Option<values::Day>)]
    from: Option<String>,
    /// Only orders whose first day does not lie behind this one.
    #[param(inline, value_type = Option<values::Day>)]
    to: Option<String>,
    /// `next` of the page before.
    #[param(inline, value_type = Option<values::After>)]
    after: Option<String>,
    /// How many orders a page has; 20 where absent.
    #[param(inline, value_type = Option<values::Limit>)]
    limit: Option<u32>,
}

fn states(text: &str) -> Result<Vec<OrderStatus>, FieldRule> {
    let known = |name: &str| STATES.into_iter().find(|(known, _)| *known == name).map(|(_, status)| status);
    text.split(',').map(|name| known(name).ok_or(FieldRule::Format)).collect()
}

fn read(app: &App, query: &str) -> Result<ListOrders, ApiError> {
    let mut query = Query::of(query);
    let role = query.may("role", |role| match role {
        "guest" => Ok(Role::Guest),
        "landlord" => Ok(Role::Landlord),
        _ => Err(FieldRule::Format),
    });
    let (state, status) = (query.list("state", states), query.list("status", states));
    let command = ListOrders {
        role: role.unwrap_or_default(),
        states: [state, status].into_iter().flatten().flatten().collect(),
        house: query.may("listing", id::<HouseId>),
        from: query.may("from", day),
        to: query.may("to", day),
        after: query.may("after", |text| {
            let place = cursor::opened(app, LIST, text).ok_or(FieldRule::Mismatch)?;
            id(&place).map_err(|_| FieldRule::Mismatch)
        }),
        limit: query.limit(),
    };
    query.finish()?;
    Ok(command)
}

pub(crate) const ORDERS: Call = Call::get::<OrderPage>("/orders", "orders", "One's orders.")
    .says("One's orders as guest or as landlord, the newest first, a page at a time.")
    .needs_scope(Scope::OrdersRead)
    .with_query::<OrderParams>()
    .refuses(invalid_parameters)
    .leads("/items/0/id", &[("order", "id")]);

pub(crate) async fn list(site: Site, request: HttpRequest, caller: Caller) -> Result<Reply<OrderPage>, ApiError> {
    let app = site.app();
    let page = orders::page(app, caller.0, &read(app, request.query_string())?).await?;
    Ok(Reply::ok(OrderPage {
        next: page.next.map(|last| cursor::sealed(app, LIST, &last.to_string())),
        items: page.orders.into_iter().map(|order| OrderData::new(app, order)).collect(),
    }))
}

pub(crate) const ID: Input = Input::new("id", "the order", values::id);

pub(crate) const ORDER: Call = Call::get::<OrderData>("/orders/{id}", "order", "One order.")
    .says("An order with its history, for its guest and its landlord. The `ETag` is its version.")
    .needs_scope(Scope::OrdersRead)
    .has_tag()
    .with_path(ID)
    .refuses(|| refusals::app([AppError::Order(OrderError::NotFound)]));

pub(crate) async fn order(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<OrderData>, ApiError> {
    seen(&site, caller.0, id_in_path(&id)?).await
}

/// The order as it is now.
pub(crate) async fn seen(site: &Site, viewer: Principal, id: OrderId) -> Result<Reply<OrderData>, ApiError> {
    let whole = orders::view_whole(site.app(), viewer, id).await?;
    let payments = match site.app().payment {
        Some(_) => Some(payments::of_order(site.app(), viewer, id).await?),
        None => None,
    };
    let order = OrderData::whole(site.app(), whole, payments);
    let tag = version::tag(order.version());
    Ok(Reply::ok(order).with(tag))
}

pub(crate) const PLACE: Call = Call::post::<OrderData>("/orders", "place_order", "Places an order.")
    .says(
        "Orders a listing for some days by the site's rule. It costs what the rules of the listing say now, or, with \
         the token of a quote, what that says; with `total` the order is placed only if it costs that, and \
         `price_changed` has a new quote. A listing with instant booking needs no answer of its landlord.",
    )
    .has_location()
    .has_tag()
    .needs_scope(Scope::OrdersWrite)
    .demands_key()
    .with_json::<OrderBody>()
    .refuses(|| {
        [
            refusals::app([
                taken(),
                AppError::Listing(ListingError::NotFound),
                AppError::Order(OrderError::QuoteExpired),
                AppError::Order(OrderError::QuoteMismatch),
            ]),
            refusals::order_quotas(),
            refusals::bookings(),
            refusals::invalid(&[Field::Occupants]),
            changed_price(),
        ]
        .concat_all()
    })
    .leads(
        "/id",
        &[
            ("order", "id"),
            ("accept_order", "id"),
            ("reject_order", "id"),
            ("cancel_order", "id"),
            ("review_order", "id"),
            ("put_occupants", "id"),
        ],
    );

fn taken() -> AppError {
    AppError::Order(OrderError::DaysTaken(vec![NaiveDate::default()]))
}

fn changed_price() -> Vec<ApiError> {
    let day = NaiveDate::default();
    let line = QuoteLine::days(day, 1, Money::ZERO).and_then(|line| Quote::of_lines(vec![line]));
    let quoted =
        |quote| Quoted { quote, deposit: Money::ZERO, valid_until: DateTime::UNIX_EPOCH, token: String::new() };
    let changed = |quote| AppError::Order(OrderError::PriceChanged(Box::new(quoted(quote)))).into();
    line.map(changed).into_iter().collect()
}

pub(crate) async fn place(site: Site, caller: Caller, mut body: Fields) -> Result<Reply<OrderData>, ApiError> {
    let house = body.need("listing_id", integer(HouseId::new));
    let (start, end) = (body.need("start", fields::day), body.need("end", fields::day));
    let total = body.may("total", integer(Money::from_fen));
    let guests = body.may("guests", integer(guests)).unwrap_or(1);
    let price = body.may("quote_token", string).map_or(AgreedPrice::Rules, AgreedPrice::Quote);
    let (app, viewer) = (site.app(), caller.0);
    // Where the site demands the people who stay, the field must be there.
    let are_named = body.has("occupants") || app.policy.occupants_required;
    let occupants = if are_named { occupant_list::read(&mut body, app.today()) } else { Some(OccupantList::default()) };
    let stay = || Some((StayToBook { house: house?, start: start?, end: end?, guests }, occupants?));
    let (stay, occupants) = body.finish(stay())?;
    let command = PlaceOrder { stay, price, total, occupants };
    let id = orders::place(app, viewer, &command).await?;
    Ok(seen(&site, viewer, id).await?.at(&format!("/orders/{id}")))
}

/// A number of guests that some listing takes.
pub(crate) fn guests(number: i64) -> Result<u32, Invalid> {
    let number = Some(number).filter(|number| (1..=HouseDraft::MAX_CAPACITY).contains(number));
    number.and_then(|number| u32::try_from(number).ok()).ok_or(Invalid::range(Field::Capacity))
}

pub(crate) fn acts() -> Vec<ApiError> {
    refusals::decisions()
}

async fn decided(site: &Site, viewer: Principal, id: &str, decision: &Decision) -> Result<Reply<OrderData>, ApiError> {
    let id = id_in_path(id)?;
    // Who is no party does not learn that there is such an order.
    orders::view(site.app(), viewer, id).await?;
    orders::decide(site.app(), viewer, id, decision).await?;
    seen(site, viewer, id).await
}

pub(crate) const ACCEPT: Call = Call::post::<OrderData>("/orders/{id}/accept", "accept_order", "The landlord accepts.")
    .says(
        "The landlord accepts an order that waits, at the latest on the last day of the stay. Where a calendar of \
         another site has a stay on its days, only with `despite_conflict`. The body may be left out.",
    )
    .with_status(200)
    .has_tag()
    .needs_scope(Scope::OrdersWrite)
    .with_path(ID)
    .with_optional_body::<AcceptBody>()
    .refuses(|| {
        let conflict = AppError::Order(OrderError::ConflictOpen(vec![NaiveDate::default()]));
        let late = [TransitionRefused::StayOver.into(), TransitionRefused::Expired.into(), conflict];
        [acts(), refusals::app(late)].concat_all()
    });

pub(crate) async fn accept(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    body: OptionalFields,
) -> Result<Reply<OrderData>, ApiError> {
    let mut body = body.0;
    let despite_conflict = body.may("despite_conflict", boolean).unwrap_or(false);
    let decision = body.finish(Some(Decision::Accept { despite_conflict }))?;
    decided(&site, caller.0, &id, &decision).await
}

pub(crate) const REJECT: Call = Call::post::<OrderData>("/orders/{id}/reject", "reject_order", "The landlord rejects.")
    .says("The landlord rejects an order that waits; its days are free at once.")
    .with_status(200)
    .has_tag()
    .needs_scope(Scope::OrdersWrite)
    .with_path(ID)
    .with_json::<RejectBody>()
    .refuses(acts);

pub(crate) async fn reject(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<OrderData>, ApiError> {
    let reason = body.need("reason", text(OrderReason::new));
    let reason = body.finish(reason)?;
    decided(&site, caller.0, &id, &Decision::Reject(reason)).await
}

pub(crate) const REVIEW: Call =
    Call::post::<OrderData>("/orders/{id}/review", "review_order", "The guest says what the stay was like.")
        .says(
            "The guest reviews an accepted order, which completes it and counts for the listing; from the first day of \
             the stay on.",
        )
        .with_status(200)
        .has_tag()
        .needs_scope(Scope::OrdersWrite)
        .with_path(ID)
        .with_json::<ReviewBody>()
        .refuses(|| [acts(), refusals::app([TransitionRefused::StayNotBegun.into()])].concat_all());

pub(crate) async fn review(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<OrderData>, ApiError> {
    let comment = body.need("text", text(Comment::new));
    let (comment, id) = (body.finish(comment)?, id_in_path(&id)?);
    orders::view(site.app(), caller.0, id).await?;
    orders::comment(site.app(), caller.0, id, &comment, BeforeStay::Refused).await?;
    seen(&site, caller.0, id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_by_their_names() {
        assert_eq!(states("paid,complete"), Ok(vec![OrderStatus::Paid, OrderStatus::Complete]));
        assert_eq!(states("PAID"), Err(FieldRule::Format));
    }
}
