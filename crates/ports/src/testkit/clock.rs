//! The contract of [`crate::Clock`].

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};

use crate::Clock;

/// The time is a plausible one and goes on.
pub async fn the_time_goes_on(clock: &dyn Clock) {
    let before = clock.now();
    let year_2026 = DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    assert!(before > year_2026, "{before} is before this was written");
    clock.sleep(Duration::from_millis(20)).await;
    let passed = clock.now() - before;
    assert!((TimeDelta::milliseconds(15)..TimeDelta::seconds(10)).contains(&passed), "{passed} passed");
}

/// Sleeping takes at least the time asked for.
pub async fn sleeping_waits(clock: &dyn Clock) {
    let before = Instant::now();
    clock.sleep(Duration::from_millis(30)).await;
    assert!(before.elapsed() >= Duration::from_millis(30));
}
