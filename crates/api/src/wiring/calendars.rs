//! Calendars of other sites.

use std::sync::Arc;

use chrono::NaiveTime;
use minsu_http::{OutboundOptions, OutboundRules};
use minsu_ical::{HttpFeedFetcher, IcalCalendars, IcalOptions};
use minsu_ports::Signer;
use minsu_settings::Settings;
use url::Url;

use super::{error::WiringError, payments::site_url};

/// The adapter that fetches calendars.
///
/// # Errors
/// [`WiringError::Calendars`].
pub(super) fn fetcher(settings: &Settings) -> Result<HttpFeedFetcher, WiringError> {
    let rules = OutboundRules {
        allow_http: settings.outbound.allow_http,
        allow_loopback: settings.outbound.allow_loopback,
        own_urls: own_urls(settings),
        own_addresses: Arc::new([]),
    };
    HttpFeedFetcher::new(OutboundOptions { rules, ..OutboundOptions::default() }).map_err(WiringError::Calendars)
}

/// The adapter that reads and writes them.
///
/// # Errors
/// [`WiringError::Pictures`] for bounds that cannot be.
pub(super) fn calendars(settings: &Settings, signer: Arc<dyn Signer>) -> Result<IcalCalendars, WiringError> {
    let usual = IcalOptions::new(settings.site.time_zone);
    let hour = settings.booking.policy().check_in_hour;
    let check_in = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(usual.check_in);
    Ok(IcalCalendars::new(IcalOptions { check_in, ..usual }, signer)?)
}

/// Where this site is reached: it does not call itself.
fn own_urls(settings: &Settings) -> Vec<Url> {
    let pictures = Some(settings.objects.public_base.clone());
    let listens = Some(format!("http://{}", settings.server.listen));
    let urls = [site_url(settings).ok(), pictures, listens];
    urls.into_iter().flatten().filter_map(|url| Url::parse(&url).ok()).collect()
}
