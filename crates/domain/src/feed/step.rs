//! What an answer of a feed changes here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::HeldDay;

/// The difference between two states of a feed: what is to be written, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedStep {
    /// Days that the feed holds from now on.
    pub added: BTreeMap<NaiveDate, HeldDay>,
    /// Days that it held and holds on, of which something else changed.
    pub changed: BTreeMap<NaiveDate, HeldDay>,
    /// Days that it does not hold any more: free, unless something else here holds them.
    pub freed: BTreeSet<NaiveDate>,
    /// Whether a hold began, of which the landlord is to be told once.
    pub has_hold_begun: bool,
}

impl FeedStep {
    /// The difference between the days of two states.
    pub(super) fn between(old: &BTreeMap<NaiveDate, HeldDay>, new: &BTreeMap<NaiveDate, HeldDay>) -> Self {
        let mut step = Self::default();
        for (day, held) in new {
            match old.get(day) {
                None => drop(step.added.insert(*day, *held)),
                Some(known) if known != held => drop(step.changed.insert(*day, *held)),
                Some(_) => {}
            }
        }
        step.freed = old.keys().filter(|day| !new.contains_key(day)).copied().collect();
        step
    }

    /// Whether no day has to be written.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.freed.is_empty()
    }
}
