//! A clock that a test sets.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::Clock;

/// A clock that stands still until it is set; clones show the same time. It sleeps in real time.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Mutex<DateTime<Utc>>>);

impl SetClock {
    /// A clock that shows this instant, in seconds since 1970.
    pub fn at(seconds: i64) -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(seconds, 0).unwrap())))
    }

    /// Puts the clock forward (or back).
    pub fn forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Default for SetClock {
    /// The noon of a day in 2026.
    fn default() -> Self {
        Self::at(1_782_000_000)
    }
}

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
