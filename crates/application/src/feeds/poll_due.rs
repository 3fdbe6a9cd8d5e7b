//! Polling every feed that is due.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use minsu_domain::FeedId;
use minsu_ports::{Job, Signal};

use super::{
    places::{OF_A_HOST, TOGETHER},
    poll,
};
use crate::{App, AppError};

/// Feeds that are read from the store at a time.
const BATCH: u32 = 200;
/// Of them those of one host.
const BATCH_OF_A_HOST: u32 = 32;
/// No further feed is begun after so long.
const RUN: TimeDelta = TimeDelta::seconds(30);

/// Polls the feeds that are due, the one that waits longest first, a few of each host at a time. Returns how many were
/// polled, how many failed for a reason of this site, and whether some are left.
///
/// # Errors
/// [`AppError::StoreUnavailable`] where the feeds cannot be read.
pub(crate) async fn poll_due(app: &App, begun: DateTime<Utc>) -> Result<(u64, u64, bool), AppError> {
    let due = app.store.read_own().await?.feeds().due(begun, BATCH, BATCH_OF_A_HOST).await?;
    let is_full = due.len() == BATCH as usize;
    let mut waiting: VecDeque<(FeedId, String)> = due.into();
    let mut of_host: HashMap<String, usize> = HashMap::new();
    let mut running = FuturesUnordered::new();
    let (mut done, mut failed) = (0, 0);
    loop {
        while running.len() < TOGETHER && app.clock.now() - begun < RUN {
            let may_begin = |(_, host): &(FeedId, String)| of_host.get(host).is_none_or(|busy| *busy < OF_A_HOST);
            let Some(place) = waiting.iter().position(may_begin) else { break };
            let Some((id, host)) = waiting.remove(place) else { break };
            *of_host.entry(host.clone()).or_default() += 1;
            running.push(async move { (id, host, poll(app, id).await) });
        }
        let Some((id, host, polled)) = running.next().await else { break };
        if let Some(busy) = of_host.get_mut(&host) {
            *busy -= 1;
        }
        match polled {
            Ok(polled) => {
                done += u64::from(polled);
                if polled {
                    app.telemetry.count(Signal::JobDone(Job::PollFeeds));
                }
            }
            Err(error) => {
                failed += 1;
                app.telemetry.count(Signal::JobFailed(Job::PollFeeds));
                tracing::warn!(%error, feed = %id, "a calendar was not polled");
            }
        }
    }
    Ok((done, failed, is_full || !waiting.is_empty()))
}

#[cfg(test)]
mod tests;
