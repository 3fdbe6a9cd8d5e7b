//! Calendars of other sites: the days that they occupy ([`FeedDays`]), what a new answer of such a calendar changes
//! here ([`FeedState`]), which of its stays clash with orders ([`ConflictChanges`]), and the calendar that is given
//! to them ([`CalendarExport`]).
//!
//! An imported calendar is compared as a set of days. Its events have no identity here: channels renumber them,
//! move them and cut them anew from one answer to the next.

mod conflicts;
mod day_kind;
mod day_range;
mod echo;
mod event_days;
mod export;
mod feed_days;
mod held_day;
mod hold;
mod offsets;
mod reading;
mod state;
mod step;

#[cfg(test)]
mod slow_model;
#[cfg(test)]
mod tests;

pub use conflicts::ConflictChanges;
pub use day_kind::DayKind;
pub use day_range::DayRange;
pub use echo::{ECHO_LIFETIME, Echo, Surroundings};
pub use event_days::{EventDays, EventEnd};
pub use export::CalendarExport;
pub use feed_days::{FeedDays, FeedDaysCollector};
pub use held_day::HeldDay;
pub use hold::{HOLD_TIME, Hold};
pub use offsets::DayOffsets;
pub use reading::{FeedReading, ReadingFault, ReadingTerms};
pub use state::{FeedState, LEAVING_TIME};
pub use step::FeedStep;
