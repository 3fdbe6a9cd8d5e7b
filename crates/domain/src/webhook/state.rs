//! The states of webhooks and deliveries.

/// Whether a webhook is sent events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookState {
    /// It is.
    On,
    /// Its owner turned it off.
    Off,
    /// The site turned it off: it took nothing for [`crate::DISABLED_AFTER`].
    GivenUp,
}

impl WebhookState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::On, Self::Off, Self::GivenUp];
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits for an attempt, the first one or another.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It is not tried again by itself.
    Parked,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Parked];
}
