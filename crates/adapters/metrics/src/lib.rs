//! The metrics of a process, for Prometheus.
//!
//! [`Metrics`] counts the events that it is notified of as a [`minsu_ports::EventSubscriber`], signals
//! through the port [`minsu_ports::Telemetry`], requests through [`minsu_ports::RequestMetrics`]. Values that
//! other components count themselves (pools, pages, statements) are fetched at each scrape: see [`Reading`].
//!
//! # Adding a metric
//! 1. A family in `metrics.rs`, or a [`Reading`] where another component counts already.
//! 2. Its line in [`NAMES`], which tests compare with the page of the documentation and the alert rules.
//!
//! Labels have few values, all known when the process is built: route templates, never paths; no
//! ids, no numbers of persons.

mod answers;
mod events;
mod metrics;
mod names;
mod readings;

pub use metrics::Metrics;
pub use names::{NAMES, Name, state_label};
pub use readings::{Kind, Reading, Refresh, Source};
