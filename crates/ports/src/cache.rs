//! The cache: what is short-lived and shared by all processes of the site. Sessions, captchas,
//! SMS codes, counters, ready pages.

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

/// How many bytes of parsed values most keys have: asked for at once, they are written without moving.
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
        // Not by the formatting of numbers: every request of somebody who is logged in comes here.
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
/// holds a value, a counter, a stamp or a hash, always the same sort.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Cache: Send + Sync {
    /// The value, if it lives; of a counter or a stamp its number in decimal digits.
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError>;

    /// Writes a value with its lifetime, over any other.
    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError>;

    /// Writes a value if there is none; of simultaneous calls exactly one gets `true`.
    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError>;

    /// Writes over a value that lives, with a lifetime; `false` if none does, and then none is
    /// written.
    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError>;

    /// Reads and removes a value; of simultaneous calls exactly one gets it.
    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError>;

    /// Removes a value; `true` if there was one.
    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError>;

    /// Removes a value if it is exactly `expected`; of simultaneous calls at most one gets `true`.
    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError>;

    /// Counts one more. The first count opens a window of this length; later ones do not prolong it.
    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError>;

    /// Writes a stamp: a number that this key never had before, greater than all that it had and than
    /// `above`, also when what stood there is lost or has reached its age. It begins its lifetime anew.
    /// Stamps are below 2^53.
    async fn renew_stamp(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError>;

    /// The stamp as it stands, if it is not below `least`; otherwise a new one as of
    /// [`Self::renew_stamp`]. Of simultaneous calls one writes.
    async fn keep_stamp(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError>;

    /// A field of a hash, if the hash lives.
    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError>;

    /// Writes a field of a hash and sets the lifetime of the whole hash, both at once: there is
    /// never a hash that lives for ever.
    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError>;

    /// Whether the cache answers.
    async fn ping(&self) -> Result<(), CacheError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_their_kind_and_a_bounded_id() {
        assert_eq!(CacheKey::of_digest("captcha", &[0xab; 32]).as_str(), format!("captcha:{}", "ab".repeat(32)));
        assert_eq!(CacheKey::of_number("user", 7).as_str(), "user:7");
        assert_eq!(CacheKey::of_parsed("houses", format_args!("{}_{}", 1, 2)).as_str(), "houses:1_2");
    }
}
