//! A second way to follow a feed, written apart: it keeps the whole history of answers, and looks back through it for
//! every day and every answer.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::FeedReading;

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    Good(FeedReading),
    Unchanged,
    Bad,
    Released,
    Relinked,
}

/// When, what held the days here then, and which ones the channel had been told.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub what: Happening,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    pub holders: BTreeSet<NaiveDate>,
    pub told: BTreeSet<NaiveDate>,
}

/// The history, and for each entry the days that were held before it and after it.
#[derive(Debug, Default)]
pub(super) struct Model {
    entries: Vec<Entry>,
    held: Vec<BTreeSet<NaiveDate>>,
}

impl Model {
    pub fn held(&self) -> BTreeSet<NaiveDate> {
        self.held.last().cloned().unwrap_or_default()
    }

    /// Adds what happened.
    pub fn add(&mut self, entry: Entry) {
        let before = self.held();
        self.entries.push(entry);
        let n = self.entries.len() - 1;
        let mut after = before.clone();
        if let Happening::Good(reading) = &self.entries[n].what {
            after.extend(reading.days.iter().map(|(day, _)| day).filter(|day| *day >= self.entries[n].today));
        }
        self.held.push(after.clone());
        match self.entries[n].what {
            Happening::Good(_) | Happening::Unchanged if self.count(n).is_some() => {
                let has_left = |k| self.passed(k, n) >= TimeDelta::minutes(15);
                let may_leave = |day| !self.is_held_back(n) || self.was_derived(n, day);
                after.retain(|day| {
                    *day < self.entries[n].today || !may_leave(*day) || !self.missed(n, *day).is_some_and(has_left)
                });
            }
            Happening::Released if self.hold_before(n).is_some() && self.content(n).is_some() => {
                after.retain(|day| *day < self.entries[n].today || self.missed(n, *day).is_none());
            }
            _ => {}
        }
        self.held[n] = after;
    }

    /// The days that are derived: first seen while the channel could have them from here, and never since without
    /// anything else that holds them for 24 hours.
    pub fn derived(&self) -> BTreeSet<NaiveDate> {
        self.held().into_iter().filter(|day| self.is_derived(self.entries.len() - 1, *day)).collect()
    }

    /// Whether a day is derived when an answer is looked at, before the time since the last one counts.
    fn was_derived(&self, n: usize, day: NaiveDate) -> bool {
        match n.checked_sub(1) {
            Some(before) if self.held[before].contains(&day) => self.is_derived(before, day),
            _ => self.comes_from_here(n, day),
        }
    }

    fn comes_from_here(&self, n: usize, day: NaiveDate) -> bool {
        self.entries[n].told.contains(&day)
    }

    /// Whether a day that is held behind an entry is derived then.
    fn is_derived(&self, last: usize, day: NaiveDate) -> bool {
        let seen = self.held[..=last].iter().rposition(|held| !held.contains(&day)).map_or(0, |n| n + 1);
        if !self.comes_from_here(seen, day) {
            return false;
        }
        let mut alone: Option<usize> = None;
        for n in (seen..=last).filter(|n| day >= self.entries[*n].today) {
            if self.entries[n].holders.contains(&day) {
                alone = None;
            } else if self.passed(*alone.get_or_insert(n), n) >= TimeDelta::hours(24) {
                return false;
            }
        }
        true
    }

    fn passed(&self, from: usize, to: usize) -> TimeDelta {
        self.entries[to].now - self.entries[from].now
    }

    /// The last good answer up to an entry, if it was complete and of the link of that time.
    fn content(&self, n: usize) -> Option<&FeedReading> {
        self.entries[..=n].iter().rev().find_map(|entry| match &entry.what {
            Happening::Good(reading) => Some(reading.is_complete().then_some(reading)),
            Happening::Relinked => Some(None),
            _ => None,
        })?
    }

    /// Whether an entry is an answer that tells that a day is free.
    fn frees(&self, k: usize, day: NaiveDate) -> bool {
        let is_answer = matches!(self.entries[k].what, Happening::Good(_) | Happening::Unchanged);
        let misses = self.content(k).is_some_and(|reading| reading.days.kind(day).is_none());
        is_answer && day >= self.entries[k].today && misses
    }

