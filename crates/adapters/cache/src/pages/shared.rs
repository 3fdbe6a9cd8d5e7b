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
use minsu_ports::{Cache, CacheError, CacheKey, Clock, Page, PageKey, Scope};

use super::{
    PageOptions,
    local::LocalPages,
    stamps::{Numbers, STAMP_LIFETIME, Stamps},
    stored,
};

/// How long pages do without a cache that did not answer: each would wait for its deadline.
const REST: Duration = Duration::from_secs(1);
/// How often a change is announced that could not be.
const RETRY: Duration = Duration::from_millis(250);

/// Pages that all processes share.
pub(super) struct SharedPages {
    cache: Arc<dyn Cache>,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    release: String,
    stamps: Stamps,
    resting_until: Mutex<Option<Instant>>,
    unannounced: Mutex<Unannounced>,
    unavailable_count: AtomicU64,
    unannounced_count: AtomicU64,
}

/// Changes that the others do not know of yet.
#[derive(Default)]
struct Unannounced {
    since: HashMap<Scope, Instant>,
    /// Whether somebody is at it.
    retrying: bool,
}

/// Where a page is kept.
pub(super) struct Place {
    name: CacheKey,
    field: u32,
    /// When its stamps were read: what is there shows every change that was announced by then.
    pub(super) read_at: Instant,
}

impl SharedPages {
    pub(super) fn new(cache: Arc<dyn Cache>, clock: Arc<dyn Clock>, options: &PageOptions) -> Self {
        let lifetime = options.lifetime.min(STAMP_LIFETIME / 2);
        Self {
            cache,
            clock,
            lifetime,
            release: options.release.clone(),
            stamps: Stamps::new(lifetime),
            resting_until: Mutex::new(None),
            unannounced: Mutex::default(),
            unavailable_count: AtomicU64::new(0),
            unannounced_count: AtomicU64::new(0),
        }
    }

    /// Where the page is kept now; nowhere when the cache does not answer, or does not know of
    /// a change yet that the page may show.
    pub(super) async fn place(&self, key: &PageKey, local: &LocalPages) -> Option<Place> {
        let place = if self.rests() || self.waits_for(key) { None } else { self.find_place(key, local).await };
        if place.is_none() {
            self.unavailable_count.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    async fn find_place(&self, key: &PageKey, local: &LocalPages) -> Option<Place> {
        let begun = Instant::now();
        let stamps = self.answered(self.stamps.read(&*self.cache, key.scopes(), local).await)?;
        let read_at = stamps.iter().map(|stamp| stamp.read_at).min().unwrap_or(begun);
        let name = CacheKey::of_parsed("page", format_args!("{key}:{}:{}", self.release, Numbers(&stamps)));
        Some(Place { name, field: key.field(), read_at })
    }

    pub(super) async fn get(&self, place: &Place) -> Option<Page> {
        let stored = self.answered(self.cache.hash_get(&place.name, place.field).await)??;
        stored::decode(&stored, self.clock.now(), self.lifetime)
    }

    pub(super) async fn put(&self, place: &Place, page: &Page) {
        if self.rests() {
            return;
        }
        let stored = stored::encode(page, self.clock.now());
        self.answered(self.cache.hash_set(&place.name, place.field, stored, self.lifetime).await);
    }

    /// Lookups that went without the shared cache, and changes that could not be announced.
    pub(super) fn failures(&self) -> (u64, u64) {
        (self.unavailable_count.load(Ordering::Relaxed), self.unannounced_count.load(Ordering::Relaxed))
    }

    /// Renews the stamps of these scopes. What fails is tried again in the background until it
    /// succeeds, or until every page of before has reached its age.
    pub(super) async fn announce(self: &Arc<Self>, scopes: &[Scope]) {
        let failed = self.renew(scopes).await;
        self.unannounced_count.fetch_add(failed, Ordering::Relaxed);
        if failed > 0 && !std::mem::replace(&mut self.unannounced().retrying, true) {
            tokio::spawn(announce_again(Arc::downgrade(self)));
        }
    }

    /// Returns how many could not be renewed; these are noted as unannounced.
    async fn renew(&self, scopes: &[Scope]) -> u64 {
        let begun = Instant::now();
        let renewed = join_all(scopes.iter().map(async |scope| {
            let renewed = self.stamps.renew(&*self.cache, *scope).await;
            (*scope, self.answered(renewed).is_some())
        }))
        .await;
        let mut failed = 0;
        let mut unannounced = self.unannounced();
        for (scope, announced) in renewed {
            if !announced {
                failed += 1;
                // The later of two changes is the one that counts.
                let since = unannounced.since.entry(scope).or_insert(begun);
                *since = begun.max(*since);
            } else if unannounced.since.get(&scope).is_some_and(|since| *since <= begun) {
                // This speaks for every change before it, not for one that came meanwhile.
                unannounced.since.remove(&scope);
            }
        }
        failed
    }

    /// Whether the cache did not answer a moment ago.
    fn rests(&self) -> bool {
        let until = *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Whether a change that the page may show is not announced yet.
    fn waits_for(&self, key: &PageKey) -> bool {
        let unannounced = self.unannounced();
        !unannounced.since.is_empty() && key.scopes().any(|scope| unannounced.since.contains_key(&scope))
    }

    fn unannounced(&self) -> MutexGuard<'_, Unannounced> {
        self.unannounced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer; without one the cache is given a rest.
    fn answered<T>(&self, answer: Result<T, CacheError>) -> Option<T> {
        answer
            .inspect_err(|_| {
                let mut until = self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
                *until = Some(Instant::now() + REST);
            })
            .ok()
    }
}

/// Announces what could not be announced until nothing is left, or the cache is gone.
async fn announce_again(shared: Weak<SharedPages>) {
    loop {
        tokio::time::sleep(RETRY).await;
        let Some(shared) = shared.upgrade() else { return };
        let scopes: Vec<Scope> = {
            let mut unannounced = shared.unannounced();
            // By then no page of before the change is shown any more.
            unannounced.since.retain(|_, since| since.elapsed() <= shared.lifetime);
            if unannounced.since.is_empty() {
                unannounced.retrying = false;
                return;
            }
            unannounced.since.keys().copied().collect()
        };
        shared.renew(&scopes).await;
    }
}
