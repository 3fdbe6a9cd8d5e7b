//! Stays: the days on which a guest occupies a house. Price and clash both follow from here.

use chrono::{Days, NaiveDate};

use crate::{Field, Invalid};

/// How the days of a stay are counted; one setting of the site, for price and clash alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StayRule {
    /// Both ends are occupied: `days = (end - start) + 1`, one day is the shortest stay.
    #[default]
    Days,
    /// The end day is free for the next guest: `days = end - start`, one night is the shortest.
    Nights,
}

impl StayRule {
    /// The last day that is occupied when a stay ends on `end`.
    pub fn last_occupied(self, end: NaiveDate) -> NaiveDate {
        match self {
            Self::Days => end,
            Self::Nights => end - Days::new(1),
        }
    }

    /// The end, as a guest names it, of a stay whose last occupied day is `last`.
    pub fn end_of(self, last: NaiveDate) -> NaiveDate {
        match self {
            Self::Days => last,
            Self::Nights => last + Days::new(1),
        }
    }
}

/// A stay of at least one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    start: NaiveDate,
    end: NaiveDate,
    rule: StayRule,
}

impl Stay {
    /// Takes the two dates that a guest named.
    ///
    /// # Errors
    /// [`Field::Stay`] when no day is left between them under the rule.
    pub fn new(start: NaiveDate, end: NaiveDate, rule: StayRule) -> Result<Self, Invalid> {
        let empty = match rule {
            StayRule::Days => end < start,
            StayRule::Nights => end <= start,
        };
        if empty { Err(Invalid::range(Field::Stay)) } else { Ok(Self { start, end, rule }) }
    }

    /// The first day.
    pub const fn start(&self) -> NaiveDate {
        self.start
    }

    /// The end as the guest named it: the last day, or the day of departure under
    /// [`StayRule::Nights`].
    pub const fn end(&self) -> NaiveDate {
        self.end
    }

    /// The last occupied day.
    pub fn last(&self) -> NaiveDate {
        self.rule.last_occupied(self.end)
    }

    /// How many days the guest pays for.
    pub fn days(&self) -> u32 {
        let days = (self.last() - self.start).num_days() + 1;
        // From year 1 to 9999 there are 3.7 million days, and the constructor keeps it positive.
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    /// The occupied days, which no other order can have; ascending.
    pub fn occupied(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        self.start.iter_days().take(self.days() as usize)
    }

    /// Whether two stays share a day.
    pub fn clashes(&self, other: &Self) -> bool {
        self.start <= other.last() && other.start <= self.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(offset: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset)
    }

    #[test]
    fn days_count_both_ends() {
        let stay = Stay::new(day(0), day(0), StayRule::Days).unwrap();
        assert_eq!(stay.days(), 1);
        assert_eq!(stay.occupied().collect::<Vec<_>>(), [day(0)]);
        assert_eq!(Stay::new(day(0), day(2), StayRule::Days).unwrap().days(), 3);
        assert_eq!(Stay::new(day(1), day(0), StayRule::Days), Err(Invalid::range(Field::Stay)));
    }

    #[test]
    fn nights_leave_the_day_of_departure_free() {
        assert!(Stay::new(day(0), day(0), StayRule::Nights).is_err());
        let first = Stay::new(day(0), day(2), StayRule::Nights).unwrap();
        let next = Stay::new(day(2), day(3), StayRule::Nights).unwrap();
        assert_eq!(first.days(), 2);
        assert!(!first.clashes(&next));
        let same_ends = |rule| (Stay::new(day(0), day(2), rule).unwrap(), Stay::new(day(2), day(3), rule).unwrap());
        let (first, next) = same_ends(StayRule::Days);
        assert!(first.clashes(&next));
    }

    fn stays() -> impl Strategy<Value = Stay> {
        (0u64..60, 0u64..12, any::<bool>()).prop_map(|(start, length, nights)| {
            let (rule, length) = if nights { (StayRule::Nights, length + 1) } else { (StayRule::Days, length) };
            Stay::new(day(start), day(start + length), rule).unwrap()
        })
    }

    proptest! {
        #[test]
        fn days_are_the_occupied_ones_ascending(stay in stays()) {
            let occupied: Vec<_> = stay.occupied().collect();
            prop_assert_eq!(occupied.len(), stay.days() as usize);
            prop_assert_eq!(occupied.first(), Some(&stay.start()));
            prop_assert_eq!(occupied.last(), Some(&stay.last()));
            prop_assert_eq!(stay.rule.end_of(stay.last()), stay.end());
            prop_assert!(occupied.windows(2).all(|pair| pair[1] == pair[0] + Days::new(1)));
        }

        #[test]
        fn a_clash_is_a_shared_day(a in stays(), b in stays()) {
            let shared = a.occupied().any(|day| b.occupied().any(|other| other == day));
            prop_assert_eq!(a.clashes(&b), shared);
            prop_assert_eq!(b.clashes(&a), shared);
            prop_assert!(a.clashes(&a));
        }
    }
}
