//! Metrics that other components keep: fetched at each scrape.

use std::{fmt, pin::Pin};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

/// Whether a metric only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// A metric, or one for each value of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its name, without `minsu_` before and `_total` behind it.
    pub name: &'static str,
    /// Its help text.
    pub says: &'static str,
    /// Whether it only grows.
    pub kind: Kind,
    /// The name of its label; empty for none, and then there is one value.
    pub label: &'static str,
    /// A value for each value of the label.
    pub values: Vec<(&'static str, u64)>,
}

impl Reading {
    /// A metric without a label.
    pub fn single(name: &'static str, says: &'static str, kind: Kind, value: u64) -> Self {
        Self { name, says, kind, label: "", values: vec![("", value)] }
    }
}

/// A function that returns readings; called at each scrape.
pub type Source = Box<dyn Fn() -> Vec<Reading> + Send + Sync>;

/// Updates values that a source of readings cannot compute at once.
pub type Refresh = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// All sources as one collector.
pub(crate) struct Readings(pub(crate) Vec<Source>);

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Readings({} sources)", self.0.len())
    }
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        for reading in self.0.iter().flat_map(|source| source()) {
            let kind = match reading.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
            };
            let mut family = encoder.encode_descriptor(reading.name, reading.says, None, kind)?;
            for (value, figure) in reading.values {
                let gauge = i64::try_from(figure).unwrap_or(i64::MAX);
                let label = [(reading.label, value)];
                match (reading.kind, reading.label) {
                    (Kind::Counter, "") => family.encode_counter::<NoLabelSet, _, u64>(&figure, None)?,
                    (Kind::Gauge, "") => family.encode_gauge(&gauge)?,
                    (Kind::Counter, _) => ConstCounter::new(figure).encode(family.encode_family(&label)?)?,
                    (Kind::Gauge, _) => ConstGauge::new(gauge).encode(family.encode_family(&label)?)?,
                }
            }
        }
        Ok(())
    }
}
