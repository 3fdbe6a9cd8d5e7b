//! The figures of a process, for Prometheus.
//!
//! [`Metrics`] counts what it is told: events of the application through the port
//! [`minsu_ports::Events`], requests through [`Metrics::of_answer`]. What others count themselves
//! (pools, pages, statements) it asks for when it is read: see [`Reading`].
//!
//! # Adding a figure
//! 1. A family in `metrics.rs`, or a [`Reading`] where somebody counts already.
//! 2. Its line in [`NAMES`], which the page of the documentation and the alert rules are held against.
//!
//! Labels have few values, all known when the process is built: route templates, never paths; no
//! ids, no numbers of persons.

mod metrics;
mod names;
mod readings;

pub use metrics::{AnswerFigures, Metrics};
pub use names::{NAMES, Name};
pub use readings::{Kind, Reading, Refresh, Source};
