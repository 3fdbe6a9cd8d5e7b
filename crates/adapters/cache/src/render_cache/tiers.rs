//! The tiers together.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minsu_ports::{Entry, EntryKey};

use super::{
    local::LocalTier,
    shared::{Place, SharedTier},
    single_flight::SingleFlight,
};

/// What the guards of misses share with the cache.
pub(super) struct Tiers {
    pub(super) local: LocalTier,
    pub(super) shared: Option<Arc<SharedTier>>,
    pub(super) single_flight: SingleFlight,
    pub(super) fresh: Duration,
    pub(super) counters: Counters,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) local: AtomicU64,
    pub(super) shared: AtomicU64,
    pub(super) awaited: AtomicU64,
    pub(super) rendered: AtomicU64,
}

impl Tiers {
    /// The entry from this process.
    pub(super) fn local(&self, key: &EntryKey) -> Option<Entry> {
        let entry = self.local.get(key)?;
        self.counters.local.fetch_add(1, Ordering::Relaxed);
        Some(entry)
    }

    /// The entry from the shared cache, kept in this process from now on.
    pub(super) async fn shared(&self, key: &EntryKey, place: Option<&Place>) -> Option<Entry> {
        let place = place?;
        let entry = self.shared.as_ref()?.get(place).await?;
        self.counters.shared.fetch_add(1, Ordering::Relaxed);
        self.local.put(*key, entry.clone(), place.read_at, self.fresh);
        Some(entry)
    }

    /// Keeps an entry for all.
    pub(super) async fn put(&self, key: &EntryKey, place: Option<&Place>, entry: &Entry) {
        if let (Some(shared), Some(place)) = (&self.shared, place) {
            shared.put(key, place, entry).await;
        }
    }
}
