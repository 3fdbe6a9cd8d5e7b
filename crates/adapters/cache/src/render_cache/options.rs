//! How entries are kept.

use std::time::Duration;

/// How entries are kept.
#[derive(Debug, Clone)]
pub struct RenderCacheOptions {
    /// Bytes of entries in this process; none: every entry comes from the shared cache.
    pub local_bytes: u64,
    /// How long an entry is kept in the shared cache at most.
    pub lifetime: Duration,
    /// Bytes of entries that this process may have in the shared cache: what is beyond them stays in this process.
    pub shared_bytes: u64,
    /// Whether an entry goes into the shared cache only when it is rendered for the second time: what is asked
    /// for once is not worth the room.
    pub only_asked_again: bool,
    /// Processes with the same name share entries: it names the release and every setting
    /// that entries show (the base of picture URLs, the page size, the time zone).
    pub release: String,
}

impl RenderCacheOptions {
    /// The default bytes of a process in the shared cache.
    pub const SHARED_BYTES: u64 = 32 << 20;
    /// The default bytes in a process.
    pub const LOCAL_BYTES: u64 = 64 << 20;
    /// The default lifetime: also the longest that an entry can be out of date, when a process dies
    /// between a commit and its invalidation.
    pub const LIFETIME: Duration = Duration::from_secs(300);
}
