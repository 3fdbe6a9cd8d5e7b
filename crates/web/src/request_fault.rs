//! Requests that fail before a use case.

use std::time::Duration;

use thiserror::Error;

/// A request that did not get as far as a use case.
#[derive(Debug, Error)]
pub enum RequestFault {
    /// No such path.
    #[error("unknown path")]
    UnknownPath,
    /// The path has no such method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// A body that is no JSON, or a multipart that is none.
    #[error("malformed body")]
    MalformedBody,
    /// A body of a type that the call does not take.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// A body above its limit.
    #[error("body too large")]
    BodyTooLarge,
    /// JSON, but not of the right fields or types.
    #[error("wrong fields")]
    WrongFields,
    /// A page of another site sent it.
    #[error("cross-site request")]
    CrossSite,
    /// More requests from one address than the site takes.
    #[error("too many requests; the next one in {0:?}")]
    TooManyRequests(Duration),
    /// It took longer than the server waits.
    #[error("request timed out")]
    TimedOut,
    /// A request head that is none, or contradicts itself.
    #[error("malformed request head")]
    MalformedHead,
    /// A request head above the bound of the server, or with more headers than it takes.
    #[error("request head too large")]
    HeadTooLarge,
}
