//! The cache: in this process, or in Redis.
//!
//! [`MemoryCache`] is for development and for a site of one process, as a [`DurableCache`] where logins outlive the
//! process; [`RedisCache`] is shared by
//! all processes of a site. Both pass the contract suite of [`minsu_ports::Cache`]. [`TwoTierCache`]
//! keeps renderings in this process and over a shared cache: `docs/cache.md` is its page.

#![cfg_attr(test, expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test"))]

mod durable;
mod lifetime;
mod memory;
mod redis;
mod render_cache;

pub use durable::DurableCache;
pub use memory::{MemoryCache, MemoryCacheOptions};
pub use redis::{RedisCache, RedisConnectError, RedisFailure, RedisOptions, RedisOptionsError};
pub use render_cache::{RenderCacheOptions, TwoTierCache, Uncached};
