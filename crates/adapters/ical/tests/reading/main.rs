//! Calendars as they are published, as they go wrong, and as this site writes them.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bombs;
mod contract;
mod other_readers;
mod properties;
mod quirks;
mod samples;
mod series;
mod support;
