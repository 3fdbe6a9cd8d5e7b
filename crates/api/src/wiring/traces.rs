//! Traces are made before everything else, so that everything else can be traced.

use minsu_traces::{Traces, TracesOptions};
use uuid::Uuid;

use super::error::WiringError;
use minsu_settings::TracesSettings;

/// Where traces go; nothing where they are off.
pub fn traces(settings: &TracesSettings) -> Option<TracesOptions> {
    Some(TracesOptions {
        endpoint: settings.endpoint.clone()?,
        headers: settings.headers.clone().map(Into::into),
        part: settings.sample_ratio,
        deadline: settings.deadline(),
        interval: settings.interval(),
        queue: settings.queue,
        service: settings.service.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: Uuid::new_v4().to_string(),
    })
}

/// Starts to deliver them; nothing where they are off.
///
/// # Errors
/// [`WiringError::Traces`].
pub fn start_traces(settings: &TracesSettings) -> Result<Option<Traces>, WiringError> {
    traces(settings).map(|options| Traces::start(&options)).transpose().map_err(WiringError::Traces)
}
