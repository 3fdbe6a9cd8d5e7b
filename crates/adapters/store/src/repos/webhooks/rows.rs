//! The values of webhooks in columns.

use minsu_domain::{DeliveryState, Event, WebhookState};
use minsu_ports::{OrderingKey, StoreError};
use sea_orm::{QueryResult, TryGetable};

use crate::errors::failed;

/// The number of a state of a webhook in the column `state`.
pub(super) const fn webhook_state_number(state: WebhookState) -> i16 {
    match state {
        WebhookState::On => 0,
        WebhookState::Off => 1,
        WebhookState::GivenUp => 2,
    }
}

/// The state of a webhook of a number.
pub(super) fn webhook_state(stored: i16) -> Option<WebhookState> {
    WebhookState::ALL.into_iter().find(|state| webhook_state_number(*state) == stored)
}

/// The number of a state of a delivery in the column `state`.
pub(super) const fn delivery_state_number(state: DeliveryState) -> i16 {
    match state {
        DeliveryState::Waiting => 0,
        DeliveryState::Delivered => 1,
        DeliveryState::Parked => 2,
    }
}

/// The state of a delivery of a number.
pub(super) fn delivery_state(stored: i16) -> Option<DeliveryState> {
    DeliveryState::ALL.into_iter().find(|state| delivery_state_number(*state) == stored)
}

/// An ordering key in its column: orders above 0, listings below.
pub(super) const fn ordering_number(ordering_key: OrderingKey) -> i64 {
    match ordering_key {
        OrderingKey::Free => 0,
        OrderingKey::Order(order) => order,
        OrderingKey::Listing(listing) => -listing,
    }
}

/// The kind of a followed event by its name.
pub(super) fn followed(name: &str) -> Option<&'static str> {
    Event::FOLLOWED.iter().find(|known| **known == name).copied()
}

/// A column of a row by its place.
pub(super) fn column<T: TryGetable>(row: &QueryResult, place: usize) -> Result<T, StoreError> {
    row.try_get_by_index(place).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_number_of_its_own() {
        assert_eq!(WebhookState::ALL.map(webhook_state_number), [0, 1, 2]);
        assert_eq!(DeliveryState::ALL.map(delivery_state_number), [0, 1, 2]);
        assert!(WebhookState::ALL.into_iter().all(|value| webhook_state(webhook_state_number(value)) == Some(value)));
        assert!(
            DeliveryState::ALL.into_iter().all(|value| delivery_state(delivery_state_number(value)) == Some(value))
        );
        assert_eq!((webhook_state(3), delivery_state(3)), (None, None));
        let ordering_keys = [OrderingKey::Free, OrderingKey::Order(7), OrderingKey::Listing(7)].map(ordering_number);
        assert_eq!(ordering_keys, [0, 7, -7]);
    }
}
