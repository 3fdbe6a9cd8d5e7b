//! Days that a landlord adds to every event of a feed.

use chrono::{Days, NaiveDate};

use crate::{Field, Invalid};

use super::DayRange;

/// How many days more than it says every event of a feed occupies: up to two before, up to two behind. For feeds
/// that leave out the last day, and for landlords who want the day of departure shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DayOffsets {
    before: u8,
    behind: u8,
}

impl DayOffsets {
    /// The most days at either end.
    pub const MAX: i64 = 2;

    /// Takes the offset of the start, from −2 to 0, and that of the end, from 0 to 2, in days.
    ///
    /// # Errors
    /// [`Field::FeedOffset`].
    pub fn new(start: i64, end: i64) -> Result<Self, Invalid> {
        let days = |number: i64| match u8::try_from(number) {
            Ok(days) if number <= Self::MAX => Ok(days),
            _ => Err(Invalid::range(Field::FeedOffset)),
        };
        Ok(Self { before: days(start.checked_neg().unwrap_or(i64::MAX))?, behind: days(end)? })
    }

    /// The offset of the start, from −2 to 0.
    pub fn start(self) -> i64 {
        -i64::from(self.before)
    }

    /// The offset of the end, from 0 to 2.
    pub fn end(self) -> i64 {
        i64::from(self.behind)
    }

    /// The days of an event with those that are added.
    #[must_use]
    pub fn of(self, range: DayRange) -> DayRange {
        let first = range.first.checked_sub_days(Days::new(self.before.into())).unwrap_or(NaiveDate::MIN);
        let end = range.end.checked_add_days(Days::new(self.behind.into())).unwrap_or(NaiveDate::MAX);
        DayRange { first, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    #[test]
    fn offsets_only_add_days_and_at_most_two_at_either_end() {
        let day = |text| parse_day(text).unwrap();
        let range = DayRange { first: day("2026-12-05"), end: day("2026-12-08") };
        let wider = DayOffsets::new(-2, 1).unwrap();
        assert_eq!(wider.of(range), DayRange { first: day("2026-12-03"), end: day("2026-12-09") });
        assert_eq!((wider.start(), wider.end()), (-2, 1));
        assert_eq!(DayOffsets::default().of(range), range);
        for (start, end) in [(1, 0), (-3, 0), (0, -1), (0, 3), (i64::MIN, 0), (0, i64::MAX)] {
            assert_eq!(DayOffsets::new(start, end), Err(Invalid::range(Field::FeedOffset)), "{start} {end}");
        }
    }
}
