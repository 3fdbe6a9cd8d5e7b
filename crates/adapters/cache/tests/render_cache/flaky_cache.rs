//! A shared cache whose connection to one process can be cut or slowed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use minsu_ports::{Cache, CacheError, CacheKey, Count};

/// One process's connection to a cache.
pub struct FlakyCache {
    cache: Arc<dyn Cache>,
    cut: AtomicBool,
    slow_millis: AtomicU64,
}

impl FlakyCache {
    pub fn new(cache: &Arc<dyn Cache>) -> Arc<Self> {
        let (cut, slow_millis) = (AtomicBool::new(false), AtomicU64::new(0));
        Arc::new(Self { cache: Arc::clone(cache), cut, slow_millis })
    }

    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }

    /// How long each call takes from now on.
    pub fn slow(&self, by: Duration) {
        self.slow_millis.store(by.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    async fn connected(&self) -> Result<&dyn Cache, CacheError> {
        tokio::time::sleep(Duration::from_millis(self.slow_millis.load(Ordering::SeqCst))).await;
        if self.cut.load(Ordering::SeqCst) { Err(CacheError::Unavailable("cut".into())) } else { Ok(&*self.cache) }
    }
}

#[async_trait]
impl Cache for FlakyCache {
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        self.connected().await?.get(key).await
    }

    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        self.connected().await?.set(key, value, lifetime).await
    }

    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        self.connected().await?.set_if_absent(key, value, lifetime).await
    }

    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        self.connected().await?.replace(key, value, lifetime).await
    }

    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        self.connected().await?.take(key).await
    }

    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError> {
        self.connected().await?.delete(key).await
    }

    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError> {
        self.connected().await?.compare_and_delete(key, expected).await
    }

    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError> {
        self.connected().await?.increment(key, window).await
    }

    async fn decrement(&self, key: &CacheKey) -> Result<(), CacheError> {
        self.connected().await?.decrement(key).await
    }

    async fn count_of(&self, key: &CacheKey) -> Result<Option<Count>, CacheError> {
        self.connected().await?.count_of(key).await
    }

    async fn renew_version(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError> {
        self.connected().await?.renew_version(key, above, lifetime).await
    }

    async fn keep_version(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError> {
        self.connected().await?.keep_version(key, least, lifetime).await
    }

    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError> {
        self.connected().await?.hash_get(key, field).await
    }

    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        self.connected().await?.hash_set(key, field, value, lifetime).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.connected().await?.ping().await
    }

    async fn check_writes(&self) -> Result<(), CacheError> {
        self.connected().await?.check_writes().await
    }
}
