//! Traces: the spans of the process, sent to a collector of OpenTelemetry by OTLP over HTTP.
//!
//! [`Traces::start`] makes a layer of `tracing` and a thread that delivers. Only spans of this workspace
//! are taken, and only those that belong to a request: a span that is the first of its trace must be
//! of the kind `server`. Events, which are lines of the log, are not taken.
//!
//! A request waits for nothing here: a finished span goes into a queue of bounded length, or is lost
//! when that is full. The thread calls the collector with a deadline; what a collector does not take
//! is lost, and the log tells when it stops taking and when it takes again.
//!
//! # Adding a span
//! `#[tracing::instrument(level = "trace", skip_all)]`, or `tracing::trace_span!`, at the place. Its
//! fields leave the machine: names of things and texts of statements, never what people typed, and
//! nothing that names a person.

mod collector;
mod parent;
mod sampling;
mod traces;

pub use collector::{ProbeError, probe};
pub use parent::{continue_from, rename};
pub use traces::{SetupError, Traces, TracesOptions};
