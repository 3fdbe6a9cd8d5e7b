//! Feeds that lose suspiciously many days at once.

use chrono::{DateTime, TimeDelta, Utc};

/// How long the days of a suspicious feed are held.
pub const HOLD_TIME: TimeDelta = TimeDelta::hours(24);

/// What is thought of an answer without days that the feed had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hold {
    /// Days leave by the usual rule.
    #[default]
    None,
    /// All or most days went at once, since then: none leaves for [`HOLD_TIME`].
    Since(DateTime<Utc>),
    /// The landlord said that it is right, or changed the link: what is missing leaves by the usual rule, however
    /// much it is.
    Waived,
}

impl Hold {
    /// Whether so many missing days of so many held ones are suspicious: all of them, or three and more that are
    /// more than half.
    pub(super) const fn is_suspicious(missing: usize, held: usize) -> bool {
        missing > 0 && (missing == held || (missing >= 3 && missing * 2 > held))
    }

    /// What is thought after a good answer.
    #[must_use]
    pub(super) fn after(self, missing: usize, held: usize, now: DateTime<Utc>) -> Self {
        match self {
            _ if missing == 0 => Self::None,
            Self::Waived => Self::Waived,
            _ if !Self::is_suspicious(missing, held) => Self::None,
            Self::Since(begun) => Self::Since(begun),
            Self::None => Self::Since(now),
        }
    }

    /// Whether days may leave.
    pub(super) fn is_over(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::None | Self::Waived => true,
            Self::Since(begun) => now - begun >= HOLD_TIME,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_days_or_three_that_are_more_than_half_are_suspicious() {
        for (missing, held) in [(1, 1), (2, 2), (3, 3), (3, 5), (4, 7), (200, 241)] {
            assert!(Hold::is_suspicious(missing, held), "{missing} of {held}");
        }
        for (missing, held) in [(0, 0), (0, 5), (2, 3), (3, 6), (4, 8), (1, 2)] {
            assert!(!Hold::is_suspicious(missing, held), "{missing} of {held}");
        }
    }
}
