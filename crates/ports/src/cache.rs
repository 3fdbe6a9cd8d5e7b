//! The cache: short-lived data that all processes of the site share. Sessions, captchas,
//! SMS codes, counters, version tokens, cached renderings.

use std::{fmt::Write, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// The cache did not answer.
#[derive(Debug, Error)]
pub enum CacheError {
    /// It cannot be reached, or not in time.
    #[error("the cache is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A key of the cache: a kind that the code names and an id that no client can shape. Text of
/// clients goes in as a digest only. An adapter puts the site's prefix before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey(String);

/// The capacity in bytes for keys of parsed values: most fit, so that they are written without reallocation.
const USUAL_LENGTH: usize = 120;

impl CacheKey {
    /// The only key of its kind.
    pub fn single(kind: &'static str) -> Self {
        Self(kind.to_owned())
    }

    /// A key by a number of our own, an id for example.
    pub fn of_number(kind: &'static str, number: i64) -> Self {
        Self(format!("{kind}:{number}"))
    }

    /// A key by the SHA-256 of a secret or of text that a client sent.
    pub fn of_digest(kind: &'static str, digest: &[u8; 32]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut key = String::with_capacity(kind.len() + 65);
        key.push_str(kind);
        key.push(':');
        // Not with `format!`, which is slower: every request of a logged-in client needs such a key.
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        key.extend(digits.map(|digit| char::from(DIGITS[usize::from(digit)])));
        Self(key)
    }

    /// A key by values that were parsed and printed again, so that their number is bounded.
    pub fn of_parsed(kind: &'static str, parsed: std::fmt::Arguments<'_>) -> Self {
        let mut key = String::with_capacity(kind.len() + USUAL_LENGTH);
        // Writing to a string cannot fail.
        let _ = write!(key, "{kind}:{parsed}");
        Self(key)
    }

    /// A key as [`Self::as_str`] wrote it.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// What the key is of: the part before the id.
    pub fn kind(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(kind, _)| kind)
    }

    /// The key without the site's prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The state of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How often it was counted in its window, this time included.
    pub value: u64,
    /// How long until the window ends and the counter starts again.
    pub resets_in: Duration,
}

/// Short-lived values, each with a lifetime. Every call is atomic, also between processes. A key
/// has a value, a counter, a version token or a hash, always the same sort.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Cache: Send + Sync {
    /// The value, if it lives; of a counter or a version token its number in decimal digits.
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError>;

    /// Writes a value with its lifetime, over any other.
    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError>;

    /// Writes a value if there is none; of simultaneous calls exactly one gets `true`.
    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError>;

    /// Replaces a value that lives, with a new lifetime; `false` without a write if none does.
    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError>;

    /// Reads and removes a value; of simultaneous calls exactly one gets it.
    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError>;

    /// Removes a value; `true` if there was one.
    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError>;

    /// Removes a value if it is exactly `expected`; of simultaneous calls at most one gets `true`.
    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError>;

    /// Counts one more. The first count opens a window of this length; later ones do not prolong it.
    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError>;

    /// Takes one count back while the window of the counter is open, never below zero; it neither opens a
    /// window nor prolongs one.
    async fn decrement(&self, key: &CacheKey) -> Result<(), CacheError>;

    /// The state of a counter, without counting; `None` while no window is open.
    async fn count_of(&self, key: &CacheKey) -> Result<Option<Count>, CacheError>;

    /// Writes a version token: a number that this key never had before, greater than all that it had and than
    /// `above`, also when the stored one is lost or has expired. Its lifetime starts again.
    /// Version tokens are below 2^53.
    async fn renew_version(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError>;

    /// The stored version token, if it is not below `least`; otherwise a new one as of
    /// [`Self::renew_version`]. Of simultaneous calls one writes.
    async fn keep_version(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError>;

    /// A field of a hash, if the hash lives.
    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError>;

    /// Writes a field of a hash. The first field sets the lifetime of the whole hash, both at once: there is never
    /// a hash that lives for ever, and none that grows for longer than its lifetime.
    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError>;

    /// Whether the cache answers.
    async fn ping(&self) -> Result<(), CacheError>;

    /// Whether the cache takes writes, without which there is no login and no captcha: a cache that is full or
    /// a replica answers reads and refuses writes.
    async fn check_writes(&self) -> Result<(), CacheError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_their_kind_and_a_bounded_id() {
        assert_eq!(CacheKey::of_digest("captcha", &[0xab; 32]).as_str(), format!("captcha:{}", "ab".repeat(32)));
        assert_eq!(CacheKey::of_number("user", 7).as_str(), "user:7");
        assert_eq!(CacheKey::of_parsed("houses", format_args!("{}_{}", 1, 2)).as_str(), "houses:1_2");
        assert_eq!(CacheKey::of_parsed("a-b", format_args!("{}:{}", 1, 2)).kind(), "a-b");
        assert_eq!(CacheKey::single("only").kind(), "only");
    }
}
