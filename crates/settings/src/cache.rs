//! The section `[cache]`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Scheme, ServiceUrl};

/// The cache adapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheAdapter {
    /// The memory of this process.
    Memory,
    /// Redis: a single server, Sentinel or Cluster, as the URL says.
    Redis,
}

impl Scheme for CacheAdapter {
    const ALL: &'static [(&'static str, Self)] = &[
        ("memory", Self::Memory),
        ("redis", Self::Redis),
        ("redis+cluster", Self::Redis),
        ("redis+sentinel", Self::Redis),
        ("rediss", Self::Redis),
        ("rediss+cluster", Self::Redis),
        ("rediss+sentinel", Self::Redis),
    ];

    fn is_local(self) -> bool {
        self == Self::Memory
    }
}

/// Where sessions, codes, counters and ready pages are kept.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CacheSettings {
    /// `memory:`, `redis://host:port/db`, `redis+cluster://host:port,host:port` or
    /// `redis+sentinel://host:port,host:port/master`. With `rediss` instead of `redis` it is TLS.
    pub url: ServiceUrl<CacheAdapter>,
    /// File that holds the URL.
    pub url_file: Option<PathBuf>,
    /// PEM file of the authorities that may vouch for the servers of a `rediss` URL, instead of
    /// those of the system.
    pub ca_certificates: Option<PathBuf>,
    /// What every key in a shared cache begins with.
    #[validate(length(min = 1, max = 32))]
    pub prefix: String,
    /// Longest wait for an answer of the cache, in milliseconds; then the answer is 503.
    #[validate(range(min = 1, max = 60_000))]
    pub deadline_ms: u64,
    /// Whether pages are cached. Without, every request reads the database: for finding out whether the cache
    /// is at fault.
    pub pages: bool,
    /// Memory for ready pages in this process, in bytes; 0 keeps none here.
    #[validate(range(max = 17_179_869_184_u64))]
    pub page_memory_bytes: u64,
    /// How long a ready page is kept in a shared cache, in seconds: also the longest that one can
    /// be out of date, when a process dies between a commit and its announcement. With
    /// `database.replica_url` pages are kept for 2 seconds at most.
    #[validate(range(min = 1, max = 43_200))]
    pub page_lifetime_seconds: u64,
    /// A store of their own for ready pages, as `url`: whatever becomes of pages, sessions are elsewhere. None by
    /// default: pages are kept beside the sessions, within the next bound.
    pub pages_url: Option<ServiceUrl<CacheAdapter>>,
    /// File that holds the URL of the store of pages.
    pub pages_url_file: Option<PathBuf>,
    /// Most bytes of ready pages that this process has in a shared cache. A page goes there when it was asked for
    /// before, and those about stays only for stays of two weeks at most that begin within 90 days.
    #[validate(range(max = 17_179_869_184_u64))]
    pub page_shared_bytes: u64,
    /// Says that this process is the only one of the site, so that its memory may be the cache.
    pub single_instance: bool,
}

impl CacheSettings {
    /// Longest wait for an answer of the cache.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// Whether the URL is one of TLS.
    pub(super) fn uses_tls(&self) -> bool {
        self.url.expose().starts_with("rediss")
    }

    /// How long a ready page is kept in a shared cache.
    pub fn page_lifetime(&self) -> Duration {
        Duration::from_secs(self.page_lifetime_seconds)
    }
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            url: ServiceUrl::new("memory", CacheAdapter::Memory, ""),
            url_file: None,
            ca_certificates: None,
            prefix: "minsu".to_owned(),
            deadline_ms: 500,
            pages: true,
            page_memory_bytes: 64 << 20,
            page_lifetime_seconds: 300,
            pages_url: None,
            pages_url_file: None,
            page_shared_bytes: 32 << 20,
            single_instance: false,
        }
    }
}
