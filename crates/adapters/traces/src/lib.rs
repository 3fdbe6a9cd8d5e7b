//! Traces: the spans of the process, sent to a collector of OpenTelemetry by OTLP over HTTP.
//!
//! [`Traces::start`] makes a layer of `tracing` and a thread that delivers. Only spans of this workspace
//! are taken, and only those that belong to a request: a span that is the first of its trace must be
//! of the kind `server`. Events, which are lines of the log, are not taken.
//!
//! A request never waits here: a finished span goes into a queue of bounded length, or is lost
//! when that is full. The thread calls the collector with a deadline; spans that a collector does not accept
//! are lost, and the log tells when it stops accepting and when it accepts again.
//!
//! # Adding a span
//! `#[tracing::instrument(level = "trace", skip_all)]`, or `tracing::trace_span!`, at the place. Its
//! fields leave the machine: names of things and texts of statements, never text that users typed, and
//! nothing that identifies a person.

mod collector;
mod options;
mod parent;
mod sampling;
mod traces;

pub use collector::{ProbeError, probe};
pub use options::TracesOptions;
pub use parent::TraceContexts;
pub use traces::Traces;
