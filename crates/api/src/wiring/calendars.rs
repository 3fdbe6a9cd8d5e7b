//! Calendars of other sites.

use std::sync::Arc;

use chrono::NaiveTime;
use minsu_http::OutboundOptions;
use minsu_ical::{HttpFeedFetcher, IcalCalendars, IcalOptions};
use minsu_ports::Signer;
use minsu_settings::Settings;

use super::{error::WiringError, outbound};

/// The adapter that fetches calendars.
///
/// # Errors
/// [`WiringError::Calendars`].
pub(super) fn fetcher(settings: &Settings) -> Result<HttpFeedFetcher, WiringError> {
    let options = OutboundOptions { rules: outbound::rules(settings), ..OutboundOptions::default() };
    HttpFeedFetcher::new(options).map_err(WiringError::Calendars)
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
