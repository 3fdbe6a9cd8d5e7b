//! What calls webhooks.

use std::sync::Arc;

use minsu_http::OutboundOptions;
use minsu_ports::WebhookSender;
use minsu_settings::Settings;
use minsu_webhooks::HttpWebhooks;

use super::{error::WiringError, outbound};

/// The sender of the settings.
///
/// # Errors
/// [`WiringError::Webhooks`].
pub(super) fn webhooks(settings: &Settings) -> Result<Arc<dyn WebhookSender>, WiringError> {
    let options = OutboundOptions {
        rules: outbound::rules(settings),
        deadline: settings.outbound.webhook_deadline(),
        ..OutboundOptions::default()
    };
    Ok(Arc::new(HttpWebhooks::new(options).map_err(WiringError::Webhooks)?))
}
