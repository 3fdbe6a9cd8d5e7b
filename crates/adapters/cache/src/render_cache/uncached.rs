//! The plain fallback: no cache.

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use minsu_ports::{
    Entry, EntryKey, InvalidationTag, Lookup, Notified, RenderCache, RenderCacheCounts, RenderGuard, Rendered,
};

use super::stored;

/// Keeps nothing: every lookup is a miss, and every caller renders. The fallback for a site that
/// suspects its cache, and the reference that tests compare cached renderings with.
#[derive(Default)]
pub struct Uncached {
    rendered: Arc<AtomicU64>,
}

struct Guard(Arc<AtomicU64>);

#[async_trait]
impl RenderGuard for Guard {
    async fn complete(self: Box<Self>, rendered: Rendered) -> Entry {
        self.0.fetch_add(1, Ordering::Relaxed);
        match rendered {
            Rendered::Cacheable(body) | Rendered::CacheableHere(body) | Rendered::Uncacheable(body) => {
                stored::entry_of(body)
            }
        }
    }

    fn abandon(self: Box<Self>) {}
}

#[async_trait]
impl RenderCache for Uncached {
    fn peek(&self, _: &EntryKey) -> Option<Entry> {
        None
    }

    async fn lookup(&self, _: &EntryKey) -> Lookup {
        Lookup::Miss(Box::new(Guard(Arc::clone(&self.rendered))))
    }

    fn invalidate(&self, _: &[InvalidationTag]) -> Notified {
        Box::pin(ready(()))
    }

    fn counts(&self) -> RenderCacheCounts {
        RenderCacheCounts { rendered: self.rendered.load(Ordering::Relaxed), ..RenderCacheCounts::default() }
    }
}
