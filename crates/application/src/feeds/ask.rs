//! Asking for a feed: fetching it and reading it. No transaction is open meanwhile.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{FeedReading, ReadingTerms};
use minsu_ports::{FeedAnswer, FeedError, FeedRequest, LeasedFeed, SealedText};

use crate::{App, houses::plannable_days};

/// How long a content is asked for only where it changed: days that come within the horizon are seen with the next one.
const CONTENT_EVERY: TimeDelta = TimeDelta::hours(24);

/// What came.
pub(super) enum Asked {
    /// A calendar.
    Content {
        /// Its days.
        reading: FeedReading,
        /// Its `ETag`.
        etag: Option<String>,
        /// Its `Last-Modified`.
        last_modified: Option<String>,
    },
    /// The calendar is the last one.
    Unchanged,
    /// No good answer.
    Bad {
        /// Why, as a code.
        code: String,
        /// After how long the other side wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// Too many calendars are being fetched or read here. Nothing is known of this one.
    Busy,
}

impl Asked {
    fn bad(code: impl Into<String>) -> Self {
        Self::Bad { code: code.into(), retry_after: None }
    }
}

/// Asks for a feed.
pub(super) async fn ask(app: &App, feed: &LeasedFeed, now: DateTime<Utc>) -> Asked {
    let url = match app.sealer.open_text(SealedText::CalendarUrl(feed.house), &feed.source.url) {
        Ok(url) => url,
        Err(error) => {
            tracing::error!(%error, house = %feed.house, "the address of a feed that no key opens");
            return Asked::bad("sealed");
        }
    };
    let is_known = feed.content_at.is_some_and(|at| now - at < CONTENT_EVERY);
    let request = FeedRequest {
        url,
        etag: feed.etag.clone().filter(|_| is_known),
        last_modified: feed.last_modified.clone().filter(|_| is_known),
    };
    let is_conditional = request.etag.is_some() || request.last_modified.is_some();
    match app.feed_fetcher.fetch(&request).await {
        Ok(FeedAnswer::Unchanged) if is_conditional => Asked::Unchanged,
        Ok(FeedAnswer::Unchanged) => Asked::bad("http_304"),
        Ok(FeedAnswer::Content { body, etag, last_modified }) => {
            match app.calendar_feeds.read(body, terms(app, feed)).await {
                Ok(reading) => Asked::Content { reading, etag, last_modified },
                Err(FeedError::Busy) => Asked::Busy,
                Err(error) => Asked::bad(error.code()),
            }
        }
        Err(failed) => Asked::Bad { code: failed.code, retry_after: failed.retry_after },
    }
}

fn terms(app: &App, feed: &LeasedFeed) -> ReadingTerms {
    let days = plannable_days(app);
    ReadingTerms {
        from: *days.start(),
        until: days.end().succ_opt().unwrap_or(*days.end()),
        offsets: feed.terms.offsets,
        is_all_closures: feed.terms.is_all_closures,
    }
}
