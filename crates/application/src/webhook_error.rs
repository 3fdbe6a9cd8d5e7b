//! The errors of webhooks.

use thiserror::Error;

/// Webhooks.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// No such webhook of this person, or no such delivery of it.
    #[error("no such webhook or delivery")]
    NotFound,
    /// The person has as many webhooks as a person may have.
    #[error("too many webhooks")]
    TooMany,
    /// The site does not call this address.
    #[error("the site does not call this address")]
    AddressRefused,
    /// The webhook was changed since the person read it.
    #[error("the webhook was changed meanwhile")]
    VersionStale,
    /// The delivery waits for an attempt already.
    #[error("the delivery waits already")]
    Waiting,
}
