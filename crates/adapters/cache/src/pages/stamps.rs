//! Version stamps: a number for each scope that every change counts up.

use std::{
    fmt::{Display, Formatter},
    time::Instant,
};

use minsu_ports::{Cache, CacheError, CacheKey, Scope};
use moka::{future::Cache as Moka, policy::EvictionPolicy};

use super::{STAMP_REUSE, local::LocalPages};

/// Stamps that are remembered; they are small and short-lived.
const REMEMBERED: u64 = 10_000;

/// What was read of a stamp.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    value: u64,
    /// When it was asked for: it counts every change that was announced by then.
    pub(super) read_at: Instant,
}

impl Display for Stamp {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}

/// Stamps that were read a moment ago.
pub(super) struct Stamps(Moka<Scope, Stamp>);

impl Stamps {
    pub(super) fn new() -> Self {
        let stamps = Moka::builder().max_capacity(REMEMBERED).time_to_live(STAMP_REUSE);
        Self(stamps.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// The stamp of a scope. Nobody has changed it: zero, and nothing is written, since visitors
    /// may ask for houses that do not exist.
    pub(super) async fn read(&self, cache: &dyn Cache, scope: Scope, local: &LocalPages) -> Result<Stamp, CacheError> {
        if let Some(stamp) = self.0.get(&scope).await
            && stamp.read_at.elapsed() < STAMP_REUSE
            && local.is_recent(scope, stamp.read_at).await
        {
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
        self.0.insert(scope, stamp).await;
        Ok(stamp)
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
