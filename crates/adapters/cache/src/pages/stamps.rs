//! Version stamps: a number for each scope that every change counts up.

use std::{
    fmt::{Display, Formatter},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use futures_util::future::try_join_all;
use minsu_ports::{Cache, CacheError, CacheKey, Scope};
use moka::{future::Cache as Moka, policy::EvictionPolicy};

use super::{STAMP_REUSE, local::LocalPages};

/// Houses whose stamps are remembered; they are small and short-lived.
const REMEMBERED: u64 = 10_000;

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

/// Stamps that were read a moment ago.
pub(super) struct Stamps {
    /// Those that most pages need.
    of_the_site: [Mutex<Option<Stamp>>; 3],
    of_houses: Moka<Scope, Stamp>,
}

impl Stamps {
    pub(super) fn new() -> Self {
        let houses = Moka::builder().max_capacity(REMEMBERED).time_to_live(STAMP_REUSE);
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

    /// A stamp that was read a moment ago, and no change of this process was since.
    async fn known(&self, scope: Scope, local: &LocalPages) -> Option<Stamp> {
        let stamp = match self.slot(scope) {
            Some(slot) => *slot.lock().unwrap_or_else(PoisonError::into_inner),
            None => self.of_houses.get(&scope).await,
        }?;
        let current = stamp.read_at.elapsed() < STAMP_REUSE && local.is_recent(scope, stamp.read_at);
        current.then_some(stamp)
    }

    /// The stamp of a scope. Nobody has changed it: zero, and nothing is written, since visitors
    /// may ask for houses that do not exist.
    async fn read_one(&self, cache: &dyn Cache, scope: Scope, local: &LocalPages) -> Result<Stamp, CacheError> {
        if let Some(stamp) = self.known(scope, local).await {
            return Ok(stamp);
        }
        let read_at = Instant::now();
        let value = match cache.get(&stamp_key(scope)).await? {
            None => 0,
            Some(digits) => std::str::from_utf8(&digits)
                .ok()
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(|| CacheError::Unavailable("a version stamp is not a number".into()))?,
        };
        let stamp = Stamp { value, read_at };
        match self.slot(scope) {
            Some(slot) => {
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                // Of two that read at the same time the later one knows more.
                if slot.is_none_or(|other| other.read_at <= read_at) {
                    *slot = Some(stamp);
                }
            }
            None => self.of_houses.insert(scope, stamp).await,
        }
        Ok(stamp)
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

/// The key of a scope's stamp.
pub(super) fn stamp_key(scope: Scope) -> CacheKey {
    match scope {
        Scope::Offers => CacheKey::of_parsed("stamp", format_args!("offers")),
        Scope::Availability => CacheKey::of_parsed("stamp", format_args!("availability")),
        Scope::People => CacheKey::of_parsed("stamp", format_args!("people")),
        Scope::House(id) => CacheKey::of_parsed("stamp", format_args!("house_{id}")),
    }
}
