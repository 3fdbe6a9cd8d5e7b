//! When a failed delivery is tried again, and when a webhook is turned off.

use chrono::{DateTime, TimeDelta, Utc};

/// The pauses behind the first, the second and each further failed attempt; behind the last one no attempt follows.
const PAUSES: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// A webhook that took nothing for so long is turned off.
pub const DISABLED_AFTER: TimeDelta = TimeDelta::days(5);

/// How long the secret before signs beside a new one.
pub const FORMER_SECRET_SIGNS: TimeDelta = TimeDelta::hours(24);

/// What follows a failed attempt to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedDelivery {
    /// When it is tried again; none where it is not.
    pub next_at: Option<DateTime<Utc>>,
    /// Since when the webhook has taken nothing.
    pub failing_since: DateTime<Utc>,
    /// Whether the webhook is turned off.
    pub turns_off: bool,
}

impl FailedDelivery {
    /// What follows an attempt that failed at `now`, the `attempts`-th one of its delivery, where the webhook has taken
    /// nothing since `failing_since`.
    pub fn of(attempts: u32, failing_since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let failing_since = failing_since.unwrap_or(now);
        let turns_off = now - failing_since >= DISABLED_AFTER;
        let pause = attempts.checked_sub(1).and_then(|failed| PAUSES.get(failed as usize).copied());
        Self { next_at: pause.filter(|_| !turns_off).map(|pause| now + pause), failing_since, turns_off }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_and_parked() {
        let begun = DateTime::UNIX_EPOCH;
        let (mut now, mut pauses, mut attempts) = (begun, vec![], 0);
        loop {
            attempts += 1;
            let failed = FailedDelivery::of(attempts, Some(begun), now);
            assert_eq!((failed.failing_since, failed.turns_off), (begun, false));
            let Some(next) = failed.next_at else { break };
            pauses.push((next - now).num_seconds());
            now = next;
        }
        assert_eq!(pauses, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(attempts, 10);
        // A receiver that is away for a day, or for three, gets everything.
        assert!(now - begun > TimeDelta::days(3) && now - begun < DISABLED_AFTER);
    }

    #[test]
    fn five_days_without_a_success_turn_a_webhook_off() {
        let begun = DateTime::UNIX_EPOCH;
        let first = FailedDelivery::of(1, None, begun);
        assert_eq!((first.failing_since, first.turns_off), (begun, false));
        let before = FailedDelivery::of(1, Some(begun), begun + DISABLED_AFTER - TimeDelta::seconds(1));
        assert!(!before.turns_off && before.next_at.is_some());
        let last = FailedDelivery::of(1, Some(begun), begun + DISABLED_AFTER);
        assert_eq!((last.next_at, last.turns_off), (None, true));
    }
}
