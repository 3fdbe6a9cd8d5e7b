//! The clock and the fault points: those of tests, where the settings of profile dev ask for them.

use std::sync::Arc;

use chrono::TimeDelta;
use minsu_ports::{Clock, FaultPoints, NoFaultPoints};
use minsu_settings::{Profile, Settings};
use minsu_system::{OffsetClock, StopAt, SystemClock};

use super::WiringError;

/// The clock of the machine, or one that is ahead of it or behind.
pub(super) fn clock(settings: &Settings) -> Arc<dyn Clock> {
    match settings.testing.clock_offset_seconds {
        offset if offset != 0 && settings.profile == Profile::Dev => {
            tracing::warn!(offset, "the clock of this process is not the machine's");
            Arc::new(OffsetClock(TimeDelta::seconds(offset)))
        }
        _ => Arc::new(SystemClock),
    }
}

/// Where the work of the clock stops: nowhere, unless a test asks for it.
///
/// # Errors
/// [`WiringError::StopAt`].
pub(super) fn fault_points(settings: &Settings) -> Result<Arc<dyn FaultPoints>, WiringError> {
    Ok(match settings.testing.stop_at().map_err(WiringError::StopAt)? {
        Some((point, time)) if settings.profile == Profile::Dev => Arc::new(StopAt::new(point, time)),
        _ => Arc::new(NoFaultPoints),
    })
}
