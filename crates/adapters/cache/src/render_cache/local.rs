//! The tier in this process.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use minsu_ports::{CommonTag, Entry, EntryKey, InvalidationTag};
use quick_cache::{UnitWeighter, Weighter, sync::Cache as QuickCache, sync::DefaultLifecycle};

/// What an entry costs in addition to its bytes, in bytes, roughly.
const ENTRY_BYTES: usize = 256;
/// What an entry weighs, roughly: the tables begin with room for so many.
const USUAL_BYTES: u64 = 8 << 10;
/// Individual tags whose last invalidation is remembered.
const REMEMBERED: u64 = 100_000;

/// Entries of this process, and the time of the last invalidation of each tag.
pub(super) struct LocalTier {
    /// An entry that is too old stays until its room is needed; every lookup checks its age.
    entries: Option<QuickCache<EntryKey, LocalEntry, Weight, RandomState>>,
    changes: Changes,
}

#[derive(Clone)]
struct LocalEntry {
    entry: Entry,
    /// The entry shows every change whose invalidation had arrived by then.
    read_at: Instant,
    until: Instant,
}

#[derive(Clone)]
struct Weight;

impl Weighter<EntryKey, LocalEntry> for Weight {
    fn weight(&self, _: &EntryKey, entry: &LocalEntry) -> u64 {
        (ENTRY_BYTES + entry.entry.body.len()) as u64
    }
}

impl LocalTier {
    /// Room for so many bytes of entries.
    pub(super) fn new(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL_BYTES).unwrap_or(usize::MAX).max(1);
        let entries = || QuickCache::with(usual, bytes, Weight, RandomState::default(), DefaultLifecycle::default());
        Self { entries: (bytes > 0).then(entries), changes: Changes::new() }
    }

    /// Whether it keeps entries at all.
    pub(super) fn has_room(&self) -> bool {
        self.entries.is_some()
    }

    /// The entry, unless it is too old or one of its tags was invalidated since.
    pub(super) fn get(&self, key: &EntryKey) -> Option<Entry> {
        let LocalEntry { entry, read_at, until } = self.entries.as_ref()?.get(key)?;
        let current = Instant::now() < until && self.shows_all_changes(key, read_at);
        current.then_some(entry)
    }

    /// Keeps an entry that shows every change before `read_at`, for `fresh` from then on, unless
    /// there is a later one.
    pub(super) fn put(&self, key: EntryKey, entry: Entry, read_at: Instant, fresh: Duration) {
        let Some(entries) = &self.entries else { return };
        let later = entries.get(&key).is_some_and(|other| other.read_at > read_at);
        if !later {
            entries.insert(key, LocalEntry { entry, read_at, until: read_at + fresh });
        }
    }

    /// When a tag of the entry was last invalidated, as far as this process knows.
    pub(super) fn last_change(&self, key: &EntryKey) -> Option<Instant> {
        key.tags().filter_map(|tag| self.changes.last(tag)).max()
    }

    /// Whether data read at that time are as recent as the last invalidation of a tag.
    pub(super) fn is_recent(&self, tag: InvalidationTag, read_at: Instant) -> bool {
        self.changes.last(tag).is_none_or(|changed| changed < read_at)
    }

    fn shows_all_changes(&self, key: &EntryKey, read_at: Instant) -> bool {
        self.last_change(key).is_none_or(|changed| changed < read_at)
    }

    /// Marks everything that was read until now under these tags as out of date.
    pub(super) fn note_change(&self, tags: &[InvalidationTag]) {
        for tag in tags {
            self.changes.note(*tag);
        }
    }
}

/// When tags were last invalidated, in nanoseconds since `begin`; zero means never.
struct Changes {
    begin: Instant,
    common: [AtomicU64; CommonTag::COUNT],
    individual: QuickCache<(&'static str, i64), u64, UnitWeighter, RandomState>,
}

impl Changes {
    fn new() -> Self {
        Self {
            begin: Instant::now(),
            common: Default::default(),
            individual: QuickCache::with(
                1_000,
                REMEMBERED,
                UnitWeighter,
                RandomState::default(),
                DefaultLifecycle::default(),
            ),
        }
    }

    fn last(&self, tag: InvalidationTag) -> Option<Instant> {
        let nanos = match tag {
            InvalidationTag::Common(tag) => self.common.get(tag.place()).map_or(0, |last| last.load(Ordering::Acquire)),
            InvalidationTag::Individual { kind, id } => self.individual.get(&(kind, id)).unwrap_or(0),
        };
        (nanos > 0).then(|| self.begin + Duration::from_nanos(nanos))
    }

    fn note(&self, tag: InvalidationTag) {
        let nanos = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1);
        match tag {
            InvalidationTag::Common(tag) => {
                if let Some(last) = self.common.get(tag.place()) {
                    last.fetch_max(nanos, Ordering::AcqRel);
                }
            }
            InvalidationTag::Individual { kind, id } => self.individual.insert((kind, id), nanos),
        }
    }
}
