//! The guard of a miss: the duty to render the entry.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use async_trait::async_trait;
use minsu_ports::{Entry, EntryKey, RenderGuard, Rendered};

use super::{shared::Place, single_flight::Leader, stored, tiers::Tiers};

/// An entry that is being rendered.
pub(super) struct Guard {
    tiers: Arc<Tiers>,
    key: EntryKey,
    /// The leader of the callers that wait for the entry.
    leader: Leader,
    /// The entry will show every change whose invalidation had arrived by then.
    read_at: Instant,
    /// Where it is kept in the shared cache; computed before it is rendered.
    place: Option<Place>,
}

impl Guard {
    /// The guard of this key.
    pub(super) fn of(
        tiers: Arc<Tiers>,
        key: EntryKey,
        leader: Leader,
        read_at: Instant,
        place: Option<Place>,
    ) -> Box<dyn RenderGuard> {
        Box::new(Self { tiers, key, leader, read_at, place })
    }
}

#[async_trait]
impl RenderGuard for Guard {
    async fn complete(self: Box<Self>, rendered: Rendered) -> Entry {
        let Self { tiers, key, leader, read_at, place } = *self;
        tiers.counters.rendered.fetch_add(1, Ordering::Relaxed);
        let (body, keep, share) = match rendered {
            Rendered::Cacheable(body) => (body, true, true),
            Rendered::CacheableHere(body) => (body, true, false),
            Rendered::Uncacheable(body) => (body, false, false),
        };
        let entry = stored::entry_of(body);
        // The entry is stored before it is handed to the waiters, so that the next caller finds it: in this
        // process if there is room (and then the waiters do not wait for the shared cache), otherwise in the
        // shared cache.
        let last = tiers.local.has_room();
        if keep {
            tiers.local.put(key, entry.clone(), read_at, tiers.fresh);
        }
        let place = place.filter(|_| share);
        if !last {
            tiers.put(&key, place.as_ref(), &entry).await;
        }
        leader.complete(&entry);
        if last {
            tiers.put(&key, place.as_ref(), &entry).await;
        }
        entry
    }

    fn abandon(self: Box<Self>) {
        // One of the waiters becomes the next leader.
        drop(self.leader);
    }
}
