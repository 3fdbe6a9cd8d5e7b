//! Days in a row.

use chrono::NaiveDate;

/// Days in a row, half-open: `first` is among them, `end` is not and is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayRange {
    /// The first day.
    pub first: NaiveDate,
    /// The day after the last one.
    pub end: NaiveDate,
}

impl DayRange {
    /// The days as ranges, sorted, with at least one other day between two of them. The days must be sorted.
    pub fn of_days(days: impl IntoIterator<Item = NaiveDate>) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for day in days {
            let Some(end) = day.succ_opt() else { continue };
            match ranges.last_mut() {
                Some(last) if last.end >= day => last.end = last.end.max(end),
                _ => ranges.push(Self { first: day, end }),
            }
        }
        ranges
    }

    /// The days of the range.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day < self.end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::parse_day;

    proptest! {
        #[test]
        fn ranges_have_the_days_that_they_were_made_of(offsets in proptest::collection::btree_set(0u64..60, 0..40)) {
            let days: BTreeSet<_> = offsets.iter().map(|n| parse_day("2026-12-01").unwrap() + Days::new(*n)).collect();
            let ranges = DayRange::of_days(days.iter().copied());
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].first));
            prop_assert_eq!(ranges.iter().flat_map(|range| range.days()).collect::<BTreeSet<_>>(), days);
        }
    }
}
