//! One poll of a feed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::FeedId;
use minsu_ports::{EventCounts, FeedSignal, LeasedFeed, LockedLandlord, PollEnd, PollOutcome, Signal, Store, WorkerId};

use super::{
    ask::{Asked, ask},
    pace, step,
};
use crate::{
    App, AppError, ListingError,
    transaction::{in_locked_transaction, in_transaction},
};

/// How long a feed that is being polled is left to its worker: longer than fetching and reading take together.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How long a feed rests that was not asked or not read because too many were.
const BUSY: TimeDelta = TimeDelta::minutes(1);

/// Polls a feed that is due and is not polled yet, and writes what its answer changes, in one transaction. A
/// feed that its landlord changed or deleted meanwhile is left as it is. Tells whether it was polled.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; the feed is polled again when its lease has ended.
pub async fn poll(app: &App, id: FeedId) -> Result<bool, AppError> {
    // What a request asked for is done; this is no part of it.
    let app = &app.without_claim();
    let (worker, now) = (WorkerId(u64::from_le_bytes(app.random())), app.clock.now());
    let mut leased = None;
    in_transaction(app, async |transaction| {
        leased = transaction.feeds().lease(id, worker, now, now + LEASE).await?;
        Ok(leased.is_some())
    })
    .await?;
    let Some(feed) = leased else { return Ok(false) };
    let asked = match app.feed_polls.enter(&feed.source.host) {
        Some(_place) => ask(app, &feed, now).await,
        None => Asked::Busy,
    };
    if let Asked::Busy = asked {
        let next = app.clock.now() + BUSY;
        in_transaction(app, async |transaction| Ok(transaction.feeds().give_back(id, worker, next).await?)).await?;
        return Ok(true);
    }
    let is_written = settle(app, (id, worker), &feed, (&asked, now)).await?;
    app.telemetry.count(Signal::Feed(match (is_written, &asked) {
        (false, _) => FeedSignal::Dropped,
        (true, Asked::Content { .. }) => FeedSignal::Read,
        (true, Asked::Unchanged) => FeedSignal::Unchanged,
        (true, Asked::Bad { .. } | Asked::Busy) => FeedSignal::Failed,
    }));
    if let Asked::Bad { code, .. } = &asked {
        tracing::info!(feed = %id, host = feed.source.host, code, "a calendar gave no good answer");
    }
    Ok(true)
}

/// Writes what an answer changes; `false` where the feed was changed meanwhile and nothing is written.
async fn settle(
    app: &App,
    (id, worker): (FeedId, WorkerId),
    feed: &LeasedFeed,
    (asked, begun): (&Asked, DateTime<Utc>),
) -> Result<bool, AppError> {
    let end = end(app, feed, asked, begun);
    let begin = async |store: &dyn Store| {
        Ok(LockedLandlord::begin(store, feed.landlord).await?.ok_or(ListingError::NotFound)?)
    };
    let written = in_locked_transaction(app, begin, async |transaction, landlord| {
        let calendar = landlord.with_calendar(&mut **transaction, feed.house).await?;
        let Some(calendar) = calendar else { return Ok(false) };
        if !transaction.feeds().is_leased(&calendar, id, worker).await? {
            return Ok(false);
        }
        step::take(app, transaction, &calendar, id, |state, around| match asked {
            Asked::Content { reading, .. } => state.good(reading, around),
            Asked::Unchanged => state.unchanged(around),
            Asked::Bad { .. } | Asked::Busy => state.bad(around),
        })
        .await?;
        Ok(transaction.feeds().finish(id, worker, &end).await?)
    });
    match written.await {
        // The account or the house was deleted meanwhile, and the feed with it.
        Err(AppError::Listing(ListingError::NotFound)) => Ok(false),
        result => result,
    }
}

fn end(app: &App, feed: &LeasedFeed, asked: &Asked, begun: DateTime<Utc>) -> PollEnd {
    let at = app.clock.now();
    let rest = |failures, retry_after: Option<Duration>| at + pace::rest(failures, retry_after, app.random());
    let (outcome, next_at) = match asked {
        Asked::Content { reading, etag, last_modified } => {
            let events = EventCounts { busy: reading.busy_events, free: reading.free_events, own: reading.own_events };
            let fault = reading.fault.map(|fault| fault.code());
            let (etag, last_modified) = (etag.clone(), last_modified.clone());
            (PollOutcome::Content { etag, last_modified, events, fault }, rest(0, None))
        }
        Asked::Unchanged | Asked::Busy => (PollOutcome::Unchanged, rest(0, None)),
        Asked::Bad { code, retry_after } => (PollOutcome::Bad(code.clone()), rest(feed.failures + 1, *retry_after)),
    };
    PollEnd { begun, at, outcome, next_at }
}

#[cfg(test)]
mod tests;
