//! The metrics of one kind of answer: how many there were, and how long they took.

use std::time::Duration;

use minsu_ports::AnswerMetrics;
use prometheus_client::metrics::{counter::Counter, family::MetricConstructor, histogram::Histogram};

/// Bounds of the latency histogram in seconds: from an answer out of memory to a deadline.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Makes the histogram of a new label set.
#[derive(Clone)]
pub(crate) struct Latency;

impl MetricConstructor<Histogram> for Latency {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BOUNDS)
    }
}

/// The metrics of one kind of answer.
pub(crate) struct AnswerCounters {
    pub(crate) requests: Counter,
    pub(crate) answers: Option<Counter>,
    pub(crate) seconds: Histogram,
}

impl AnswerMetrics for AnswerCounters {
    fn count(&self, took: Duration) {
        self.requests.inc();
        if let Some(answers) = &self.answers {
            answers.inc();
        }
        self.seconds.observe(took.as_secs_f64());
    }
}
