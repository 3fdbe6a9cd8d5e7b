//! The section `[metrics]`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use validator::Validate;

/// Metrics for Prometheus.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// Address and port where `/metrics` is served. Off by default.
    pub listen: Option<SocketAddr>,
}
