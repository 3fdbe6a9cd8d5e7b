//! The states of webhooks and deliveries, by their names.

use minsu_domain::{DeliveryState, WebhookState};

/// The states of webhooks, by name.
pub(crate) const WEBHOOK_STATES: [(&str, WebhookState); 3] =
    [("on", WebhookState::On), ("off", WebhookState::Off), ("given_up", WebhookState::GivenUp)];

/// The states of deliveries, by name.
pub(crate) const DELIVERY_STATES: [(&str, DeliveryState); 3] =
    [("waiting", DeliveryState::Waiting), ("delivered", DeliveryState::Delivered), ("parked", DeliveryState::Parked)];

/// The name of a state.
pub(crate) fn name_of<T: PartialEq + Copy>(states: &[(&'static str, T)], state: T) -> &'static str {
    states.iter().find(|(_, known)| *known == state).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_name() {
        assert_eq!(WEBHOOK_STATES.map(|(_, state)| state), WebhookState::ALL);
        assert_eq!(DELIVERY_STATES.map(|(_, state)| state), DeliveryState::ALL);
        assert_eq!(name_of(&WEBHOOK_STATES, WebhookState::GivenUp), "given_up");
    }
}
