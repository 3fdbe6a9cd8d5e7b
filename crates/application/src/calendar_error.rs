//! The errors of calendars: those of other sites, and the links to those of this one.

use thiserror::Error;

/// Calendars.
#[derive(Debug, Error)]
pub enum CalendarError {
    /// The house has no such feed.
    #[error("no such feed of the house")]
    NoSuchFeed,
    /// The house has no such link.
    #[error("no such link of the house")]
    NoSuchExport,
    /// The house has as many feeds as a house may have.
    #[error("as many feeds as a house may have")]
    TooManyFeeds,
    /// The house has as many links as a house may have.
    #[error("as many links as a house may have")]
    TooManyExports,
    /// The rules of the site refuse the address of a feed.
    #[error("the address of the feed is refused")]
    AddressRefused,
    /// The host of a feed has no address.
    #[error("the host of the feed is not known")]
    UnknownHost,
    /// The feed was changed since the version that was named.
    #[error("the feed was changed meanwhile")]
    VersionStale,
    /// A feed that is paused is not polled.
    #[error("the feed is paused")]
    Paused,
}
