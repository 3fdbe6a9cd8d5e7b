//! The section `[jobs]`: the work that the clock does.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use validator::Validate;

/// Work that is due at a time: orders that were not answered.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct JobsSettings {
    /// Whether `minsu serve` does the work itself; otherwise `minsu worker` must run beside it. Of several processes
    /// one at a time does a job.
    pub in_process: bool,
    /// Seconds between two looks for due work.
    #[validate(range(min = 1, max = 60))]
    pub interval_seconds: u32,
}

impl JobsSettings {
    /// The time between two looks for due work.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.interval_seconds.into())
    }
}

impl Default for JobsSettings {
    fn default() -> Self {
        Self { in_process: true, interval_seconds: 5 }
    }
}
