//! Version stamps: a number for each scope that every change makes greater.

use std::{
    fmt::{Display, Formatter},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use minsu_ports::{Cache, CacheError, CacheKey, Scope};
use moka::{future::Cache as Moka, ops::compute::Op, policy::EvictionPolicy};

use super::{STAMP_REUSE, local::LocalPages};

/// A stamp lives longer than any page that was kept under it or before it, from its last change on:
/// when it is absent, every page of before has reached its age.
pub(super) const STAMP_LIFETIME: Duration = Duration::from_secs(86_400);
/// Houses whose stamps are remembered; they are small.
const REMEMBERED: u64 = 10_000;
/// Stamps are below; what is greater was not written by us.
const STAMP_LIMIT: u64 = 1 << 53;

/// What was read of a stamp.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    value: u64,
    /// When it was asked for: it counts every change that was announced by then.
    pub(super) read_at: Instant,
}

/// Stamps as the name of a page has them.
pub(super) struct Numbers<'a>(pub(super) &'a [Stamp]);

impl Display for Numbers<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        for (index, stamp) in self.0.iter().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            write!(f, "{dot}{}", stamp.value)?;
        }
        Ok(())
    }
}

/// The greatest stamps that this process has seen. Those of a moment ago are used; all of them tell
/// when the shared cache has lost one: stamps only grow, so one that is smaller than before is of a
/// time before the last changes, and so are pages that were kept under it.
pub(super) struct Stamps {
    /// Those that most pages need.
    of_the_site: [Mutex<Option<Stamp>>; 3],
    /// Those of houses, as long as a page of before may be shown.
    of_houses: Moka<Scope, Stamp>,
}

impl Stamps {
    /// Stamps of pages that live so long.
    pub(super) fn new(page_lifetime: Duration) -> Self {
        let houses = Moka::builder().max_capacity(REMEMBERED).time_to_live(page_lifetime.max(STAMP_REUSE));
        Self { of_the_site: Default::default(), of_houses: houses.eviction_policy(EvictionPolicy::lru()).build() }
    }

    /// The stamps of some scopes, read at the same time unless they are known.
    pub(super) async fn read(
        &self,
        cache: &dyn Cache,
        scopes: impl Iterator<Item = Scope> + Clone,
        local: &LocalPages,
    ) -> Result<Vec<Stamp>, CacheError> {
        let mut known = Vec::with_capacity(3);
        for scope in scopes.clone() {
            match self.known(scope, local).await {
                Some(stamp) => known.push(stamp),
                None => return try_join_all(scopes.map(|scope| self.read_one(cache, scope, local))).await,
            }
        }
        Ok(known)
    }

    /// Gives a scope a new stamp: what was kept under another is found no more.
    pub(super) async fn renew(&self, cache: &dyn Cache, scope: Scope) -> Result<(), CacheError> {
        let read_at = Instant::now();
        let above = self.greatest(scope).await.map_or(0, |stamp| stamp.value);
        let value = cache.renew_stamp(&stamp_key(scope), above, STAMP_LIFETIME).await?;
        self.note(scope, Stamp { value, read_at }).await;
        Ok(())
    }

    /// The greatest stamp that this process has seen.
    async fn greatest(&self, scope: Scope) -> Option<Stamp> {
        match self.slot(scope) {
            Some(slot) => *slot.lock().unwrap_or_else(PoisonError::into_inner),
            None => self.of_houses.get(&scope).await,
        }
    }

    /// A stamp that was read a moment ago, and no change of this process was since.
    async fn known(&self, scope: Scope, local: &LocalPages) -> Option<Stamp> {
        let stamp = self.greatest(scope).await?;
        let current = stamp.read_at.elapsed() < STAMP_REUSE && local.is_recent(scope, stamp.read_at);
        current.then_some(stamp)
    }

    /// The stamp of a scope. One that the shared cache has lost is made anew, by its own account
    /// (it has none for all houses) or by ours (it has a smaller one than before). A house without
    /// one has zero, and nothing is written: visitors may ask for houses that do not exist. That its
    /// stamp was lost with all others shows in the stamp of people, which is part of the same names.
    async fn read_one(&self, cache: &dyn Cache, scope: Scope, local: &LocalPages) -> Result<Stamp, CacheError> {
        if let Some(stamp) = self.known(scope, local).await {
            return Ok(stamp);
        }
        let read_at = Instant::now();
        // Noted before it is asked for: no answer of a cache that lost nothing is below.
        let least = self.greatest(scope).await.map_or(0, |stamp| stamp.value);
        let key = stamp_key(scope);
        let found = cache.get(&key).await?.as_deref().map_or(0, parse);
        let lost = found < least || (found == 0 && self.slot(scope).is_some());
        let value = if lost { cache.keep_stamp(&key, least, STAMP_LIFETIME).await? } else { found };
        let stamp = Stamp { value, read_at };
        self.note(scope, stamp).await;
        Ok(stamp)
    }

    /// Remembers a stamp; of two the greater one, or the one read later, knows more.
    async fn note(&self, scope: Scope, stamp: Stamp) {
        let knows_more = |other: Stamp| (other.value, other.read_at) > (stamp.value, stamp.read_at);
        match self.slot(scope) {
            Some(slot) => {
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                if !slot.is_some_and(knows_more) {
                    *slot = Some(stamp);
                }
            }
            None => {
                let later = |entry: Option<moka::Entry<Scope, Stamp>>| {
                    let known = entry.map(moka::Entry::into_value);
                    std::future::ready(if known.is_some_and(knows_more) { Op::Nop } else { Op::Put(stamp) })
                };
                self.of_houses.entry(scope).and_compute_with(later).await;
            }
        }
    }

    fn slot(&self, scope: Scope) -> Option<&Mutex<Option<Stamp>>> {
        let [offers, availability, people] = &self.of_the_site;
        match scope {
            Scope::Offers => Some(offers),
            Scope::Availability => Some(availability),
            Scope::People => Some(people),
            Scope::House(_) => None,
        }
    }
}

/// The stamp that these digits are; anything else is none.
fn parse(digits: &[u8]) -> u64 {
    let stamp = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    stamp.filter(|stamp| *stamp < STAMP_LIMIT).unwrap_or(0)
}

/// The key of a scope's stamp.
fn stamp_key(scope: Scope) -> CacheKey {
    match scope {
        Scope::Offers => CacheKey::of_parsed("stamp", format_args!("offers")),
        Scope::Availability => CacheKey::of_parsed("stamp", format_args!("availability")),
        Scope::People => CacheKey::of_parsed("stamp", format_args!("people")),
        Scope::House(id) => CacheKey::of_parsed("stamp", format_args!("house_{id}")),
    }
}
