//! The section `[testing]`: what tests of a running site change. Refused in profile prod.

use minsu_ports::FaultPoint;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Settings for tests of a running process; profile prod does not start with any of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct TestingSettings {
    /// By how many seconds the clock of this process is ahead of the machine's; below 0 behind it. For profile dev only.
    #[validate(range(min = -31_536_000, max = 31_536_000))]
    pub clock_offset_seconds: i64,
    /// Where work stops for ever, as `POINT:N`: the N-th time that a job comes by `lease_taken`, `batch_read`,
    /// `subject_read`, `subject_changed`, `subject_committed`, `success_noted` or `lease_given_back`, or a payment by
    /// `attempt_committed`, `attempt_started`, `notice_verified`, `payment_written`, `notice_committed`,
    /// `cancellation_written`, `refund_committed`, `refund_called`, `attempt_closed`, `attempt_settled`, `unpaid_canceled` or
    /// `stay_ended`, or a webhook by `events_handed_out`, `handed_out_committed`, `delivery_claimed`, `delivery_answered`
    /// or `delivery_recorded`. For profile dev only.
    pub stop_at: Option<String>,
}

impl TestingSettings {
    /// Where the work stops; none where nothing is set.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn stop_at(&self) -> Result<Option<(FaultPoint, u32)>, &'static str> {
        let Some(text) = &self.stop_at else { return Ok(None) };
        let stop = text.split_once(':').and_then(|(point, time)| {
            let time = time.parse().ok().filter(|time| *time > 0)?;
            Some((FaultPoint::of_name(point)?, time))
        });
        stop.map(Some).ok_or("must be POINT:N with the name of a point and a number from 1 on")
    }

    /// Whether nothing is set.
    pub const fn is_empty(&self) -> bool {
        self.clock_offset_seconds == 0 && self.stop_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_a_point_and_a_time() {
        let stop = |text: &str| TestingSettings { stop_at: Some(text.into()), ..TestingSettings::default() }.stop_at();
        assert_eq!(stop("batch_read:3"), Ok(Some((FaultPoint::BatchRead, 3))));
        for wrong in ["", "batch_read", "batch_read:0", "batch_read:x", "nowhere:1"] {
            assert!(stop(wrong).is_err(), "{wrong}");
        }
        for point in FaultPoint::all() {
            assert_eq!(stop(&format!("{}:1", point.name())), Ok(Some((point, 1))));
        }
    }
}
