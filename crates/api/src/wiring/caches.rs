//! The cache of sessions and limits, and the page cache.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use minsu_cache::{
    DurableCache, MemoryCache, MemoryCacheOptions, RedisCache, RedisConnectError, RedisOptions, RenderCacheOptions,
    TwoTierCache, Uncached,
};
use minsu_ports::{Cache, Clock, RenderCache};
use minsu_settings::{CacheAdapter, Settings};
use minsu_store::SqlStore;

use super::{error::WiringError, public_base::public_base};

/// Tells builds of one version apart, see `build.rs`.
const BUILD_ID: &str = env!("BUILD_ID");
/// How long pages are kept at most that were read from a replica.
const BEHIND_REPLICA: Duration = Duration::from_secs(2);

/// The cache; where it is Redis, also as the adapter itself, whose connections are counted.
pub(crate) async fn cache(settings: &Settings) -> Result<(Arc<dyn Cache>, Option<Arc<RedisCache>>), RedisConnectError> {
    Ok(match settings.cache.url.adapter() {
        CacheAdapter::Memory => (Arc::new(MemoryCache::new(MemoryCacheOptions::default())), None),
        CacheAdapter::Redis => {
            let redis = Arc::new(RedisCache::connect(&redis_options(settings, settings.cache.url.expose())).await?);
            (redis.clone(), Some(redis))
        }
    })
}

/// A cache in memory, with what outlives the process in the database.
pub(super) async fn durable(
    cache: (Arc<dyn Cache>, Option<Arc<RedisCache>>),
    store: &Arc<SqlStore>,
    clock: &Arc<dyn Clock>,
) -> Result<(Arc<dyn Cache>, Option<Arc<RedisCache>>), WiringError> {
    if cache.1.is_some() {
        return Ok(cache);
    }
    let memory = MemoryCache::new(MemoryCacheOptions::default());
    let durable = DurableCache::open(memory, store.clone(), clock.clone(), minsu_application::is_kept).await;
    Ok((Arc::new(durable.map_err(WiringError::CacheEntries)?), None))
}

/// Where pages are kept: a store of their own, or the cache. A store of their own need not answer yet; while it
/// does not, pages come from the database.
pub(super) async fn page_store(
    settings: &Settings,
    cache: &Arc<dyn Cache>,
) -> Result<Arc<dyn Cache>, RedisConnectError> {
    match &settings.cache.pages_url {
        Some(url) if url.adapter() == CacheAdapter::Redis => {
            Ok(Arc::new(RedisCache::new(&redis_options(settings, url.expose()))?))
        }
        Some(_) | None => Ok(cache.clone()),
    }
}

fn redis_options(settings: &Settings, url: &str) -> RedisOptions {
    RedisOptions {
        url: url.into(),
        ca_file: settings.cache.ca_certificates.clone(),
        prefix: settings.cache.prefix.clone(),
        deadline: settings.cache.deadline(),
        handles: workers(settings),
    }
}

/// The page cache. Processes share pages when their build and every setting that a page shows are equal.
pub(super) fn pages(settings: &Settings, cache: &Arc<dyn Cache>, clock: &Arc<dyn Clock>) -> Arc<dyn RenderCache> {
    let local_bytes = settings.cache.page_memory_bytes;
    if !settings.cache.pages {
        return Arc::new(Uncached::default());
    }
    if settings.cache.url.adapter() == CacheAdapter::Memory {
        return Arc::new(TwoTierCache::alone(local_bytes));
    }
    let release = release(settings, BUILD_ID);
    // A page that was read from a replica may be behind: it must not stay for long.
    let lifetime = match settings.database.replica_url {
        Some(_) => settings.cache.page_lifetime().min(BEHIND_REPLICA),
        None => settings.cache.page_lifetime(),
    };
    let shared_bytes = settings.cache.page_shared_bytes;
    let options = RenderCacheOptions { local_bytes, lifetime, shared_bytes, only_asked_again: true, release };
    Arc::new(TwoTierCache::shared(options, cache.clone(), clock.clone()))
}

/// The name under which processes share pages: the build, because another one may print the same page in
/// another shape, and every setting that a page shows.
fn release(settings: &Settings, build_id: &str) -> String {
    let shown = (
        build_id,
        public_base(settings),
        &settings.site.default_avatar,
        settings.site.page_size,
        settings.site.time_zone,
        settings.search.max_results,
    );
    // The same in every process of a release, and that is enough.
    let mut hasher = DefaultHasher::new();
    format!("{shown:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Worker threads of the server.
fn workers(settings: &Settings) -> usize {
    match settings.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        workers => workers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_and_settings_that_print_other_pages_share_none() {
        let settings = Settings::default();
        let mut larger = Settings::default();
        larger.site.page_size += 1;
        assert_eq!(release(&settings, BUILD_ID), release(&Settings::default(), BUILD_ID));
        assert_ne!(release(&settings, BUILD_ID), release(&settings, "another"));
        assert_ne!(release(&settings, BUILD_ID), release(&larger, BUILD_ID));
    }
}
