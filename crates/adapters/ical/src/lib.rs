//! iCalendar: the calendars of other sites as days, and days as a calendar for them.
//!
//! The way of a calendar, each step in its own file:
//! 1. `calendars`: the bounded executor (`minsu-executor`), off the async threads, with a deadline.
//! 2. `lines`: folds are taken out of the bytes before they are decoded, blanks off the ends of lines.
//! 3. `components`: whole and balanced, within the limits of `limits`; nothing else frees a day.
//! 4. `content_line`, `values`, `event`: the properties that matter for days, read strictly. A date that is cut or has
//!    something behind it is a fault of the reading, never another date.
//! 5. `zones`: by IANA and Windows names, by the definition in the calendar, by X-WR-TIMEZONE, by the site.
//! 6. `rule`, `series`: rules are checked here and followed by `calcard`, each on its own and with its own limit; exceptions
//!    belong to the series of their identifier.
//! 7. `reader`: days and kinds, all that is kept.
//!
//! All of it shares one `budget` of time and occurrences for a file.
//!
//! `calcard` is given one rule at a time and no calendar of others: its parser takes cut files, drops what it does not
//! understand without a word, reads 300 as the 44th of a month, and shares one limit between all series.
//!
//! What comes before is `fetcher`: calendars are fetched by the client for addresses that strangers name.
//!
//! The way back is `writer`, with the identifiers of `own_uid`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod budget;
mod calendars;
mod components;
mod content_line;
mod event;
mod fetcher;
mod limits;
mod lines;
mod own_uid;
mod reader;
mod rule;
mod series;
mod values;
mod writer;
mod zones;

pub use calendars::{IcalCalendars, IcalOptions};
pub use fetcher::HttpFeedFetcher;
