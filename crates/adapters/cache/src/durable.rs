//! The cache in this process, with entries that outlive it.

mod restore;
mod writer;

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use minsu_ports::{Cache, CacheError, CacheJournal, CacheKey, Clock, Count, KeptValue, StoreError};
use tokio::sync::{Mutex, MutexGuard};

use crate::MemoryCache;
use writer::Writer;

/// Changes of one key are written in the order in which they were made; keys share so many locks.
const LOCKS: usize = 64;

/// A [`MemoryCache`] whose entries of some kinds are also written to a [`CacheJournal`], and read back when the
/// next process opens it. Reading never asks the journal.
///
/// A change returns when it is written, so that it is kept however the process ends. While the journal does not
/// answer, changes wait in memory and are written when it does: the cache goes on, and only a process that ends
/// meanwhile loses them. Hashes and version tokens, which belong to cached pages, are never kept.
pub struct DurableCache {
    memory: MemoryCache,
    writer: Writer,
    is_kept: fn(&CacheKey) -> bool,
    locks: [Mutex<()>; LOCKS],
}

impl DurableCache {
    /// Reads what an earlier process left and begins to write; `is_kept` says which keys are kept.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn open(
        memory: MemoryCache,
        journal: Arc<dyn CacheJournal>,
        clock: Arc<dyn Clock>,
        is_kept: fn(&CacheKey) -> bool,
    ) -> Result<Self, StoreError> {
        restore::restore(&memory, journal.as_ref(), clock.as_ref()).await?;
        let locks = std::array::from_fn(|_| Mutex::new(()));
        Ok(Self { memory, writer: Writer::start(journal, clock), is_kept, locks })
    }

    /// Held from a change in memory until it is handed to the writer.
    async fn in_order(&self, key: &CacheKey) -> MutexGuard<'_, ()> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let place = usize::try_from(hash % LOCKS as u64).unwrap_or_default();
        // The remainder is below the number of locks.
        let [first, ..] = &self.locks;
        self.locks.get(place).unwrap_or(first).lock().await
    }

    /// Writes a value as the memory has just taken it, and gives the lock back first.
    async fn put(&self, order: MutexGuard<'_, ()>, key: &CacheKey, value: Bytes, lifetime: Duration) {
        let written = self.writer.put(key, KeptValue::Bytes(value), lifetime);
        drop(order);
        written.done().await;
    }

    async fn remove(&self, order: MutexGuard<'_, ()>, key: &CacheKey) {
        let written = self.writer.remove(key);
        drop(order);
        written.done().await;
    }
}

#[async_trait]
impl Cache for DurableCache {
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        self.memory.get(key).await
    }

    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.set(key, value, lifetime).await;
        }
        let order = self.in_order(key).await;
        self.memory.set(key, value.clone(), lifetime).await?;
        self.put(order, key, value, lifetime).await;
        Ok(())
    }

    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.set_if_absent(key, value, lifetime).await;
        }
        let order = self.in_order(key).await;
        let set = self.memory.set_if_absent(key, value.clone(), lifetime).await?;
        if set {
            self.put(order, key, value, lifetime).await;
        }
        Ok(set)
    }

    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.replace(key, value, lifetime).await;
        }
        let order = self.in_order(key).await;
        let replaced = self.memory.replace(key, value.clone(), lifetime).await?;
        if replaced {
            self.put(order, key, value, lifetime).await;
        }
        Ok(replaced)
    }

    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.take(key).await;
        }
        let order = self.in_order(key).await;
        let taken = self.memory.take(key).await?;
        if taken.is_some() {
            self.remove(order, key).await;
        }
        Ok(taken)
    }

    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.delete(key).await;
        }
        let order = self.in_order(key).await;
        let deleted = self.memory.delete(key).await?;
        if deleted {
            self.remove(order, key).await;
        }
        Ok(deleted)
    }

    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.compare_and_delete(key, expected).await;
        }
        let order = self.in_order(key).await;
        let deleted = self.memory.compare_and_delete(key, expected).await?;
        if deleted {
            self.remove(order, key).await;
        }
        Ok(deleted)
    }

    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.increment(key, window).await;
        }
        let order = self.in_order(key).await;
        let count = self.memory.increment(key, window).await?;
        let written = self.writer.put(key, KeptValue::Counter(count.value), count.resets_in);
        drop(order);
        written.done().await;
        Ok(count)
    }

    async fn decrement(&self, key: &CacheKey) -> Result<(), CacheError> {
        if !(self.is_kept)(key) {
            return self.memory.decrement(key).await;
        }
        let order = self.in_order(key).await;
        self.memory.decrement(key).await?;
        let Some(count) = self.memory.count_of(key).await? else { return Ok(()) };
        let written = self.writer.put(key, KeptValue::Counter(count.value), count.resets_in);
        drop(order);
        written.done().await;
        Ok(())
    }

    async fn count_of(&self, key: &CacheKey) -> Result<Option<Count>, CacheError> {
        self.memory.count_of(key).await
    }

    async fn renew_version(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError> {
        self.memory.renew_version(key, above, lifetime).await
    }

    async fn keep_version(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError> {
        self.memory.keep_version(key, least, lifetime).await
    }

    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError> {
        self.memory.hash_get(key, field).await
    }

    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        self.memory.hash_set(key, field, value, lifetime).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.memory.ping().await
    }

    async fn check_writes(&self) -> Result<(), CacheError> {
        self.memory.check_writes().await
    }
}
