//! The section `[outbound]`: calls to addresses that users name.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use validator::Validate;

/// Calls to addresses that users name, such as calendars of other sites and webhooks: by https, to hosts of the internet.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundSettings {
    /// Whether http is called too, on its usual port: what is read or sent can then be changed on its way.
    pub allow_http: bool,
    /// Whether this machine is called too, by http or https and on any port: for tests, in profile dev only.
    pub allow_loopback: bool,
    /// Longest wait for a webhook, in milliseconds.
    #[validate(range(min = 100, max = 30_000))]
    pub webhook_deadline_ms: u64,
}

impl OutboundSettings {
    /// Longest wait for a webhook.
    pub fn webhook_deadline(&self) -> Duration {
        Duration::from_millis(self.webhook_deadline_ms)
    }
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self { allow_http: false, allow_loopback: false, webhook_deadline_ms: 15_000 }
    }
}
