//! The parent of a request's span: the trace context that the client sent.

use minsu_ports::RequestTraces;
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

/// Traces as W3C Trace Context names them.
#[derive(Debug, Clone, Copy)]
pub struct TraceContexts;

impl RequestTraces for TraceContexts {
    fn continue_from(&self, span: &Span, parent: &str, state: Option<&str>) {
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers { parent, state });
        if context.span().span_context().is_valid() {
            // It fails where traces are off, and then no parent is needed.
            let _ = span.set_parent(context);
        }
    }

    fn rename(&self, span: &Span, name: String) {
        span.context().span().update_name(name);
    }
}
