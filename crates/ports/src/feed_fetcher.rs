//! Fetching the calendars of other sites, whose addresses strangers name.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// What is fetched. `Debug` does not print the URL, which is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedRequest {
    /// The URL.
    pub url: String,
    /// The `ETag` of the content that is known.
    pub etag: Option<String>,
    /// The `Last-Modified` of the content that is known.
    pub last_modified: Option<String>,
}

impl std::fmt::Debug for FeedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedRequest(…)")
    }
}

/// A good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedAnswer {
    /// Status 200.
    Content {
        /// The content, unpacked.
        body: Bytes,
        /// Its `ETag`.
        etag: Option<String>,
        /// Its `Last-Modified`.
        last_modified: Option<String>,
    },
    /// Status 304: the content is the one that is known.
    Unchanged,
}

/// No good answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no good answer: {code}")]
pub struct FetchFailed {
    /// The code by which the landlord is told, `http_` and the status among them.
    pub code: String,
    /// After how long the other side wants to be asked again.
    pub retry_after: Option<Duration>,
}

/// An address that is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FeedAddressError {
    /// Not the URL of something to be fetched.
    #[error("not a url of a calendar")]
    NotAUrl,
    /// The rules of the site refuse it.
    #[error("the address is refused")]
    Refused,
    /// Its host has no address.
    #[error("the host is not known")]
    UnknownHost,
}

/// An address that may be called.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedAddress {
    /// The URL as it is fetched.
    pub url: String,
    /// Its host.
    pub host: String,
}

impl std::fmt::Debug for CheckedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedAddress").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Fetches calendars from addresses that strangers name: it reaches the internet alone, not what only this machine
/// reaches.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait FeedFetcher: Send + Sync {
    /// Whether a URL would be fetched. `webcal` is taken for `https`.
    ///
    /// # Errors
    /// [`FeedAddressError`].
    async fn check(&self, url: &str) -> Result<CheckedAddress, FeedAddressError>;

    /// Fetches a URL, whose address and those of its redirects are checked again.
    ///
    /// # Errors
    /// [`FetchFailed`].
    async fn fetch(&self, request: &FeedRequest) -> Result<FeedAnswer, FetchFailed>;
}
