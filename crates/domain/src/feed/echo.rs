//! Days that come back: a channel exports what it imported from here.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// How long a derived day stays derived when its holder is gone. A channel that still has it after that has a
/// reason of its own.
pub const ECHO_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The mark of a derived day: the channel had been told by this site that it is taken before its feed had it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Echo {
    /// Since when nothing else here holds the day; `None` while something does.
    pub alone_since: Option<DateTime<Utc>>,
}

impl Echo {
    /// The mark as it is now; `None` when the day has become an ordinary one.
    pub(super) fn aged(self, is_held: bool, now: DateTime<Utc>) -> Option<Self> {
        if is_held {
            return Some(Self { alone_since: None });
        }
        let alone_since = self.alone_since.unwrap_or(now);
        (now - alone_since < ECHO_LIFETIME).then_some(Self { alone_since: Some(alone_since) })
    }
}

/// What is known here when an answer of a feed comes in.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The time of the answer.
    pub now: DateTime<Utc>,
    /// Today, at the site. Days before it are left alone.
    pub today: NaiveDate,
    /// The days that something else here holds, of which channels are told: an order, a block of the landlord, a day of
    /// another feed that is not derived itself.
    pub holders: &'a BTreeSet<NaiveDate>,
    /// The days that the channel was told when it last fetched the calendar that it is given.
    pub told: &'a BTreeSet<NaiveDate>,
}

impl Surroundings<'_> {
    /// The mark of a day that the feed has for the first time: set if the channel can have it from here, also where
    /// its holder has gone since.
    pub(super) fn echo(&self, day: NaiveDate) -> Option<Echo> {
        self.told.contains(&day).then(Echo::default)
    }
}
