//! The layer, and the thread that delivers.

use std::{collections::HashMap, fmt, time::Duration};

use minsu_http::SetupError;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use secrecy::ExposeSecret;
use tracing::{Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::{collector::Collector, options::TracesOptions, sampling::sampler};

/// The prefix of the targets of this workspace's spans.
const OURS: &str = "minsu_";

/// The most spans of one call.
const BATCH: usize = 512;

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
            .build()
            .map_err(SetupError::part("the exporter of traces"))?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(options.queue)
            .with_max_export_batch_size(BATCH.min(options.queue))
            .with_scheduled_delay(options.interval)
            .build();
        let attributes = [
            KeyValue::new("service.version", options.version.clone()),
            KeyValue::new("service.instance.id", options.instance.clone()),
        ];
        // Empty: the attributes of the process come from its settings, not from environment variables.
        let resource = Resource::builder_empty().with_service_name(options.service.clone()).with_attributes(attributes);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_sampler(sampler(options.part))
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .build();
        Ok(Self { provider })
    }

    /// The layer of `tracing` that records spans as those of a trace.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("minsu"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // The parent of a span is the span around it in `tracing`: OpenTelemetry's own context is not used.
            .with_context_activation(false)
            .with_filter(filter_fn(is_our_span).with_max_level_hint(LevelFilter::TRACE))
    }

    /// Delivers the spans that wait, for at most `longest`, and accepts no more.
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
