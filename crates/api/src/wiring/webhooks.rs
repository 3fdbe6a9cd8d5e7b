//! What calls webhooks.

use std::sync::Arc;

use minsu_http::{OutboundOptions, OutboundRules};
use minsu_ports::WebhookSender;
use minsu_settings::Settings;
use minsu_webhooks::HttpWebhooks;
use url::Url;

use super::error::WiringError;

/// The sender of the settings.
///
/// # Errors
/// [`WiringError::Webhooks`].
pub(super) fn webhooks(settings: &Settings) -> Result<Arc<dyn WebhookSender>, WiringError> {
    let outbound = &settings.outbound;
    let own = [Some(format!("http://{}", settings.server.listen)), settings.payment.site_url.clone()];
    let rules = OutboundRules {
        allow_http: outbound.allow_http,
        allow_loopback: outbound.allow_loopback,
        own_urls: own.into_iter().flatten().filter_map(|url| Url::parse(&url).ok()).collect(),
        ..OutboundRules::default()
    };
    let options = OutboundOptions { rules, deadline: outbound.webhook_deadline(), ..OutboundOptions::default() };
    Ok(Arc::new(HttpWebhooks::new(options).map_err(WiringError::Webhooks)?))
}
