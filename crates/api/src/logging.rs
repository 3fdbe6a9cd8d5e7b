//! The log: lines for people, or JSON objects for machines, on standard error. And beside it, from the
//! same spans, the traces.

use minsu_traces::Traces;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};

use crate::settings::{LogFormat, LogSettings};

/// Starts the log of the process, and has its spans traced where there are traces.
///
/// # Errors
/// When the filter cannot be read, or a log was started before.
pub fn start(settings: &LogSettings, traces: Option<&Traces>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    if let Some(traces) = traces {
        let lines = fmt::layer().with_writer(std::io::stderr);
        let lines = match settings.format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        return Ok(registry().with(traces.layer()).with(lines.with_filter(filter)).try_init()?);
    }
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    }
}
