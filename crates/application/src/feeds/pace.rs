//! How long a feed rests between two polls.

use std::time::Duration;

use chrono::TimeDelta;

/// The rest after a good answer, at least: two of them see a day missing that leaves.
const USUAL: TimeDelta = TimeDelta::minutes(15);
/// The longest rest after bad ones.
const LONGEST: TimeDelta = TimeDelta::hours(6);
/// The longest rest that the other side may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// How long a feed rests after so many bad answers in a row, none of them a good one: twice as long after each, up to
/// [`LONGEST`], and not shorter than the other side asked for. `random` spreads feeds by up to a fifth of it.
pub(super) fn rest(failures: u32, retry_after: Option<Duration>, random: [u8; 2]) -> TimeDelta {
    let doubled = USUAL * 2i32.pow(failures.saturating_sub(1).min(5));
    let spread = doubled * i32::from(random[0]) / (5 * i32::from(u8::MAX));
    let asked = retry_after.map_or(Duration::ZERO, |asked| asked.min(LONGEST_ASKED));
    let asked = TimeDelta::from_std(asked).unwrap_or_default() + TimeDelta::seconds(random[1].into());
    let own = (doubled + spread).min(LONGEST);
    if retry_after.is_some() { own.max(asked) } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_feed_is_asked_less_and_less_often() {
        let minutes = |failures| rest(failures, None, [0, 0]).num_minutes();
        let rests: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 1000].into_iter().map(minutes).collect();
        assert_eq!(rests, [15, 15, 30, 60, 120, 240, 360, 360, 360]);
        assert_eq!(rest(0, None, [255, 255]).num_minutes(), 18);
        assert_eq!(rest(9, None, [255, 255]).num_minutes(), 360);
    }

    #[test]
    fn the_other_side_may_ask_for_a_longer_rest() {
        let after = |seconds| rest(1, Some(Duration::from_secs(seconds)), [0, 0]).num_seconds();
        assert_eq!((after(5), after(3600), after(u64::MAX)), (900, 3600, 86_400));
    }
}
