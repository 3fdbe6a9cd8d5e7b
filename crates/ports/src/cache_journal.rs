//! What of a cache in the memory of one process outlives the process.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::{CacheKey, StoreError};

/// The content of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptValue {
    /// A value.
    Bytes(Bytes),
    /// A counter.
    Counter(u64),
}

/// An entry of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEntry {
    /// Its key.
    pub key: CacheKey,
    /// Its content.
    pub value: KeptValue,
    /// When its lifetime or window ends, to the microsecond.
    pub ends: DateTime<Utc>,
}

/// A change of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptChange {
    /// It is written, over any other.
    Put(KeptEntry),
    /// It is gone.
    Remove(CacheKey),
}

/// Keeps entries of a cache for the next process. One process writes at a time.
#[async_trait]
pub trait CacheJournal: Send + Sync {
    /// At most `limit` entries whose keys come behind `after` and which end later than `now`, by their keys.
    async fn living(
        &self,
        after: Option<&CacheKey>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<KeptEntry>, StoreError>;

    /// Writes changes of different keys, all or none.
    async fn write(&self, changes: &[KeptChange]) -> Result<(), StoreError>;

    /// Deletes entries that end at that instant or before, at most so many; how many they were.
    async fn forget_expired(&self, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
