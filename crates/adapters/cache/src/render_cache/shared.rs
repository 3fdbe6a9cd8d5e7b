//! The tier in the shared cache.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use minsu_ports::{Cache, CacheError, CacheKey, Clock, Entry, EntryKey, InvalidationTag};

use super::{
    local::LocalTier,
    options::RenderCacheOptions,
    sharing_policy::SharingPolicy,
    stored,
    version_tokens::{Numbers, TOKEN_LIFETIME, VersionTokens},
};

/// How long the shared cache is not used after it did not answer: each lookup would wait for its deadline.
const REST: Duration = Duration::from_secs(1);
/// The pause before a failed invalidation is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Entries that all processes share.
pub(super) struct SharedTier {
    cache: Arc<dyn Cache>,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    release: String,
    tokens: VersionTokens,
    sharing_policy: SharingPolicy,
    unshared_count: AtomicU64,
    resting_until: Mutex<Option<Instant>>,
    unannounced: Mutex<Unannounced>,
    unavailable_count: AtomicU64,
    unannounced_count: AtomicU64,
}

/// Invalidations that failed: other processes do not know of these changes yet.
#[derive(Default)]
struct Unannounced {
    since: HashMap<InvalidationTag, Instant>,
    /// Whether the task that repeats them is running.
    retrying: bool,
}

/// Where an entry is kept.
pub(super) struct Place {
    name: CacheKey,
    field: u32,
    /// When its tokens were read: entries there show every change whose invalidation had arrived by then.
    pub(super) read_at: Instant,
}

impl SharedTier {
    pub(super) fn new(cache: Arc<dyn Cache>, clock: Arc<dyn Clock>, options: &RenderCacheOptions) -> Self {
        let lifetime = options.lifetime.min(TOKEN_LIFETIME / 2);
        Self {
            cache,
            clock,
            lifetime,
            release: options.release.clone(),
            tokens: VersionTokens::new(lifetime),
            sharing_policy: SharingPolicy::new(options.shared_bytes, options.only_asked_again, lifetime),
            unshared_count: AtomicU64::new(0),
            resting_until: Mutex::new(None),
            unannounced: Mutex::default(),
            unavailable_count: AtomicU64::new(0),
            unannounced_count: AtomicU64::new(0),
        }
    }

    /// Where the entry is kept now; `None` when the cache does not answer, or when an invalidation of one of the
    /// entry's tags has not reached it yet.
    pub(super) async fn place(&self, key: &EntryKey, local: &LocalTier) -> Option<Place> {
        let place = if self.rests() || self.waits_for(key) { None } else { self.find_place(key, local).await };
        if place.is_none() {
            self.unavailable_count.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    async fn find_place(&self, key: &EntryKey, local: &LocalTier) -> Option<Place> {
        let begun = Instant::now();
        let tokens = self.answered(self.tokens.read(&*self.cache, key.tags(), local).await)?;
        let read_at = tokens.iter().map(|token| token.read_at).min().unwrap_or(begun);
        let name = CacheKey::of_parsed("page", format_args!("{key}:{}:{}", self.release, Numbers(&tokens)));
        Some(Place { name, field: key.field(), read_at })
    }

    pub(super) async fn get(&self, place: &Place) -> Option<Entry> {
        let stored = self.answered(self.cache.hash_get(&place.name, place.field).await)??;
        stored::decode(&stored, self.clock.now(), self.lifetime)
    }

    /// Keeps an entry, if it is worth its room.
    pub(super) async fn put(&self, key: &EntryKey, place: &Place, entry: &Entry) {
        if self.rests() {
            return;
        }
        if !self.sharing_policy.admits(key, entry.body.len()) {
            self.unshared_count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let stored = stored::encode(entry, self.clock.now());
        self.answered(self.cache.hash_set(&place.name, place.field, stored, self.lifetime).await);
    }

    /// Lookups that went without the shared cache, and invalidations that failed.
    pub(super) fn failures(&self) -> (u64, u64) {
        (self.unavailable_count.load(Ordering::Relaxed), self.unannounced_count.load(Ordering::Relaxed))
    }

    /// Entries that were not kept for other processes.
    pub(super) fn unshared(&self) -> u64 {
        self.unshared_count.load(Ordering::Relaxed)
    }

    /// Renews the tokens of these tags. Failures are retried in the background until they succeed, or until
    /// every entry from before the change has expired.
    pub(super) async fn invalidate(self: &Arc<Self>, tags: &[InvalidationTag]) {
        let failed = self.renew(tags).await;
        self.unannounced_count.fetch_add(failed, Ordering::Relaxed);
        if failed > 0 && !std::mem::replace(&mut self.unannounced().retrying, true) {
            tokio::spawn(invalidate_again(Arc::downgrade(self)));
        }
    }

    /// Returns how many could not be renewed; these are noted in `unannounced`.
    async fn renew(&self, tags: &[InvalidationTag]) -> u64 {
        let begun = Instant::now();
        let renewed = join_all(tags.iter().map(async |tag| {
            let renewed = self.tokens.renew(&*self.cache, *tag).await;
            (*tag, self.answered(renewed).is_some())
        }))
        .await;
        let mut failed = 0;
        let mut unannounced = self.unannounced();
        for (tag, announced) in renewed {
            if !announced {
                failed += 1;
                // The later of two changes is the one that counts.
                let since = unannounced.since.entry(tag).or_insert(begun);
                *since = begun.max(*since);
            } else if unannounced.since.get(&tag).is_some_and(|since| *since <= begun) {
                // This covers every change before it, not one that came meanwhile.
                unannounced.since.remove(&tag);
            }
        }
        failed
    }

    /// Whether the cache did not answer a moment ago.
    fn rests(&self) -> bool {
        let until = *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Whether an invalidation of one of the entry's tags has failed and was not repeated yet.
    fn waits_for(&self, key: &EntryKey) -> bool {
        let unannounced = self.unannounced();
        !unannounced.since.is_empty() && key.tags().any(|tag| unannounced.since.contains_key(&tag))
    }

    fn unannounced(&self) -> MutexGuard<'_, Unannounced> {
        self.unannounced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer; without one the cache is not used for [`REST`].
    fn answered<T>(&self, answer: Result<T, CacheError>) -> Option<T> {
        answer
            .inspect_err(|_| {
                let mut until = self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
                *until = Some(Instant::now() + REST);
            })
            .ok()
    }
}

/// Repeats failed invalidations until none is left, or the cache is dropped.
async fn invalidate_again(shared: Weak<SharedTier>) {
    loop {
        tokio::time::sleep(RETRY).await;
        let Some(shared) = shared.upgrade() else { return };
        let tags: Vec<InvalidationTag> = {
            let mut unannounced = shared.unannounced();
            // By then every entry from before the change has expired.
            unannounced.since.retain(|_, since| since.elapsed() <= shared.lifetime);
            if unannounced.since.is_empty() {
                unannounced.retrying = false;
                return;
            }
            unannounced.since.keys().copied().collect()
        };
        shared.renew(&tags).await;
    }
}
