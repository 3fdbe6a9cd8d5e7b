//! The page cache: ready pages in this process, over those that all processes share.

mod flights;
mod local;
mod rendering;
mod shared;
mod stamps;
mod stored;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use minsu_ports::{Cache, Clock, Found, Page, PageCache, PageCounts, PageKey, Scope};

use flights::{Arrival, Flights, Joined};
use local::LocalPages;
use rendering::Making;
use shared::{Place, SharedPages};

/// How long after its stamps were read a page is shown without looking at them again. With what
/// a change needs to get to the shared cache this stays below a second.
const FRESH: Duration = Duration::from_millis(800);
/// How long a stamp that was read is used: half of that time, so that every page is worth keeping.
const STAMP_REUSE: Duration = Duration::from_millis(400);
/// How long a process without others shows a page: it hears of every change itself, except those
/// that somebody makes in the database by hand.
const FRESH_ALONE: Duration = Duration::from_secs(10);
/// How long one waits for a page that another makes. Then it is refused: whoever made it apart would
/// make what is slow slower.
const PATIENCE: Duration = Duration::from_secs(5);

/// How pages are kept.
#[derive(Debug, Clone)]
pub struct PageOptions {
    /// Bytes of pages in this process; none: every page comes from the shared cache.
    pub local_bytes: u64,
    /// How long a page is kept in the shared cache at most.
    pub lifetime: Duration,
    /// Processes with the same name share pages: it stands for the release and for every setting
    /// that pages show (the base of picture URLs, the page size, the time zone).
    pub release: String,
}

impl PageOptions {
    /// The default bytes in a process.
    pub const LOCAL_BYTES: u64 = 64 << 20;
    /// The default lifetime: also the longest that a page can be out of date, when a process dies
    /// between a commit and its announcement.
    pub const LIFETIME: Duration = Duration::from_secs(300);
}

/// Ready pages in two tiers.
///
/// Of simultaneous callers one looks for the page, or makes it, and the others wait for it. The tier
/// in this process holds a page for less than a second. The tier in the shared cache holds it until
/// something that it shows changes: the name of its hash (document 002) contains the stamps of its
/// scopes, and a change gives these new stamps that were never there before, so that what was kept
/// under the old ones is found no more and expires. The stamps are read before a page is made: what is
/// made of old data is kept under old stamps.
///
/// When the shared cache does not answer, pages are made and kept in this process alone; a change
/// that could not be announced is announced again until it is, and meanwhile this process takes
/// no shared page that the change may concern.
pub struct TwoTierPages {
    tiers: Arc<Tiers>,
}

/// What the duties to render hold on to.
struct Tiers {
    local: LocalPages,
    shared: Option<Arc<SharedPages>>,
    flights: Flights,
    fresh: Duration,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    local: AtomicU64,
    shared: AtomicU64,
    awaited: AtomicU64,
    rendered: AtomicU64,
}

impl TwoTierPages {
    /// Pages that all processes on this cache share.
    pub fn shared(options: PageOptions, cache: Arc<dyn Cache>, clock: Arc<dyn Clock>) -> Self {
        let local = LocalPages::new(options.local_bytes);
        Self::of(local, Some(Arc::new(SharedPages::new(cache, clock, &options))), FRESH)
    }

    /// Pages of a process that is the only one.
    pub fn alone(local_bytes: u64) -> Self {
        Self::of(LocalPages::new(local_bytes), None, FRESH_ALONE)
    }

    fn of(local: LocalPages, shared: Option<Arc<SharedPages>>, fresh: Duration) -> Self {
        let (flights, counters) = (Flights::default(), Counters::default());
        Self { tiers: Arc::new(Tiers { local, shared, flights, fresh, counters }) }
    }
}

impl Tiers {
    /// The page from this process.
    fn local(&self, key: &PageKey) -> Option<Page> {
        let page = self.local.get(key)?;
        self.counters.local.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }

    /// The page from the shared cache, kept in this process from now on.
    async fn shared(&self, key: &PageKey, place: Option<&Place>) -> Option<Page> {
        let place = place?;
        let page = self.shared.as_ref()?.get(place).await?;
        self.counters.shared.fetch_add(1, Ordering::Relaxed);
        self.local.put(*key, page.clone(), place.read_at, self.fresh);
        Some(page)
    }

    /// Keeps a page for all.
    async fn put(&self, place: Option<&Place>, page: &Page) {
        if let (Some(shared), Some(place)) = (&self.shared, place) {
            shared.put(place, page).await;
        }
    }
}

#[async_trait]
impl PageCache for TwoTierPages {
    fn at_hand(&self, key: &PageKey) -> Option<Page> {
        self.tiers.local(key)
    }

    async fn find(&self, key: &PageKey) -> Found {
        let tiers = &self.tiers;
        if let Some(page) = tiers.local(key) {
            return Found::Page(page);
        }
        let flight = match tiers.flights.join(*key, tiers.local.last_change(key)) {
            Joined::Leader(flight) => flight,
            Joined::Waiter(waiter) => match waiter.wait(PATIENCE).await {
                Some(Arrival::Page(page)) => {
                    tiers.counters.awaited.fetch_add(1, Ordering::Relaxed);
                    return Found::Page(page);
                }
                Some(Arrival::Lead(flight)) => flight,
                None => return Found::Busy,
            },
        };
        // Another flight may have landed since we looked.
        if let Some(page) = tiers.local(key) {
            flight.land(&page);
            return Found::Page(page);
        }
        let begun = Instant::now();
        let place = match &tiers.shared {
            Some(shared) => shared.place(key, &tiers.local).await,
            None => None,
        };
        if let Some(page) = tiers.shared(key, place.as_ref()).await {
            flight.land(&page);
            return Found::Page(page);
        }
        let read_at = place.as_ref().map_or(begun, |place| place.read_at);
        Found::Nothing(Making::of(Arc::clone(tiers), *key, flight, read_at, place))
    }

    async fn changed(&self, scopes: &[Scope]) {
        let (tiers, scopes) = (Arc::clone(&self.tiers), scopes.to_vec());
        // A task of its own: the change is committed, and the caller may go away now.
        let announced = tokio::spawn(async move {
            if let Some(shared) = &tiers.shared {
                shared.announce(&scopes).await;
            }
            // Only now: what was read meanwhile may have been read under the old stamps.
            tiers.local.note_change(&scopes);
        });
        if let Err(error) = announced.await {
            tracing::error!(%error, "announcing a change of pages panicked");
        }
    }

    fn counts(&self) -> PageCounts {
        let Counters { local, shared, awaited, rendered } = &self.tiers.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (unavailable, unannounced) = self.tiers.shared.as_ref().map_or((0, 0), |shared| shared.failures());
        PageCounts {
            local: read(local),
            shared: read(shared),
            awaited: read(awaited),
            rendered: read(rendered),
            unavailable,
            unannounced,
        }
    }
}
