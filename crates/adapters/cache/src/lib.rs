//! The cache: in this process, or in Redis.
//!
//! [`MemoryCache`] is for development and for a site of one process; [`RedisCache`] is shared by
//! all processes of a site. Both pass the contract suite of [`minsu_ports::Cache`].

#![cfg_attr(test, expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test"))]

mod lifetime;
mod memory;
mod pages;
mod redis;

pub use memory::{MemoryCache, MemoryCacheOptions};
pub use pages::{PageOptions, TwoTierPages};
pub use redis::{RedisCache, RedisConnectError, RedisFailure, RedisOptions, RedisOptionsError};
