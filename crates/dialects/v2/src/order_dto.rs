//! Orders in answers.

use chrono::NaiveDate;
use minsu_application::{App, orders::WholeOrder, payments::Payment};
use minsu_domain::{OrderChange, OrderStatus};
use minsu_ports::{OrderParty, OrderView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dto::{QuoteData, instant},
    feed_dto::OrderConflictData,
    order_states::{changed_by, state_name},
    payment_dto::PaymentData,
    picture_dto::CoverData,
};

/// The listing of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderListing {
    /// The id.
    #[schema(examples(3))]
    id: i64,
    /// The headline.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// The first picture; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    picture: Option<CoverData>,
}

/// A party of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyData {
    /// The id.
    #[schema(examples(7))]
    id: i64,
    /// The name.
    #[schema(examples("Anna"))]
    name: String,
}

impl From<OrderParty> for PartyData {
    fn from(party: OrderParty) -> Self {
        Self { id: party.id.get(), name: party.name.as_str().to_owned() }
    }
}

/// What the guest said of the stay.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewData {
    /// The text.
    #[schema(examples("很干净，下次再来"))]
    text: String,
    /// When it was written.
    #[schema(examples("2026-12-04T08:30:00Z"), format = DateTime)]
    created_at: String,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderData {
    /// The id.
    #[schema(examples(11))]
    id: i64,
    /// The state.
    #[schema(value_type = crate::values::OrderState, examples("wait_accept"))]
    state: &'static str,
    /// How often it was changed, the placing included.
    #[schema(examples(1))]
    version: u32,
    /// The listing.
    listing: OrderListing,
    /// Who ordered.
    guest: PartyData,
    /// The owner of the listing.
    landlord: PartyData,
    /// The first day.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    start: NaiveDate,
    /// The end as the guest named it.
    #[schema(value_type = String, format = Date, examples("2026-12-03"))]
    end: NaiveDate,
    /// How many guests come.
    #[schema(examples(2))]
    guests: u32,
    /// The price: `lines`, `total`, `currency`, `days`.
    #[serde(flatten)]
    quote: QuoteData,
    /// The deposit of the listing, in 分.
    #[schema(examples(50000))]
    deposit: i64,
    /// The cancellation policy that it was placed under.
    #[schema(value_type = crate::values::Cancellation, examples("moderate"))]
    policy: &'static str,
    /// When it is canceled unless the landlord answers, or unless it is paid; absent where neither is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-27T08:30:00Z"), format = DateTime)]
    expires_at: Option<String>,
    /// Why it was rejected or canceled, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("那几天要装修"))]
    reason: Option<String>,
    /// What the guest said of the stay; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    review: Option<ReviewData>,
    /// Every change, the oldest first; in lists absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    history: Option<Vec<ChangeData>>,
    /// Every attempt to pay it, the oldest first; absent in lists, and where the site takes no payments.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    payments: Option<Vec<PaymentData>>,
    /// Stays at other sites on its days, by calendar; for its landlord, and in lists absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<OrderConflictData>>, nullable = false)]
    conflicts: Vec<OrderConflictData>,
    /// When it was placed.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

/// A change of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeData {
    /// When.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    at: String,
    /// Who: the `guest`, the `landlord`, the `site`, the `clock` for a deadline that passed, or a `payment` that arrived.
    #[schema(value_type = crate::values::ChangedBy, examples("guest"))]
    by: &'static str,
    /// The state that it left; absent where it was placed, or where its history begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::values::OrderState>, nullable = false, examples("wait_accept"))]
    from: Option<&'static str>,
    /// The state that it entered.
    #[schema(value_type = crate::values::OrderState, examples("wait_accept"))]
    to: &'static str,
    /// Why, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("那几天要装修"))]
    reason: Option<String>,
}

impl From<OrderChange> for ChangeData {
    fn from(change: OrderChange) -> Self {
        let OrderChange { at, by, from, to, reason } = change;
        Self { at: instant(at), by: changed_by(by), from: from.map(state_name), to: state_name(to), reason }
    }
}

impl OrderData {
    /// An order with its history.
    pub(crate) fn whole(app: &App, order: WholeOrder, payments: Option<Vec<Payment>>) -> Self {
        let WholeOrder { order, history, conflicts } = order;
        let conflicts = conflicts.into_iter().map(OrderConflictData::from).collect();
        let history = Some(history.into_iter().map(ChangeData::from).collect());
        let payments = payments.map(|payments| payments.into_iter().map(PaymentData::from).collect());
        Self { history, payments, conflicts, ..Self::new(app, order) }
    }

    /// The version, for `ETag`.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    /// An order as lists have it.
    pub(crate) fn new(app: &App, order: OrderView) -> Self {
        let picture = order.picture.as_ref().map(|key| CoverData::new(app, key));
        Self {
            id: order.id.get(),
            state: state_name(order.status),
            version: order.version.get(),
            listing: OrderListing { id: order.house.get(), title: order.title, picture },
            guest: order.guest.into(),
            landlord: order.landlord.into(),
            start: order.start,
            end: order.end,
            guests: order.guests,
            quote: QuoteData::from(&order.quote),
            deposit: order.deposit.fen(),
            policy: order.cancellation.name(),
            expires_at: order
                .expires_at
                .filter(|_| matches!(order.status, OrderStatus::WaitAccept | OrderStatus::WaitPayment))
                .map(instant),
            reason: order.reason,
            review: order.comment.map(|(text, at)| ReviewData { text, created_at: instant(at) }),
            history: None,
            payments: None,
            conflicts: Vec::new(),
            created_at: instant(order.created_at),
        }
    }
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPage {
    /// The orders, the newest first.
    pub items: Vec<OrderData>,
    /// Where the next page begins, for `after`; absent behind the last order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("9Bb0cGl2m2v7Fq9xw1Q0Zjcx"))]
    pub next: Option<String>,
}
