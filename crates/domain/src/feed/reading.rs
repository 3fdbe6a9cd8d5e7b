//! What is read out of the bytes of a calendar.

use chrono::NaiveDate;
use thiserror::Error;

use super::{DayOffsets, FeedDays};

/// How a feed is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingTerms {
    /// The first day that counts, usually today.
    pub from: NaiveDate,
    /// The first day that does not count any more, usually the horizon of bookings.
    pub until: NaiveDate,
    /// Days that the landlord adds to every event.
    pub offsets: DayOffsets,
    /// Whether the landlord says that no event is a stay.
    pub is_all_closures: bool,
}

/// A part of a calendar that could not be read. The calendar may occupy more days than were found: they count, and
/// none is freed because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum ReadingFault {
    /// An event without a start, or with one that is no date.
    #[error("an event has no readable start")]
    Start,
    /// The end of an event is no date.
    #[error("the end of an event cannot be read")]
    End,
    /// The duration of an event is none.
    #[error("the duration of an event cannot be read")]
    Duration,
    /// A time in a zone that has no known name and no definition in the calendar; the zone of the calendar, or of
    /// the site, was taken.
    #[error("the time zone of an event is not known")]
    Zone,
    /// An additional or a left-out date of a series is none, or the date that an exception replaces.
    #[error("a date of a series cannot be read")]
    SeriesDate,
    /// A rule of a series that cannot be read.
    #[error("the rule of a series cannot be read")]
    Rule,
    /// A rule that repeats more often than daily.
    #[error("the rule of a series repeats more often than daily")]
    RuleTooFine,
    /// A rule with more occurrences than are looked at.
    #[error("the rule of a series has too many occurrences")]
    RuleTooLong,
}

impl ReadingFault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Start,
        Self::End,
        Self::Duration,
        Self::Zone,
        Self::SeriesDate,
        Self::Rule,
        Self::RuleTooFine,
        Self::RuleTooLong,
    ];

    /// The code by which the landlord is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Start => "event_start",
            Self::End => "event_end",
            Self::Duration => "event_duration",
            Self::Zone => "event_zone",
            Self::SeriesDate => "series_date",
            Self::Rule => "rule",
            Self::RuleTooFine => "rule_too_fine",
            Self::RuleTooLong => "rule_too_long",
        }
    }
}

/// A calendar that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedReading {
    /// The occupied days within the terms.
    pub days: FeedDays,
    /// The first part that could not be read.
    pub fault: Option<ReadingFault>,
    /// How many events occupy days, before or behind the terms included; a series is one.
    pub busy_events: u32,
    /// How many events do not, because they are marked as free or as cancelled.
    pub free_events: u32,
    /// How many events were left out because this site made them: a channel gives back what it was given.
    pub own_events: u32,
}

impl FeedReading {
    /// Whether a day that is not among the days is free in the feed.
    pub fn is_complete(&self) -> bool {
        self.fault.is_none()
    }
}
