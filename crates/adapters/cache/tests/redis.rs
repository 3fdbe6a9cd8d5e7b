//! The cache in Redis: the contract on every sort of set-up, and its failures.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "redis/cluster.rs"]
mod cluster;
#[path = "redis/faults.rs"]
mod faults;
#[path = "redis/proxy.rs"]
mod proxy;
#[path = "redis/sentinel.rs"]
mod sentinel;
#[path = "redis/single.rs"]
mod single;
#[path = "redis/tls.rs"]
mod tls;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use minsu_cache::{RedisCache, RedisOptions};
use minsu_ports::{Cache, CacheKey};

const LONG: Duration = Duration::from_secs(600);
/// How soon a cache works again after its server does, at most.
const RECOVERY: Duration = Duration::from_secs(5);

fn options(url: String) -> RedisOptions {
    let (prefix, deadline) = ("minsu:".to_owned(), RedisOptions::DEADLINE);
    RedisOptions { url: url.into(), ca_file: None, prefix, deadline, handles: 4 }
}

async fn connect(url: String) -> Arc<RedisCache> {
    Arc::new(RedisCache::connect(&options(url)).await.unwrap())
}

/// Every call that an application makes, with its answer checked; an error is the cache's.
async fn all_calls_work(cache: &dyn Cache) -> Result<(), minsu_ports::CacheError> {
    let (value, counter, hash) = (CacheKey::single("value"), CacheKey::single("counter"), CacheKey::single("hash"));
    let bytes = Bytes::from_static(b"bytes");
    for key in [&value, &counter, &hash] {
        cache.delete(key).await?;
    }
    cache.ping().await?;
    assert!(cache.set_if_absent(&value, bytes.clone(), LONG).await?);
    assert_eq!(cache.take(&value).await?, Some(bytes.clone()));
    cache.set(&value, bytes.clone(), LONG).await?;
    assert_eq!(cache.get(&value).await?, Some(bytes.clone()));
    assert!(cache.compare_and_delete(&value, &bytes).await?);
    assert_eq!(cache.increment(&counter, LONG).await?.value, 1);
    cache.hash_set(&hash, 1, bytes.clone(), LONG).await?;
    assert_eq!(cache.hash_get(&hash, 1).await?, Some(bytes));
    Ok(())
}

/// Waits until all calls work, as long as a recovery may take.
async fn recovers(cache: &dyn Cache) {
    let begin = Instant::now();
    while let Err(error) = all_calls_work(cache).await {
        assert!(begin.elapsed() < RECOVERY, "still {error:?} after {:?}", begin.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
