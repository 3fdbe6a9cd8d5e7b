//! The section `[traces]`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use url::Url;
use validator::{Validate, ValidationError};

use super::Secret;

/// Traces for a collector of OpenTelemetry.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct TracesSettings {
    /// URL of the collector that takes traces, as protobuf over HTTP, such as
    /// `http://127.0.0.1:4318/v1/traces`. Off by default.
    #[validate(custom(function = "is_endpoint"))]
    pub endpoint: Option<String>,
    /// Headers of every call to it, such as `authorization=Basic abc`, with commas between them.
    pub headers: Option<Secret>,
    /// File with these headers.
    pub headers_file: Option<PathBuf>,
    /// Part of the requests that is traced, from 0 to 1. A trace that a trusted proxy began (header
    /// `traceparent`, `server.trusted_proxies`) is recorded or not as that one decided.
    #[validate(custom(function = "is_part"))]
    pub sample_ratio: f64,
    /// What the process calls itself.
    #[validate(length(min = 1, max = 100))]
    pub service: String,
    /// Milliseconds that a delivery may take. Requests do not wait for it.
    #[validate(range(min = 100, max = 60_000))]
    pub deadline_ms: u64,
    /// Milliseconds between two deliveries.
    #[validate(range(min = 50, max = 60_000))]
    pub interval_ms: u64,
    /// Spans that may wait for their delivery. Those beyond are lost.
    #[validate(range(min = 1, max = 1_000_000))]
    pub queue: usize,
}

impl TracesSettings {
    /// How long a delivery may take.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// The time between two deliveries.
    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }
}

impl Default for TracesSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            headers: None,
            headers_file: None,
            sample_ratio: 0.1,
            service: "minsu".to_owned(),
            deadline_ms: 5000,
            interval_ms: 2000,
            queue: 8192,
        }
    }
}

/// A URL without name and password, which would be printed.
fn is_endpoint(text: &str) -> Result<(), ValidationError> {
    let fine = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    });
    if fine {
        return Ok(());
    }
    let rule = "must be a URL with http:// or https:// and without a name or password: those go to traces.headers";
    Err(ValidationError::new("endpoint").with_message(rule.into()))
}

fn is_part(part: f64) -> Result<(), ValidationError> {
    if (0.0..=1.0).contains(&part) {
        Ok(())
    } else {
        Err(ValidationError::new("part").with_message("must be from 0 to 1".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_without_secrets() {
        for (text, fine) in [
            ("http://127.0.0.1:4318/v1/traces", true),
            ("https://collector.example.com/v1/traces", true),
            ("grpc://127.0.0.1:4317", false),
            ("http://a:geheim@h/v1/traces", false),
            ("127.0.0.1:4318", false),
        ] {
            assert_eq!(is_endpoint(text).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn a_part_is_a_number_from_0_to_1() {
        for (part, fine) in [(0.0, true), (0.5, true), (1.0, true), (1.01, false), (-0.1, false), (f64::NAN, false)] {
            assert_eq!(is_part(part).is_ok(), fine, "{part}");
        }
    }
}
