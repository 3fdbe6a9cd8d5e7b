//! The tier in this process.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use minsu_domain::HouseId;
use minsu_ports::{Page, PageKey, Scope};
use moka::{Expiry, future::Cache as Moka, policy::EvictionPolicy};

/// What an entry costs beside its bytes, roughly.
const ENTRY_BYTES: usize = 256;
/// Houses whose last change is remembered; each for as long as an older page could be shown.
const REMEMBERED_HOUSES: u64 = 100_000;

/// Pages of this process, and when it last heard of a change.
pub(super) struct LocalPages {
    pages: Option<Moka<PageKey, LocalPage>>,
    changes: Changes,
}

#[derive(Clone)]
struct LocalPage {
    page: Page,
    /// The page shows every change that was announced by then.
    read_at: Instant,
    until: Instant,
}

struct UntilTheEnd;

impl Expiry<PageKey, LocalPage> for UntilTheEnd {
    fn expire_after_create(&self, _: &PageKey, page: &LocalPage, now: Instant) -> Option<Duration> {
        Some(page.until.saturating_duration_since(now))
    }

    fn expire_after_update(
        &self,
        _: &PageKey,
        page: &LocalPage,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(page.until.saturating_duration_since(now))
    }
}

impl LocalPages {
    /// Room for so many bytes of pages, each shown no longer than `fresh`.
    pub(super) fn new(bytes: u64, fresh: Duration) -> Self {
        let weight =
            |_: &PageKey, page: &LocalPage| u32::try_from(ENTRY_BYTES + page.page.body.len()).unwrap_or(u32::MAX);
        let pages = (bytes > 0).then(|| {
            Moka::builder()
                .max_capacity(bytes)
                .weigher(weight)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(UntilTheEnd)
                .build()
        });
        Self { pages, changes: Changes::new(fresh * 2) }
    }

    /// The page, unless it is too old or something that it shows has changed.
    pub(super) async fn get(&self, key: &PageKey) -> Option<Page> {
        let LocalPage { page, read_at, until } = self.pages.as_ref()?.get(key).await?;
        let current = Instant::now() < until && self.shows_all_changes(key, read_at).await;
        current.then_some(page)
    }

    /// Keeps a page that shows every change before `read_at`, for `fresh` from then on, unless
    /// there is a later one.
    pub(super) async fn put(&self, key: PageKey, page: Page, read_at: Instant, fresh: Duration) {
        let Some(pages) = &self.pages else { return };
        let later = pages.get(&key).await.is_some_and(|other| other.read_at > read_at);
        if !later {
            pages.insert(key, LocalPage { page, read_at, until: read_at + fresh }).await;
        }
    }

    /// When something that the page shows last changed, as far as this process knows.
    pub(super) async fn last_change(&self, key: &PageKey) -> Option<Instant> {
        let mut last = None;
        for scope in key.scopes() {
            last = last.max(self.changes.last(scope).await);
        }
        last
    }

    /// Whether what was read then is as recent as the last change of a scope.
    pub(super) async fn is_recent(&self, scope: Scope, read_at: Instant) -> bool {
        self.changes.last(scope).await.is_none_or(|changed| changed < read_at)
    }

    async fn shows_all_changes(&self, key: &PageKey, read_at: Instant) -> bool {
        self.last_change(key).await.is_none_or(|changed| changed < read_at)
    }

    /// What was read until now in these scopes is out of date.
    pub(super) async fn note_change(&self, scopes: &[Scope]) {
        for scope in scopes {
            self.changes.note(*scope).await;
        }
    }
}

/// When scopes last changed, in nanoseconds since `begin`; zero is never.
struct Changes {
    begin: Instant,
    offers: AtomicU64,
    availability: AtomicU64,
    people: AtomicU64,
    houses: Moka<HouseId, u64>,
}

impl Changes {
    fn new(remember: Duration) -> Self {
        Self {
            begin: Instant::now(),
            offers: AtomicU64::new(0),
            availability: AtomicU64::new(0),
            people: AtomicU64::new(0),
            houses: Moka::builder()
                .max_capacity(REMEMBERED_HOUSES)
                .time_to_live(remember)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }
    }

    async fn last(&self, scope: Scope) -> Option<Instant> {
        let nanos = match scope {
            Scope::Offers => self.offers.load(Ordering::Acquire),
            Scope::Availability => self.availability.load(Ordering::Acquire),
            Scope::People => self.people.load(Ordering::Acquire),
            Scope::House(id) => self.houses.get(&id).await.unwrap_or(0),
        };
        (nanos > 0).then(|| self.begin + Duration::from_nanos(nanos))
    }

    async fn note(&self, scope: Scope) {
        let nanos = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1);
        let noted = match scope {
            Scope::Offers => &self.offers,
            Scope::Availability => &self.availability,
            Scope::People => &self.people,
            Scope::House(id) => return self.houses.insert(id, nanos).await,
        };
        noted.fetch_max(nanos, Ordering::AcqRel);
    }
}
