//! The orders of a site as its API shows them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

/// An order as its landlord sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: i64,
    pub house: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub live: bool,
}

/// Every order of a site.
#[derive(Debug, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Whether an order is there at all.
    pub fn holds(&self, id: i64) -> bool {
        self.entries.iter().any(|entry| entry.id == id)
    }

    /// The days that live orders hold, by house.
    pub fn held(&self) -> BTreeSet<(String, NaiveDate)> {
        self.days().into_keys().collect()
    }

    #[track_caller]
    pub fn assert_no_day_is_held_twice(&self) {
        for ((house, day), holders) in self.days() {
            assert_eq!(holders.len(), 1, "{house} on {day} is held by {holders:?}");
        }
    }

    fn days(&self) -> BTreeMap<(String, NaiveDate), Vec<i64>> {
        let mut days: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.live) {
            let mut day = entry.start;
            while day <= entry.end {
                days.entry((entry.house.clone(), day)).or_default().push(entry.id);
                day = day + Days::new(1);
            }
        }
        days
    }
}
