//! The calendar that another site is given.

use chrono::{DateTime, NaiveDate, Utc};

use super::DayRange;

/// A calendar for another site: the occupied days, and nothing of who occupies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarExport {
    /// What tells this link from all others: the hash of its secret. Identifiers of events are made of it.
    pub link: [u8; 32],
    /// When the days changed last, not when they are asked for: the same days are the same bytes.
    pub changed_at: DateTime<Utc>,
    /// The occupied days in a row.
    pub ranges: Vec<DayRange>,
}

impl CalendarExport {
    /// An export of days, sorted.
    pub fn new(link: [u8; 32], changed_at: DateTime<Utc>, days: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { link, changed_at, ranges: DayRange::of_days(days) }
    }
}
