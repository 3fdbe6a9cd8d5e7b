//! The clock of a provider.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_http::Answer;
use reqwest::header::DATE;

/// The time of the server that answered, where it tells it.
pub(crate) fn date(answer: &Answer) -> Option<DateTime<Utc>> {
    let date = answer.headers.get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.to_utc())
}

/// How far that is ahead of ours, to the second; nothing where it is not told.
pub(crate) fn ahead(date: Option<DateTime<Utc>>, now: DateTime<Utc>) -> TimeDelta {
    date.map_or(TimeDelta::zero(), |date| TimeDelta::seconds(date.timestamp() - now.timestamp()))
}
