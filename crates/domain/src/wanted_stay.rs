//! The stay that a search asks for.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};

use crate::{StayLimits, StayRule};

/// The stay that must be bookable in a house for a search to find it. [`crate::BookingWindow::wanted`]
/// makes it of the dates that a visitor named, so it is one that the site takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WantedStay {
    /// No dates: every house.
    #[default]
    Any,
    /// All days from the first to the last occupied one.
    Exact {
        /// The first day.
        first: NaiveDate,
        /// The last occupied day.
        last: NaiveDate,
    },
    /// A shortest stay of the house, beginning on a day.
    From {
        /// The first day.
        first: NaiveDate,
        /// The most days that a stay from there may have.
        longest: u32,
    },
    /// A shortest stay of the house, ending on a day.
    Until {
        /// The last occupied day.
        last: NaiveDate,
        /// The most days that a stay until there may have.
        longest: u32,
    },
}

/// The limits of a house that a search accepts, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedLimits {
    /// The shortest stay of the house has at most so many days.
    pub min_days_at_most: u32,
    /// The longest stay of the house has no limit, or at least so many days; absent where it does not
    /// matter.
    pub max_days_at_least: Option<u32>,
}

/// What a search knows of the site beside the stay: what booking knows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SearchTerms {
    /// The date in the site's time zone.
    pub today: NaiveDate,
    /// How the days of a stay are counted.
    pub rule: StayRule,
    /// Whether short gaps may be booked whole.
    pub short_gaps: bool,
    /// For how many guests a stay of both dates is priced: then prices are filtered and sorted by its total, and by the
    /// price of a day otherwise.
    pub total_for: Option<u32>,
}

/// A stay that the dates of a search allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateStay {
    /// Its days.
    pub days: u32,
    /// The first day.
    pub first: NaiveDate,
    /// The last occupied day.
    pub last: NaiveDate,
    /// The end as a guest names it.
    pub end: NaiveDate,
}

impl WantedStay {
    /// The longest stay that one date alone asks about, in days.
    const LONGEST: u32 = 1000;

    /// The stays that the dates allow: one of both dates, of one date those of every length.
    pub fn candidates(self, terms: &SearchTerms) -> Vec<CandidateStay> {
        let stay = |first: NaiveDate, last: NaiveDate| CandidateStay {
            days: u32::try_from((last - first).num_days() + 1).unwrap_or(0),
            first,
            last,
            end: terms.rule.end_of(last),
        };
        let lengths = |longest: u32| (0..u64::from(longest.min(Self::LONGEST))).map(Days::new);
        match self {
            Self::Any => Vec::new(),
            Self::Exact { first, last } => vec![stay(first, last)],
            Self::From { first, longest } => lengths(longest).map(|more| stay(first, first + more)).collect(),
            Self::Until { last, longest } => lengths(longest).map(|more| stay(last - more, last)).collect(),
        }
    }

    /// The most days of a usual stay.
    pub const USUAL_DAYS: i64 = 14;
    /// The most days between today and a usual stay.
    pub const USUAL_LEAD: i64 = 90;

    /// Whether the search has dates.
    pub const fn is_dated(self) -> bool {
        !matches!(self, Self::Any)
    }

    /// Whether people book such stays: of at most [`Self::USUAL_DAYS`] days, and no more than
    /// [`Self::USUAL_LEAD`] days ahead. Of all others there are too many to keep lists of.
    pub fn is_usual(self, today: NaiveDate) -> bool {
        let near = |day: NaiveDate| (day - today).num_days() <= Self::USUAL_LEAD;
        match self {
            Self::Any => true,
            Self::Exact { first, last } => near(first) && (last - first).num_days() < Self::USUAL_DAYS,
            Self::From { first: day, .. } | Self::Until { last: day, .. } => near(day),
        }
    }

    /// The limits that a house must have; none without dates.
    pub fn accepted_limits(self) -> Option<AcceptedLimits> {
        match self {
            Self::Any => None,
            Self::Exact { first, last } => {
                let days = u32::try_from((last - first).num_days() + 1).unwrap_or(0);
                Some(AcceptedLimits { min_days_at_most: days, max_days_at_least: Some(days) })
            }
            Self::From { longest, .. } | Self::Until { longest, .. } => {
                Some(AcceptedLimits { min_days_at_most: longest, max_days_at_least: None })
            }
        }
    }

    /// Whether a house with these limits takes the stay.
    pub fn suits(self, limits: StayLimits) -> bool {
        self.accepted_limits().is_none_or(|accepted| {
            limits.min_days() <= accepted.min_days_at_most
                && accepted.max_days_at_least.is_none_or(|days| limits.max_days() == 0 || days <= limits.max_days())
        })
    }

    /// The days that must be free in a house with these limits; none without dates.
    pub fn days(self, limits: StayLimits) -> Option<RangeInclusive<NaiveDate>> {
        let more = Days::new(u64::from(limits.min_days()) - 1);
        match self {
            Self::Any => None,
            Self::Exact { first, last } => Some(first..=last),
            Self::From { first, .. } => Some(first..=first + more),
            Self::Until { last, .. } => Some(last - more..=last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_stays_are_short_and_near() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        let exact = |ahead: u64, days: u64| {
            let first = today + Days::new(ahead);
            WantedStay::Exact { first, last: first + Days::new(days - 1) }
        };
        assert!(WantedStay::Any.is_usual(today));
        assert!(exact(0, 1).is_usual(today) && exact(90, 14).is_usual(today));
        assert!(!exact(0, 15).is_usual(today) && !exact(91, 1).is_usual(today));
        let day = |ahead: u64| today + Days::new(ahead);
        assert!(WantedStay::From { first: day(90), longest: 7 }.is_usual(today));
        assert!(!WantedStay::From { first: day(91), longest: 7 }.is_usual(today));
        assert!(!WantedStay::Until { last: day(91), longest: 7 }.is_usual(today));
    }
}
