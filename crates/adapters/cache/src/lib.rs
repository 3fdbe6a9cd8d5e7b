//! The cache: in this process, or in Redis.
//!
//! [`MemoryCache`] is for development and for a site of one process; [`RedisCache`] is shared by
//! all processes of a site. Both pass the contract suite of [`minsu_ports::Cache`].

mod lifetime;
mod memory;

pub use memory::{MemoryCache, MemoryCacheOptions};
