//! Time.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// The time, and waiting for it.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Clock: Send + Sync {
    /// The current time in UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Waits for at least this time.
    async fn sleep(&self, duration: Duration);
}
