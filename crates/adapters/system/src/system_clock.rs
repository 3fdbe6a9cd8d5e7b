//! The clock of the machine.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::Clock;

/// The clock of the machine, and tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The same, so much ahead: for tests of processes whose clocks differ.
#[derive(Debug, Clone, Copy)]
pub struct OffsetClock(
    /// How far ahead; below zero behind.
    pub TimeDelta,
);

#[async_trait]
impl Clock for OffsetClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that time comes in through")]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
