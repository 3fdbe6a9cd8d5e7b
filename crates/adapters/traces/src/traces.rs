//! The layer, and the thread behind it.

use std::{collections::HashMap, fmt, io, time::Duration};

use minsu_http::HttpSetupError;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tracing::{Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::{collector::Collector, sampling::sampler};

/// What the targets of this workspace's spans begin with.
const OURS: &str = "minsu_";

/// The most spans of one call.
const BATCH: usize = 512;

/// Where traces go, and how many.
#[derive(Debug, Clone)]
pub struct TracesOptions {
    /// The whole URL that takes them, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// Headers of every call: `name=value`, with commas between them.
    pub headers: Option<SecretString>,
    /// Which part of the requests is recorded, from 0 to 1.
    pub part: f64,
    /// How long one delivery may take, repetitions included.
    pub deadline: Duration,
    /// The time between two deliveries.
    pub interval: Duration,
    /// How many spans may wait for their delivery; the others are lost.
    pub queue: usize,
    /// What the process calls itself.
    pub service: String,
    /// Its release.
    pub version: String,
    /// A name for this process among those of the service.
    pub instance: String,
}

impl TracesOptions {
    /// The headers, apart.
    pub(crate) fn headers(&self) -> Result<Vec<(String, SecretString)>, SetupError> {
        let text = self.headers.as_ref().map_or("", |headers| headers.expose_secret());
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or(SetupError::Headers)?;
            let name = name.trim();
            let fine = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let readable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            if fine && readable { Ok((name.to_owned(), value.trim().into())) } else { Err(SetupError::Headers) }
        };
        pairs.map(pair).collect()
    }
}

/// Traces cannot be sent with these options.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The headers are not what headers are.
    #[error("the headers must be name=value, with commas between them")]
    Headers,
    /// The client of the collector.
    #[error(transparent)]
    Client(#[from] HttpSetupError),
    /// The runtime of the thread that delivers.
    #[error("the thread that delivers traces cannot be set up")]
    Runtime(#[source] io::Error),
    /// The exporter.
    #[error("the exporter of traces cannot be set up")]
    Exporter(#[from] ExporterBuildError),
}

/// The traces of a process, until it stops.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the thread that delivers.
    ///
    /// # Errors
    /// [`SetupError`]; the collector is not called.
    pub fn start(options: &TracesOptions) -> Result<Self, SetupError> {
        let headers = options.headers()?.into_iter().map(|(name, value)| (name, value.expose_secret().to_owned()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(options)?)
            .with_endpoint(&options.endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(options.deadline)
            .with_headers(headers.collect::<HashMap<_, _>>())
            .build()?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(options.queue)
            .with_max_export_batch_size(BATCH.min(options.queue))
            .with_scheduled_delay(options.interval)
            .build();
        let attributes = [
            KeyValue::new("service.version", options.version.clone()),
            KeyValue::new("service.instance.id", options.instance.clone()),
        ];
        // Empty: what describes the process comes from its settings, not from other variables.
        let resource = Resource::builder_empty().with_service_name(options.service.clone()).with_attributes(attributes);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_sampler(sampler(options.part))
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .build();
        Ok(Self { provider })
    }

    /// What turns spans of `tracing` into those of the traces.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("minsu"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // The parent of a span is the span around it in `tracing`: nobody asks OpenTelemetry.
            .with_context_activation(false)
            .with_filter(filter_fn(is_our_span).with_max_level_hint(LevelFilter::TRACE))
    }

    /// Delivers what waits, for so long at most, and takes nothing more.
    pub fn stop(self, longest: Duration) {
        if let Err(error) = self.provider.shutdown_with_timeout(longest) {
            tracing::warn!(%error, "the last traces are lost");
        }
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traces")
    }
}

fn is_our_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(OURS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(headers: &str) -> Option<Vec<String>> {
        let options = TracesOptions {
            endpoint: String::new(),
            headers: Some(headers.into()),
            part: 1.0,
            deadline: Duration::ZERO,
            interval: Duration::ZERO,
            queue: 1,
            service: String::new(),
            version: String::new(),
            instance: String::new(),
        };
        let pairs = options.headers().ok()?;
        Some(pairs.into_iter().map(|(name, value)| format!("{name}: {}", value.expose_secret())).collect())
    }

    #[test]
    fn headers_are_pairs_with_commas() {
        assert_eq!(names(""), Some(vec![]));
        assert_eq!(
            names("authorization=Basic a3==, x-project = p1,"),
            Some(vec!["authorization: Basic a3==".to_owned(), "x-project: p1".to_owned()])
        );
        for wrong in ["authorization", "=a", "a b=c", "a=b\nc"] {
            assert_eq!(names(wrong), None, "{wrong}");
        }
    }
}
