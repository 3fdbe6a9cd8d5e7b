//! Webhooks: where the events of a person are sent, and what follows a delivery that fails.

mod kinds;
mod retry;
mod secret;
mod state;

pub use kinds::EventKinds;
pub use retry::{DISABLED_AFTER, FORMER_SECRET_SIGNS, FailedDelivery};
pub use secret::WebhookSecret;
pub use state::{DeliveryState, WebhookState};
