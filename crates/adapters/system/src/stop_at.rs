//! Stops the work at a fault point, for tests that kill the process there.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use minsu_ports::{FaultPoint, FaultPoints};

/// Stops the task that comes by a point for the `time`th time, and says so in the log. It never goes on.
#[derive(Debug)]
pub struct StopAt {
    point: FaultPoint,
    left: AtomicU32,
}

impl StopAt {
    /// Stops at this point, the `time`th time, counted from 1 on.
    pub const fn new(point: FaultPoint, time: u32) -> Self {
        Self { point, left: AtomicU32::new(time) }
    }
}

#[async_trait]
impl FaultPoints for StopAt {
    async fn reach(&self, point: FaultPoint) {
        if point != self.point {
            return;
        }
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left == Ok(1) {
            tracing::warn!(point = point.name(), "stopped at a fault point");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn it_stops_once_at_its_time() {
        let stop = StopAt::new(FaultPoint::BatchRead, 2);
        let passes = |point| stop.reach(point).now_or_never().is_some();
        assert!(passes(FaultPoint::LeaseTaken) && passes(FaultPoint::BatchRead));
        assert!(passes(FaultPoint::LeaseTaken) && !passes(FaultPoint::BatchRead) && passes(FaultPoint::BatchRead));
    }
}
