//! Which traces are recorded.

use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceId},
};
use opentelemetry_sdk::trace::{ParentBasedSampler, Sampler, SamplingResult, ShouldSample};

/// Decides about the first span of a trace.
#[derive(Debug, Clone)]
struct Requests {
    part: Sampler,
}

impl ShouldSample for Requests {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let sampler = if *kind == SpanKind::Server { &self.part } else { &Sampler::AlwaysOff };
        sampler.should_sample(parent, trace, name, kind, attributes, links)
    }
}

/// Samples a part of the requests, each with all its spans; for a trace that was begun elsewhere the decision
/// made there counts. Spans outside of requests are not recorded.
pub(crate) fn sampler(part: f64) -> impl ShouldSample {
    ParentBasedSampler::new(Requests { part: Sampler::TraceIdRatioBased(part) })
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceState};
    use opentelemetry_sdk::trace::SamplingDecision;

    use super::*;

    fn decided(part: f64, parent: Option<&Context>, trace: u128, kind: &SpanKind) -> bool {
        let result = sampler(part).should_sample(parent, TraceId::from(trace), "", kind, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    fn parent(flags: TraceFlags, remote: bool) -> Context {
        let parent = SpanContext::new(TraceId::from(1), SpanId::from(2), flags, remote, TraceState::default());
        Context::new().with_remote_span_context(parent)
    }

    #[test]
    fn a_trace_begins_with_a_request_only() {
        assert!(decided(1.0, None, 7, &SpanKind::Server));
        assert!(!decided(1.0, None, 7, &SpanKind::Client) && !decided(1.0, None, 7, &SpanKind::Internal));
        assert!(decided(0.0, Some(&parent(TraceFlags::SAMPLED, false)), 7, &SpanKind::Client));
    }

    #[test]
    fn a_part_is_recorded_and_a_decision_from_elsewhere_stands() {
        let step = u128::MAX / 1000;
        let recorded = (0..1000_u128).filter(|n| decided(0.25, None, n * step, &SpanKind::Server)).count();
        assert!((1..=999).contains(&recorded), "{recorded}");
        assert!(!decided(0.0, None, 7, &SpanKind::Server));
        assert!(decided(0.0, Some(&parent(TraceFlags::SAMPLED, true)), 7, &SpanKind::Server));
        assert!(!decided(1.0, Some(&parent(TraceFlags::default(), true)), 7, &SpanKind::Server));
    }
}
