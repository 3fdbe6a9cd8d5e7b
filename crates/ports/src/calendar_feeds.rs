//! Calendars of other sites, as bytes.

use async_trait::async_trait;
use bytes::Bytes;
use minsu_domain::{CalendarExport, FeedReading, ReadingTerms};
use thiserror::Error;

/// An answer that is no calendar to rely on. No day is freed because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum FeedError {
    /// It does not begin as a calendar: a page of a login, for example.
    #[error("not a calendar")]
    NotACalendar,
    /// It does not end as a calendar: the rest is missing.
    #[error("the calendar is cut off")]
    CutOff,
    /// Its parts do not begin and end in pairs.
    #[error("the parts of the calendar do not fit together")]
    Unbalanced,
    /// Its parts are within each other deeper than those of any calendar.
    #[error("the calendar is nested too deeply")]
    TooDeep,
    /// More bytes than are read.
    #[error("the calendar is too large")]
    TooLarge,
    /// More events than are read.
    #[error("the calendar has too many events")]
    TooManyEvents,
    /// More rules of series than are read.
    #[error("the calendar has too many rules")]
    TooManyRules,
    /// Reading it took longer than it may.
    #[error("the calendar takes too long to read")]
    TooSlow,
    /// Too many are being read already. Nothing is wrong with the calendar.
    #[error("too many calendars are being read")]
    Busy,
    /// The reader failed: a defect.
    #[error("the calendar could not be read")]
    Defect,
}

impl FeedError {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NotACalendar,
        Self::CutOff,
        Self::Unbalanced,
        Self::TooDeep,
        Self::TooLarge,
        Self::TooManyEvents,
        Self::TooManyRules,
        Self::TooSlow,
        Self::Busy,
        Self::Defect,
    ];

    /// The code by which the landlord is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotACalendar => "not_a_calendar",
            Self::CutOff => "cut_off",
            Self::Unbalanced => "unbalanced",
            Self::TooDeep => "too_deep",
            Self::TooLarge => "too_large",
            Self::TooManyEvents => "too_many_events",
            Self::TooManyRules => "too_many_rules",
            Self::TooSlow => "too_slow",
            Self::Busy => "busy",
            Self::Defect => "defect",
        }
    }
}

/// Reads the calendars of other sites and writes those that they are given. Of an event only its days and its kind
/// are kept; names, telephones and texts are neither returned nor logged.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait CalendarFeeds: Send + Sync {
    /// The days that a calendar occupies, in the time zone of the site, read off the async threads. A part that
    /// cannot be read is no error: it is told beside the days ([`FeedReading::fault`]).
    ///
    /// # Errors
    /// [`FeedError`].
    async fn read(&self, calendar: Bytes, terms: ReadingTerms) -> Result<FeedReading, FeedError>;

    /// The calendar as bytes, the same for the same export. [`CalendarFeeds::read`] knows its events again and
    /// leaves them out.
    fn write(&self, export: &CalendarExport) -> Bytes;
}
