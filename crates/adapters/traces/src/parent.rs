//! Where a request stands in a trace that somebody else began.

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::TraceContextExt,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The two headers of W3C Trace Context.
struct Headers<'a> {
    parent: &'a str,
    state: Option<&'a str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(self.parent),
            "tracestate" => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// Makes a span, which was not entered yet, part of the trace that the headers `traceparent` and
/// `tracestate` name, with its decision whether to record. Headers that cannot be read are as none.
pub fn continue_from(span: &Span, parent: &str, state: Option<&str>) {
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers { parent, state });
    if context.span().span_context().is_valid() {
        // It fails where traces are off, and then nobody asks for a parent.
        let _ = span.set_parent(context);
    }
}

/// Gives a span the name that is known only later than the span.
pub fn rename(span: &Span, name: String) {
    span.context().span().update_name(name);
}
