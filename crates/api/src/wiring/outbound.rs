//! Which addresses of strangers are called.

use minsu_http::OutboundRules;
use minsu_settings::Settings;
use url::Url;

use super::payments::site_url;

/// The rules of the settings. The site does not call itself.
pub(super) fn rules(settings: &Settings) -> OutboundRules {
    OutboundRules {
        allow_http: settings.outbound.allow_http,
        allow_loopback: settings.outbound.allow_loopback,
        own_urls: own_urls(settings),
        ..OutboundRules::default()
    }
}

/// Where this site is reached.
fn own_urls(settings: &Settings) -> Vec<Url> {
    let pictures = Some(settings.objects.public_base.clone());
    let listens = Some(format!("http://{}", settings.server.listen));
    let urls = [site_url(settings).ok(), pictures, listens];
    urls.into_iter().flatten().filter_map(|url| Url::parse(&url).ok()).collect()
}
