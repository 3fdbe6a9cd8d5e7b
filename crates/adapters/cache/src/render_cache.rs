//! Cached renderings in two tiers: in this process, over a cache that all processes share.
//!
//! Peek, single flight (`single_flight.rs`) and version tokens (`version_tokens.rs`) are here and nowhere
//! else. `docs/cache.md` describes them, [`Uncached`] is the plain fallback behind the same port. Pipelining
//! of reads belongs to the Redis adapter.

mod local;
mod options;
mod render_guard;
mod shared;
mod sharing_policy;
mod single_flight;
mod stored;
mod tiers;
mod uncached;
mod version_tokens;

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use minsu_ports::{Cache, Clock, Entry, EntryKey, InvalidationTag, Lookup, Notified, RenderCache, RenderCacheCounts};
use tokio::runtime::Handle;

use local::LocalTier;
use render_guard::Guard;
use shared::SharedTier;
use single_flight::{Joined, Outcome, SingleFlight};
use tiers::{Counters, Tiers};

pub use options::RenderCacheOptions;
pub use uncached::Uncached;

/// How long after its tokens were read an entry is served without reading them again. Together with the
/// time that an invalidation takes to reach the shared cache this stays below a second.
const FRESH: Duration = Duration::from_millis(800);
/// How long the only process of a site serves an entry: it sees every change itself, except those made
/// directly in the database.
const FRESH_ALONE: Duration = Duration::from_secs(10);
/// How long a caller waits for an entry that another caller renders. After that it is refused: rendering the
/// entry once more would make slow renders slower.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cached renderings in two tiers.
///
/// Of simultaneous callers one looks the entry up, or renders it, and the others wait for it. The tier
/// in this process serves an entry for less than a second. The tier in the shared cache keeps it until
/// data that it shows changes: the name of its hash contains the version tokens of its tags,
/// and an invalidation gives the tags new tokens that were never used before, so that entries kept under
/// the old ones are never found again and expire. The tokens are read before an entry is rendered: an entry
/// of old data is kept under old tokens.
///
/// When the shared cache does not answer, entries are rendered and kept in this process alone. An invalidation
/// that failed is repeated until it succeeds, and meanwhile this process takes no shared entry that has one of
/// its tags.
pub struct TwoTierCache {
    tiers: Arc<Tiers>,
}

impl TwoTierCache {
    /// Entries that all processes on this cache share.
    pub fn shared(options: RenderCacheOptions, cache: Arc<dyn Cache>, clock: Arc<dyn Clock>) -> Self {
        let local = LocalTier::new(options.local_bytes);
        Self::of(local, Some(Arc::new(SharedTier::new(cache, clock, &options))), FRESH)
    }

    /// Entries of a process that is the only one.
    pub fn alone(local_bytes: u64) -> Self {
        Self::of(LocalTier::new(local_bytes), None, FRESH_ALONE)
    }

    fn of(local: LocalTier, shared: Option<Arc<SharedTier>>, fresh: Duration) -> Self {
        let (single_flight, counters) = (SingleFlight::default(), Counters::default());
        Self { tiers: Arc::new(Tiers { local, shared, single_flight, fresh, counters }) }
    }
}

#[async_trait]
impl RenderCache for TwoTierCache {
    fn peek(&self, key: &EntryKey) -> Option<Entry> {
        self.tiers.local(key)
    }

    async fn lookup(&self, key: &EntryKey) -> Lookup {
        let tiers = &self.tiers;
        if let Some(entry) = tiers.local(key) {
            return Lookup::Hit(entry);
        }
        let leader = match tiers.single_flight.join(*key, tiers.local.last_change(key)) {
            Joined::Leader(leader) => leader,
            Joined::Waiter(waiter) => match waiter.wait(PATIENCE).await {
                Some(Outcome::Page(entry)) => {
                    tiers.counters.awaited.fetch_add(1, Ordering::Relaxed);
                    return Lookup::Hit(entry);
                }
                Some(Outcome::Lead(leader)) => leader,
                None => return Lookup::Busy,
            },
        };
        // Another leader may have completed since the lookup.
        if let Some(entry) = tiers.local(key) {
            leader.complete(&entry);
            return Lookup::Hit(entry);
        }
        let begun = Instant::now();
        let place = match &tiers.shared {
            Some(shared) => shared.place(key, &tiers.local).await,
            None => None,
        };
        if let Some(entry) = tiers.shared(key, place.as_ref()).await {
            leader.complete(&entry);
            return Lookup::Hit(entry);
        }
        let read_at = place.as_ref().map_or(begun, |place| place.read_at);
        Lookup::Miss(Guard::of(Arc::clone(tiers), *key, leader, read_at, place))
    }

    fn invalidate(&self, tags: &[InvalidationTag]) -> Notified {
        let (tiers, tags) = (Arc::clone(&self.tiers), tags.to_vec());
        let Ok(runtime) = Handle::try_current() else {
            // The process ends: only its own entries can still be dropped, and it shows none any more.
            tiers.local.note_change(&tags);
            return Box::pin(ready(()));
        };
        // A task of its own: the change is committed, and the caller may be dropped now.
        let announced = runtime.spawn(async move {
            if let Some(shared) = &tiers.shared {
                shared.invalidate(&tags).await;
            }
            // Not earlier: entries read in the meantime may have been read under the old tokens.
            tiers.local.note_change(&tags);
        });
        Box::pin(async move {
            if let Err(error) = announced.await {
                tracing::error!(%error, "announcing a change of entries panicked");
            }
        })
    }

    fn counts(&self) -> RenderCacheCounts {
        let Counters { local, shared, awaited, rendered } = &self.tiers.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let unshared = self.tiers.shared.as_ref().map_or(0, |shared| shared.unshared());
        let (unavailable, unannounced) = self.tiers.shared.as_ref().map_or((0, 0), |shared| shared.failures());
        RenderCacheCounts {
            local: read(local),
            shared: read(shared),
            awaited: read(awaited),
            rendered: read(rendered),
            unshared,
            unavailable,
            unannounced,
        }
    }
}
