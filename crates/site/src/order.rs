//! One order: its price, its deadlines, its history, and what its parties can do with it.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{App, orders, payments};
use minsu_domain::{Comment, OrderChange, OrderId, OrderReason, OrderStatus, Principal};
use minsu_ports::{FeedConflict, OrderView};
use minsu_web::{api_error::ApiError, language::Language, login::LoggedIn, present, state::State};

use crate::{
    format,
    frame::{self, Frame},
    listing::id_in_path,
    order_list::{self, OrderItem, role},
    payments::summary::{self, Paid},
    price::Price,
};

/// An entry of the history.
struct Entry {
    at: String,
    by: &'static str,
    to: &'static str,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "order_page.html")]
struct OrderPage {
    f: Frame,
    item: OrderItem,
    /// What the person on the other side is called.
    other: &'static str,
    /// The list of orders that it is in.
    back: &'static str,
    guests: u32,
    policy: &'static str,
    /// Until when it can be canceled; none of one that is final.
    cancel_until: Option<String>,
    /// Whether the people who stay can be seen or named.
    has_occupants: bool,
    quote: Price,
    /// What was paid, and what goes back of it.
    paid: Vec<Paid>,
    /// Whether there is a receipt for who looks.
    has_receipt: bool,
    history: Vec<Entry>,
    most: usize,
}

fn entry(app: &App, language: Language, change: OrderChange) -> Entry {
    Entry {
        at: present::date_time(app, change.at),
        by: format::changed_by(language, change.by),
        to: format::status(language, change.to).0,
        reason: change.reason,
    }
}

/// `GET /orders/{id}`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, id): (_, OrderId) = (&state.app, id_in_path(&id)?);
    let orders::WholeOrder { order, history, conflicts } = orders::view_whole(app, viewer.0, id).await?;
    let f = Frame::of(&request, &state);
    let (role, language) = (role(viewer.0, order.landlord.id), f.language);
    let is_host = role == orders::Role::Landlord;
    let paid = if f.payments {
        summary::paid(app, language, payments::of_order(app, viewer.0, id).await?)
    } else {
        Vec::new()
    };
    let page = OrderPage {
        has_receipt: !is_host && !paid.is_empty(),
        paid,
        other: if is_host { f.say("房客", "Guest") } else { f.say("房东", "Landlord") },
        back: order_list::path(role),
        guests: order.guests,
        policy: format::policy(language, order.cancellation),
        cancel_until: (!order.status.is_final())
            .then(|| present::date_time(app, orders::cancelable_until(app, &order))),
        has_occupants: has_occupants(viewer.0, &order),
        quote: Price::new(language, &order.quote),
        history: history.into_iter().map(|change| entry(app, language, change)).collect(),
        most: if is_host { OrderReason::MAX_CHARS } else { Comment::MAX_CHARS },
        item: OrderItem { conflict: days_of(conflicts), ..OrderItem::new(&state, language, role, order) },
        f,
    };
    frame::personal(&request, &state, &page, &page.f)
}

/// The days of conflicts, as a text; none where there is no conflict.
fn days_of(conflicts: Vec<FeedConflict>) -> Option<String> {
    let days: BTreeSet<_> = conflicts.into_iter().flat_map(|conflict| conflict.days).collect();
    let texts: Vec<_> = days.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// Whether a party can see or name the people who stay.
fn has_occupants(viewer: Principal, order: &OrderView) -> bool {
    let is_accepted = order.status.holds_days() && order.status != OrderStatus::WaitAccept;
    if viewer.user == order.landlord.id { is_accepted } else { order.status.holds_days() }
}
