//! Metrics and traces of the requests that the site answers.

use std::{sync::Arc, time::Duration};

use tracing::Span;

/// Counts requests by route and answer. Called while a request is handled: it returns
/// at once and never fails.
pub trait RequestMetrics: Send + Sync {
    /// A request began.
    fn began(&self);

    /// A request ended, with an answer or without.
    fn ended(&self);

    /// The counters of one kind of answer. `route` is a template, never a path: a path may name a
    /// person. `code` is that of the answer, where it has one. Finding the counters costs more than
    /// counting: a caller that answers often keeps them.
    fn of_answer(&self, method: &str, route: &str, status: u16, code: Option<&str>) -> Arc<dyn AnswerMetrics>;
}

/// The counters of one kind of answer.
pub trait AnswerMetrics: Send + Sync {
    /// Counts a request with this answer and the time that it took.
    fn count(&self, took: Duration);
}

/// Puts requests into traces. It is called for spans that are recorded only.
pub trait RequestTraces: Send + Sync {
    /// Makes a span, which was not entered yet, part of the trace that the headers `traceparent` and
    /// `tracestate` of W3C Trace Context name. Headers that cannot be read are as none.
    fn continue_from(&self, span: &Span, parent: &str, state: Option<&str>);

    /// Gives a span the name that is known only later than the span.
    fn rename(&self, span: &Span, name: String);
}