    /// The first answer of those that missed a day which is held, without one that had it since.
    fn missed(&self, n: usize, day: NaiveDate) -> Option<usize> {
        let mut first = None;
        for k in (0..=n).rev() {
            let entry = &self.entries[k];
            let has_it = match &entry.what {
                Happening::Good(reading) => day >= entry.today && reading.days.kind(day).is_some(),
                Happening::Relinked => true,
                _ => false,
            };
            if has_it || !self.held[k].contains(&day) {
                break;
            }
            if self.frees(k, day) {
                first = Some(k);
            }
        }
        first
    }

    /// How many days are held at an answer from that day on and not derived, and how many of them it misses; `None` where
    /// the entry tells nothing of free days. What left with the answer counts as held.
    fn count(&self, n: usize) -> Option<(usize, usize)> {
        let (own, reading) = self.own(n)?;
        let missing = own.iter().filter(|day| reading.days.kind(**day).is_none()).count();
        Some((missing, own.len()))
    }

    fn own(&self, n: usize) -> Option<(BTreeSet<NaiveDate>, &FeedReading)> {
        matches!(self.entries[n].what, Happening::Good(_) | Happening::Unchanged).then_some(())?;
        let reading = self.content(n)?;
        let mut at = if n == 0 { BTreeSet::new() } else { self.held[n - 1].clone() };
        if let Happening::Good(reading) = &self.entries[n].what {
            at.extend(reading.days.iter().map(|(day, _)| day));
        }
        at.retain(|day| *day >= self.entries[n].today && !self.was_derived(n, *day));
        Some((at, reading))
    }

    /// The beginning of the hold that is on before an entry: the first of the suspicious answers in a row.
    fn hold_before(&self, n: usize) -> Option<usize> {
        let mut begun = None;
        for k in (0..n).rev() {
            match self.entries[k].what {
                Happening::Released if self.hold_before(k).is_some() => break,
                Happening::Relinked => {
                    return self.begun_unless_waived(begun, k, n);
                }
                _ => {}
            }
            let Some((missing, held)) = self.count(k) else { continue };
            let is_suspicious = missing > 0 && (missing == held || (missing >= 3 && 2 * missing > held));
            if !is_suspicious || self.has_let_go(k) {
                break;
            }
            begun = Some(k);
        }
        let waived = begun.and_then(|k| (0..k).rev().find(|j| self.waives(*j)));
        match waived {
            Some(j) => self.begun_unless_waived(begun, j, n),
            None => begun,
        }
    }

    /// Whether from an entry on suspicious answers are believed.
    fn waives(&self, j: usize) -> bool {
        match self.entries[j].what {
            Happening::Relinked => true,
            Happening::Released => self.content(j).is_none() && self.hold_before(j).is_some(),
            _ => false,
        }
    }

    /// The beginning of a hold, unless what was said at `j` still counts for it: until an answer misses nothing or
    /// lets days go.
    fn begun_unless_waived(&self, begun: Option<usize>, j: usize, n: usize) -> Option<usize> {
        let ends = |k: usize| self.count(k).is_some_and(|(missing, _)| missing == 0) || self.has_let_go(k);
        let end = (j + 1..n).find(|k| ends(*k))?;
        begun.filter(|k| *k > end)
    }

    /// Whether days that are not derived left with an answer.
    fn has_let_go(&self, k: usize) -> bool {
        self.own(k).is_some_and(|(own, _)| own.iter().any(|day| !self.held[k].contains(day)))
    }

    /// Whether missing days stay at an answer because of a hold, one that begins with it included.
    fn is_held_back(&self, n: usize) -> bool {
        let Some((missing, held)) = self.count(n) else { return true };
        let is_suspicious = missing > 0 && (missing == held || (missing >= 3 && 2 * missing > held));
        if !is_suspicious || self.is_waived(n) {
            return false;
        }
        self.hold_before(n).is_none_or(|k| self.passed(k, n) < TimeDelta::hours(24))
    }

    /// Whether the landlord's word or a new link counts at an answer.
    fn is_waived(&self, n: usize) -> bool {
        let Some(j) = (0..n).rev().find(|j| self.waives(*j)) else { return false };
        let ends = |k: usize| self.count(k).is_some_and(|(missing, _)| missing == 0) || self.has_let_go(k);
        !(j + 1..n).any(ends)
    }
}
