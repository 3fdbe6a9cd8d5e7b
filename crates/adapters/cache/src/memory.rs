//! The cache in this process.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use minsu_ports::{Cache, CacheError, CacheKey, Count};
use moka::{
    Expiry,
    future::Cache as Moka,
    ops::compute::{CompResult, Op},
    policy::EvictionPolicy,
};

use crate::lifetime::bounded;

/// What an entry costs in addition to its key and value, in bytes, roughly: the maps and queues of moka.
const ENTRY_BYTES: usize = 256;
/// What a field of a hash costs in addition to its value, in bytes.
const FIELD_BYTES: usize = 64;

/// How much the cache may hold. Beyond that the least recently used entry of the same sort is evicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryCacheOptions {
    /// Bytes of values: sessions, captchas, codes.
    pub value_bytes: u64,
    /// Number of counters.
    pub counters: u64,
    /// Bytes of hashes: ready pages.
    pub hash_bytes: u64,
}

impl Default for MemoryCacheOptions {
    fn default() -> Self {
        Self { value_bytes: 64 << 20, counters: 200_000, hash_bytes: 64 << 20 }
    }
}

/// The cache in this process, bounded, lost with it.
///
/// Values, counters and hashes have a store of their own each, so that no number of searches
/// evicts a session and no number of captchas resets the count of wrong guesses.
pub struct MemoryCache {
    values: Moka<CacheKey, Value>,
    counters: Moka<CacheKey, Counter>,
    hashes: Moka<CacheKey, Hash>,
    /// The greatest token of all keys: no two are the same.
    last_version: AtomicU64,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    lifetime: Duration,
}

#[derive(Clone, Copy)]
struct Counter {
    value: u64,
    ends: Instant,
}

#[derive(Clone)]
struct Hash {
    /// Copied when a field is written: readers are many, fields few.
    fields: Arc<HashMap<u32, Bytes>>,
    lifetime: Duration,
}

/// Gives an entry the lifetime that it names itself, counted from its last write.
struct OwnLifetime;

impl Expiry<CacheKey, Value> for OwnLifetime {
    fn expire_after_create(&self, _: &CacheKey, value: &Value, _: Instant) -> Option<Duration> {
        Some(value.lifetime)
    }

    fn expire_after_update(&self, _: &CacheKey, value: &Value, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(value.lifetime)
    }
}

impl Expiry<CacheKey, Counter> for OwnLifetime {
    fn expire_after_create(&self, _: &CacheKey, counter: &Counter, now: Instant) -> Option<Duration> {
        Some(counter.ends.saturating_duration_since(now))
    }

    fn expire_after_update(
        &self,
        _: &CacheKey,
        counter: &Counter,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(counter.ends.saturating_duration_since(now))
    }
}

impl Expiry<CacheKey, Hash> for OwnLifetime {
    fn expire_after_create(&self, _: &CacheKey, hash: &Hash, _: Instant) -> Option<Duration> {
        Some(hash.lifetime)
    }

    /// A field that is written into a hash that lives does not prolong it.
    fn expire_after_update(&self, _: &CacheKey, hash: &Hash, _: Instant, left: Option<Duration>) -> Option<Duration> {
        left.or(Some(hash.lifetime))
    }
}

impl MemoryCache {
    /// An empty cache of this size.
    pub fn new(options: MemoryCacheOptions) -> Self {
        // LRU everywhere: moka's default policy may refuse a new entry in favour of popular old
        // ones, and a session that is gone as soon as it is made would be a login that fails.
        let value_weight = |key: &CacheKey, value: &Value| weight(key, ENTRY_BYTES + value.bytes.len());
        let hash_weight = |key: &CacheKey, hash: &Hash| {
            weight(key, ENTRY_BYTES + hash.fields.values().map(|value| FIELD_BYTES + value.len()).sum::<usize>())
        };
        Self {
            values: Moka::builder()
                .max_capacity(options.value_bytes)
                .weigher(value_weight)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(OwnLifetime)
                .build(),
            counters: Moka::builder()
                .max_capacity(options.counters)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(OwnLifetime)
                .build(),
            hashes: Moka::builder()
                .max_capacity(options.hash_bytes)
                .weigher(hash_weight)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(OwnLifetime)
                .build(),
            last_version: AtomicU64::new(0),
        }
    }

    /// Writes a counter as an earlier process left it.
    pub(crate) async fn restore_counter(&self, key: &CacheKey, value: u64, left: Duration) {
        let counter = Counter { value, ends: Instant::now() + bounded(left) };
        self.counters.entry_by_ref(key).and_compute_with(|_| std::future::ready(Op::Put(counter))).await;
    }

