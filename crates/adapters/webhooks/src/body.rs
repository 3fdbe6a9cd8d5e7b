//! The body of a message: an event as the feed of events tells it, and `timestamp` beside `at`, under which name Standard
//! Webhooks has it.

use chrono::SecondsFormat;
use minsu_domain::{EventSubject, OrderStatus};
use minsu_ports::WebhookMessage;
use serde::Serialize;

/// The kind of a test.
const TEST: &str = "webhook.test";

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    at: &'a str,
    timestamp: &'a str,
    data: Data,
}

#[derive(Default, Serialize)]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    listing_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

/// The body of a message with this id: the same bytes at every attempt.
pub(crate) fn body(id: &str, message: &WebhookMessage) -> Result<Vec<u8>, serde_json::Error> {
    let (kind, at, data) = match message {
        WebhookMessage::Test(at) => (TEST, *at, Data::default()),
        WebhookMessage::Event(event) => {
            let data = match event.event.subject() {
                EventSubject::Account(_) => Data::default(),
                EventSubject::Listing(listing) => Data { listing_id: Some(listing.house.get()), ..Data::default() },
                EventSubject::Order(order) => Data {
                    listing_id: Some(order.house.get()),
                    order_id: Some(order.order.get()),
                    state: Some(state_name(order.entered)),
                },
            };
            (event.event.name(), event.at, data)
        }
    };
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    serde_json::to_vec(&Body { id, kind, at: &at, timestamp: &at, data })
}

/// The name of a state, as the native API has it.
const fn state_name(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::WaitAccept => "wait_accept",
        OrderStatus::WaitPayment => "wait_payment",
        OrderStatus::Paid => "paid",
        OrderStatus::WaitComment => "wait_comment",
        OrderStatus::Complete => "complete",
        OrderStatus::Canceled => "canceled",
        OrderStatus::Rejected => "rejected",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use minsu_domain::{Event, HouseId, ListingEvent, OrderEvent, OrderId, UserId};
    use minsu_ports::OrderedEvent;

    fn told(event: Event) -> String {
        let at = DateTime::from_timestamp(1_800_000_000, 123_456_000).unwrap();
        let event = OrderedEvent { position: 42, at, event };
        String::from_utf8(body(&event.id(), &WebhookMessage::Event(event)).unwrap()).unwrap()
    }

    #[test]
    fn an_event_names_what_it_is_about() {
        let (landlord, guest) = (UserId::new(1).unwrap(), UserId::new(2).unwrap());
        let house = HouseId::new(7).unwrap();
        let order = OrderEvent { order: OrderId::new(3).unwrap(), house, landlord, guest, entered: OrderStatus::Paid };
        assert_eq!(
            told(Event::OrderPaid(order)),
            r#"{"id":"evt_42","type":"order.paid","at":"2027-01-15T08:00:00Z","timestamp":"2027-01-15T08:00:00Z","data":{"listing_id":7,"order_id":3,"state":"paid"}}"#
        );
        assert_eq!(
            told(Event::ListingPublished(ListingEvent { house, landlord })),
            r#"{"id":"evt_42","type":"listing.published","at":"2027-01-15T08:00:00Z","timestamp":"2027-01-15T08:00:00Z","data":{"listing_id":7}}"#
        );
        let test = body("test_5", &WebhookMessage::Test(DateTime::UNIX_EPOCH)).unwrap();
        assert_eq!(
            String::from_utf8(test).unwrap(),
            r#"{"id":"test_5","type":"webhook.test","at":"1970-01-01T00:00:00Z","timestamp":"1970-01-01T00:00:00Z","data":{}}"#
        );
    }
}
