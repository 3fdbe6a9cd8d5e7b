//! The feed of events.

use actix_web::HttpRequest;
use minsu_application::{
    App, EventError,
    events::{self, FollowEvents},
};
use minsu_domain::{Event, EventSubject, Scope};
use minsu_ports::OrderedEvent;
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{
        call::Call,
        refusals::{self, ConcatAll},
    },
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    acting::{Caller, Site},
    dto::instant,
    listings::invalid_parameters,
    order_states::state_name,
    query::Query,
    reply::Reply,
    values,
};

/// The events of one's listings and orders, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct EventParams {
    /// `next` of the page before, or the id of an event: the events behind it. The oldest that are kept where absent.
    #[param(inline, value_type = Option<values::EventId>)]
    after: Option<String>,
    /// Only events of this kind; several times, or with commas between them.
    #[param(inline, value_type = Option<Vec<values::EventKind>>)]
    types: Option<Vec<String>>,
    /// How many events a page has; 20 where absent.
    #[param(inline, value_type = Option<values::Limit>)]
    limit: Option<u32>,
}

/// What an event is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventData {
    /// The listing.
    #[schema(examples(3))]
    listing_id: i64,
    /// The order; absent in events about a listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(11))]
    order_id: Option<i64>,
    /// The state that the order entered; absent in events about a listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<values::OrderState>, nullable = false, examples("wait_accept"))]
    state: Option<&'static str>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventItem {
    /// The id.
    #[schema(value_type = values::EventId)]
    id: String,
    /// The kind.
    #[serde(rename = "type")]
    #[schema(value_type = values::EventKind, examples("order.placed"))]
    kind: &'static str,
    /// When it happened.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    at: String,
    /// What it is about.
    data: EventData,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, the oldest first.
    items: Vec<EventItem>,
    /// Where the next page begins, also where there is no further event yet.
    #[schema(value_type = values::EventId)]
    next: String,
}

fn position(id: &str) -> Result<u64, FieldRule> {
    let digits = id.strip_prefix(OrderedEvent::ID_PREFIX).ok_or(FieldRule::Format)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldRule::Format);
    }
    digits.parse().map_err(|_| FieldRule::Range)
}

fn kinds(text: &str) -> Result<Vec<&'static str>, FieldRule> {
    let known = |name: &str| Event::FOLLOWED.iter().find(|known| **known == name).copied();
    text.split(',').map(|name| known(name).ok_or(FieldRule::Format)).collect()
}

/// None for an event about an account, which no feed has.
fn item(event: &OrderedEvent) -> Option<EventItem> {
    let data = match event.event.subject() {
        EventSubject::Account(_) => return None,
        EventSubject::Listing(listing) => EventData { listing_id: listing.house.get(), order_id: None, state: None },
        EventSubject::Order(order) => EventData {
            listing_id: order.house.get(),
            order_id: Some(order.order.get()),
            state: Some(state_name(order.entered)),
        },
    };
    Some(EventItem { id: event.id(), kind: event.event.name(), at: instant(event.at), data })
}

fn read(query: &str) -> Result<FollowEvents, ApiError> {
    let mut query = Query::of(query);
    let command = FollowEvents {
        after: query.may("after", position),
        kinds: query.list("types", kinds).unwrap_or_default(),
        limit: query.limit(),
    };
    query.finish()?;
    Ok(command)
}

pub(crate) const EVENTS: Call = Call::get::<EventPage>("/events", "events", "What happened.")
    .says(
        "The events of one's listings and orders in the order in which they happened, without gaps: asked again and \
         again with `next` as `after`, it tells each event once. An event names what it is about; what that is like now \
         is read by its own call. Events are kept for some weeks; `expired` tells that some behind `after` are gone.",
    )
    .needs_scope(Scope::WebhooksRead)
    .with_query::<EventParams>()
    .refuses(|| [invalid_parameters(), refusals::app([EventError::Deleted.into()])].concat_all());

pub(crate) async fn events(site: Site, request: HttpRequest, caller: Caller) -> Result<Reply<EventPage>, ApiError> {
    let app: &App = site.app();
    let page = events::follow(app, caller.0, &read(request.query_string())?).await?;
    Ok(Reply::ok(EventPage {
        items: page.events.iter().filter_map(item).collect(),
        next: OrderedEvent::id_at(page.next),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_others_do_not() {
        assert_eq!(position(&OrderedEvent::id_at(42)), Ok(42));
        for (bad, rule) in [("42", FieldRule::Format), ("evt_", FieldRule::Format), ("evt_-1", FieldRule::Format)] {
            assert_eq!(position(bad), Err(rule), "{bad}");
        }
        assert_eq!(position("evt_99999999999999999999"), Err(FieldRule::Range));
        assert_eq!(kinds("order.placed,listing.published"), Ok(vec!["order.placed", "listing.published"]));
        assert_eq!(kinds("account.renamed"), Err(FieldRule::Format));
    }
}