    /// A token greater than all before it and than `above`.
    fn next_version(&self, above: u64) -> u64 {
        let next = |last: u64| last.max(above).saturating_add(1);
        // Always written, so both outcomes hold the one before.
        let last = match self.last_version.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last))) {
            Ok(last) | Err(last) => last,
        };
        next(last)
    }

    /// Writes a new token unless `keeps` accepts the stored one; returns the token that is stored afterwards.
    async fn version(&self, key: &CacheKey, above: u64, lifetime: Duration, keeps: impl Fn(u64) -> bool + Send) -> u64 {
        let mut standing = 0;
        let decide = |entry: Option<moka::Entry<CacheKey, Counter>>| {
            let now = Instant::now();
            let living = entry.map(moka::Entry::into_value).filter(|token| token.ends > now);
            std::future::ready(match living {
                Some(Counter { value, .. }) if keeps(value) => {
                    standing = value;
                    Op::Nop
                }
                _ => {
                    standing = self.next_version(above);
                    Op::Put(Counter { value: standing, ends: now + bounded(lifetime) })
                }
            })
        };
        self.counters.entry_by_ref(key).and_compute_with(decide).await;
        standing
    }

    /// Decides about a value under the lock of its key. Every write goes this way: moka orders
    /// these calls among each other, but not with its plain insert and remove.
    async fn decide(
        &self,
        key: &CacheKey,
        decide: impl FnOnce(Option<Bytes>) -> Op<Value> + Send,
    ) -> CompResult<CacheKey, Value> {
        let decide = |entry: Option<moka::Entry<CacheKey, Value>>| {
            std::future::ready(decide(entry.map(|entry| entry.into_value().bytes)))
        };
        self.values.entry_by_ref(key).and_compute_with(decide).await
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        match self.values.get(key).await {
            Some(value) => Ok(Some(value.bytes)),
            None => Ok(self.counters.get(key).await.map(|counter| counter.value.to_string().into())),
        }
    }

    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        let value = Value { bytes: value, lifetime: bounded(lifetime) };
        self.decide(key, |_| Op::Put(value)).await;
        Ok(())
    }

    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        let value = Value { bytes: value, lifetime: bounded(lifetime) };
        let result = self.decide(key, |old| if old.is_none() { Op::Put(value) } else { Op::Nop }).await;
        Ok(matches!(result, CompResult::Inserted(_)))
    }

    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        let value = Value { bytes: value, lifetime: bounded(lifetime) };
        let result = self.decide(key, |old| if old.is_some() { Op::Put(value) } else { Op::Nop }).await;
        Ok(matches!(result, CompResult::ReplacedWith(_)))
    }

    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        let mut taken = None;
        self.decide(key, |old| {
            taken = old;
            if taken.is_some() { Op::Remove } else { Op::Nop }
        })
        .await;
        Ok(taken)
    }

    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError> {
        let value = self.take(key).await?.is_some();
        let counter = self.counters.entry_by_ref(key).and_compute_with(|_| std::future::ready(Op::Remove)).await;
        let hash = self.hashes.entry_by_ref(key).and_compute_with(|_| std::future::ready(Op::Remove)).await;
        Ok(value || matches!(counter, CompResult::Removed(_)) || matches!(hash, CompResult::Removed(_)))
    }

    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError> {
        let mut equal = false;
        self.decide(key, |old| {
            equal = old.is_some_and(|old| old == expected);
            if equal { Op::Remove } else { Op::Nop }
        })
        .await;
        Ok(equal)
    }

    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError> {
        let mut count = Count { value: 1, resets_in: bounded(window) };
        let counted = |entry: Option<moka::Entry<CacheKey, Counter>>| {
            let now = Instant::now();
            // Looked at here too: moka's clock may be behind ours by the tick in which it ended.
            let living = entry.map(moka::Entry::into_value).filter(|counter| counter.ends > now);
            let counter = match living {
                Some(Counter { value, ends }) => Counter { value: value.saturating_add(1), ends },
                None => Counter { value: 1, ends: now + count.resets_in },
            };
            count = Count { value: counter.value, resets_in: counter.ends.saturating_duration_since(now) };
            std::future::ready(Op::Put(counter))
        };
        self.counters.entry_by_ref(key).and_compute_with(counted).await;
        Ok(count)
    }

    async fn decrement(&self, key: &CacheKey) -> Result<(), CacheError> {
        let taken_back = |entry: Option<moka::Entry<CacheKey, Counter>>| {
            let living = entry.map(moka::Entry::into_value).filter(|counter| counter.ends > Instant::now());
            std::future::ready(match living {
                Some(Counter { value, ends }) => Op::Put(Counter { value: value.saturating_sub(1), ends }),
                None => Op::Nop,
            })
        };
        self.counters.entry_by_ref(key).and_compute_with(taken_back).await;
        Ok(())
    }

    async fn count_of(&self, key: &CacheKey) -> Result<Option<Count>, CacheError> {
        let now = Instant::now();
        let living = self.counters.get(key).await.filter(|counter| counter.ends > now);
        let count = |counter: Counter| Count { value: counter.value, resets_in: counter.ends - now };
        Ok(living.map(count))
    }

    async fn renew_version(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError> {
        Ok(self.version(key, above, lifetime, |_| false).await)
    }

    async fn keep_version(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError> {
        Ok(self.version(key, least, lifetime, |token| token >= least).await)
    }

    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError> {
        Ok(self.hashes.get(key).await.and_then(|hash| hash.fields.get(&field).cloned()))
    }

    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        let written = |entry: Option<moka::Entry<CacheKey, Hash>>| {
            let mut fields = entry.map(|entry| entry.into_value().fields).unwrap_or_default();
            Arc::make_mut(&mut fields).insert(field, value);
            std::future::ready(Op::Put(Hash { fields, lifetime: bounded(lifetime) }))
        };
        self.hashes.entry_by_ref(key).and_compute_with(written).await;
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        Ok(())
    }

    async fn check_writes(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

fn weight(key: &CacheKey, rest: usize) -> u32 {
    u32::try_from(key.as_str().len() + rest).unwrap_or(u32::MAX)
}
