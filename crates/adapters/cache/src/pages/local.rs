//! The tier in this process.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use minsu_domain::HouseId;
use minsu_ports::{Page, PageKey, Scope};
use quick_cache::{UnitWeighter, Weighter, sync::Cache as QuickCache, sync::DefaultLifecycle};

/// What an entry costs beside its bytes, roughly.
const ENTRY_BYTES: usize = 256;
/// What a page weighs, roughly: the tables begin with room for so many.
const USUAL_BYTES: u64 = 8 << 10;
/// Houses whose last change is remembered.
const REMEMBERED_HOUSES: u64 = 100_000;

/// Pages of this process, and when it last heard of a change.
pub(super) struct LocalPages {
    /// An entry that is too old stays until another needs its room; it is looked at, not trusted.
    pages: Option<QuickCache<PageKey, LocalPage, Weight, RandomState>>,
    changes: Changes,
}

#[derive(Clone)]
struct LocalPage {
    page: Page,
    /// The page shows every change that was announced by then.
    read_at: Instant,
    until: Instant,
}

#[derive(Clone)]
struct Weight;

impl Weighter<PageKey, LocalPage> for Weight {
    fn weight(&self, _: &PageKey, page: &LocalPage) -> u64 {
        (ENTRY_BYTES + page.page.body.len()) as u64
    }
}

impl LocalPages {
    /// Room for so many bytes of pages.
    pub(super) fn new(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL_BYTES).unwrap_or(usize::MAX).max(1);
        let pages = || QuickCache::with(usual, bytes, Weight, RandomState::default(), DefaultLifecycle::default());
        Self { pages: (bytes > 0).then(pages), changes: Changes::new() }
    }

    /// Whether it keeps pages at all.
    pub(super) fn has_room(&self) -> bool {
        self.pages.is_some()
    }

    /// The page, unless it is too old or something that it shows has changed.
    pub(super) fn get(&self, key: &PageKey) -> Option<Page> {
        let LocalPage { page, read_at, until } = self.pages.as_ref()?.get(key)?;
        let current = Instant::now() < until && self.shows_all_changes(key, read_at);
        current.then_some(page)
    }

    /// Keeps a page that shows every change before `read_at`, for `fresh` from then on, unless
    /// there is a later one.
    pub(super) fn put(&self, key: PageKey, page: Page, read_at: Instant, fresh: Duration) {
        let Some(pages) = &self.pages else { return };
        let later = pages.get(&key).is_some_and(|other| other.read_at > read_at);
        if !later {
            pages.insert(key, LocalPage { page, read_at, until: read_at + fresh });
        }
    }

    /// When something that the page shows last changed, as far as this process knows.
    pub(super) fn last_change(&self, key: &PageKey) -> Option<Instant> {
        key.scopes().filter_map(|scope| self.changes.last(scope)).max()
    }

    /// Whether what was read then is as recent as the last change of a scope.
    pub(super) fn is_recent(&self, scope: Scope, read_at: Instant) -> bool {
        self.changes.last(scope).is_none_or(|changed| changed < read_at)
    }

    fn shows_all_changes(&self, key: &PageKey, read_at: Instant) -> bool {
        self.last_change(key).is_none_or(|changed| changed < read_at)
    }

    /// What was read until now in these scopes is out of date.
    pub(super) fn note_change(&self, scopes: &[Scope]) {
        for scope in scopes {
            self.changes.note(*scope);
        }
    }
}

/// When scopes last changed, in nanoseconds since `begin`; zero is never.
struct Changes {
    begin: Instant,
    offers: AtomicU64,
    availability: AtomicU64,
    people: AtomicU64,
    houses: QuickCache<HouseId, u64, UnitWeighter, RandomState>,
}

impl Changes {
    fn new() -> Self {
        Self {
            begin: Instant::now(),
            offers: AtomicU64::new(0),
            availability: AtomicU64::new(0),
            people: AtomicU64::new(0),
            houses: QuickCache::with(
                1_000,
                REMEMBERED_HOUSES,
                UnitWeighter,
                RandomState::default(),
                DefaultLifecycle::default(),
            ),
        }
    }

    fn last(&self, scope: Scope) -> Option<Instant> {
        let nanos = match scope {
            Scope::Offers => self.offers.load(Ordering::Acquire),
            Scope::Availability => self.availability.load(Ordering::Acquire),
            Scope::People => self.people.load(Ordering::Acquire),
            Scope::House(id) => self.houses.get(&id).unwrap_or(0),
        };
        (nanos > 0).then(|| self.begin + Duration::from_nanos(nanos))
    }

    fn note(&self, scope: Scope) {
        let nanos = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1);
        let noted = match scope {
            Scope::Offers => &self.offers,
            Scope::Availability => &self.availability,
            Scope::People => &self.people,
            Scope::House(id) => return self.houses.insert(id, nanos),
        };
        noted.fetch_max(nanos, Ordering::AcqRel);
    }
}
