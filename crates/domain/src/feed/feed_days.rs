//! The days of a feed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::{DayKind, DayRange};

/// The days that a feed occupies, each with its kind. All that is kept of its events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedDays(BTreeMap<NaiveDate, DayKind>);

impl FeedDays {
    /// Collects the days of events from `from` on, up to `until`, which is not among them.
    pub fn collect(from: NaiveDate, until: NaiveDate) -> FeedDaysCollector {
        let days = usize::try_from((until - from).num_days()).unwrap_or(0).min(FeedDaysCollector::MOST_DAYS);
        FeedDaysCollector { from, changes: vec![[0; 2]; days + 1] }
    }

    /// The kind of a day, if it is occupied.
    pub fn kind(&self, day: NaiveDate) -> Option<DayKind> {
        self.0.get(&day).copied()
    }

    /// Every day with its kind, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, DayKind)> {
        self.0.iter().map(|(day, kind)| (*day, *kind))
    }

    /// The days in a row, whatever their kind.
    pub fn ranges(&self) -> Vec<DayRange> {
        DayRange::of_days(self.0.keys().copied())
    }

    /// How many days.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it occupies none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(NaiveDate, DayKind)> for FeedDays {
    fn from_iter<T: IntoIterator<Item = (NaiveDate, DayKind)>>(days: T) -> Self {
        Self(days.into_iter().collect())
    }
}

/// Days being collected. An event costs the same however many days it has.
#[derive(Debug, Clone)]
pub struct FeedDaysCollector {
    from: NaiveDate,
    /// For each day by how much more closures and stays cover it than the day before.
    changes: Vec<[i64; 2]>,
}

impl FeedDaysCollector {
    /// The most days that are looked at.
    pub const MOST_DAYS: usize = 20_000;

    /// Adds the days of an event, those outside left out.
    pub fn add(&mut self, range: DayRange, kind: DayKind) {
        let last = self.changes.len() - 1;
        let place = |day: NaiveDate| usize::try_from((day - self.from).num_days()).unwrap_or(0).min(last);
        let (first, end) = (place(range.first), place(range.end));
        let kind = usize::from(kind == DayKind::Stay);
        self.changes[first][kind] += 1;
        self.changes[end][kind] -= 1;
    }

    /// The days. One that events of both kinds cover is a stay.
    pub fn finish(self) -> FeedDays {
        let mut covered = [0; 2];
        let mut kinds = self.changes.into_iter().map(|[closures, stays]| {
            covered = [covered[0] + closures, covered[1] + stays];
            let [closures, stays] = covered;
            if stays > 0 { Some(DayKind::Stay) } else { (closures > 0).then_some(DayKind::Closure) }
        });
        let days = (0u64..).map_while(|n| {
            let day = self.from.checked_add_days(Days::new(n))?;
            Some((day, kinds.next()?))
        });
        days.filter_map(|(day, kind)| Some((day, kind?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    fn range(first: &str, end: &str) -> DayRange {
        DayRange { first: parse_day(first).unwrap(), end: parse_day(end).unwrap() }
    }

    #[test]
    fn a_day_that_both_kinds_cover_is_a_stay_in_either_order() {
        let stay = (range("2026-12-05", "2026-12-07"), DayKind::Stay);
        let closure = (range("2026-12-06", "2026-12-08"), DayKind::Closure);
        for [one, other] in [[stay, closure], [closure, stay]] {
            let mut days = FeedDays::collect(parse_day("2026-12-01").unwrap(), parse_day("2031-12-01").unwrap());
            days.add(one.0, one.1);
            days.add(other.0, other.1);
            let days = days.finish();
            let kinds: Vec<_> = days.iter().map(|(_, kind)| kind).collect();
            assert_eq!(kinds, [DayKind::Stay, DayKind::Stay, DayKind::Closure]);
            assert_eq!(days.ranges(), [range("2026-12-05", "2026-12-08")]);
            assert_eq!((days.len(), days.kind(parse_day("2026-12-08").unwrap())), (3, None));
        }
    }

    #[test]
    fn days_outside_are_left_out() {
        let mut days = FeedDays::collect(parse_day("2026-12-01").unwrap(), parse_day("2026-12-04").unwrap());
        for event in
            [range("1970-01-01", "2026-12-02"), range("2026-12-03", "9999-12-31"), range("0001-01-01", "0002-01-01")]
        {
            days.add(event, DayKind::Stay);
        }
        let expected = [range("2026-12-01", "2026-12-02"), range("2026-12-03", "2026-12-04")];
        assert_eq!(days.finish().ranges(), expected);
    }
}
