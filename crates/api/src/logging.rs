//! The log: lines for people, or JSON objects for machines, on standard error. The same spans become the
//! traces.

use std::io::{IsTerminal, stderr};

use minsu_traces::Traces;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};

use minsu_settings::{LogFormat, LogSettings};

/// Starts the log of the process, in colours where a terminal shows it, and has its spans traced where there are traces.
///
/// # Errors
/// When the filter cannot be read, or a log was started before.
pub fn start(settings: &LogSettings, traces: Option<&Traces>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    // Colours are for terminals only, not for files and log collectors.
    let colours = stderr().is_terminal();
    if let Some(traces) = traces {
        let lines = fmt::layer().with_writer(stderr).with_ansi(colours);
        let lines = match settings.format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        return Ok(registry().with(traces.layer()).with(lines.with_filter(filter)).try_init()?);
    }
    let builder = fmt().with_env_filter(filter).with_writer(stderr).with_ansi(colours);
    match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    }
}
