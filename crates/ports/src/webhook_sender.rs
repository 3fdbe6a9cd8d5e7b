//! Sending events to webhooks.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::WebhookSecret;
use thiserror::Error;

use crate::OrderedEvent;

/// What a webhook is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMessage {
    /// An event.
    Event(OrderedEvent),
    /// That its owner tries it, at this instant.
    Test(DateTime<Utc>),
}

/// One attempt to tell a webhook something.
#[derive(Debug, Clone, Copy)]
pub struct WebhookCall<'a> {
    /// Where to. It is a secret.
    pub url: &'a str,
    /// The id of the message: the same at every attempt, by which the receiver knows it again.
    pub id: &'a str,
    /// When the attempt is made.
    pub at: DateTime<Utc>,
    /// The keys that sign it, at least one.
    pub secrets: &'a [WebhookSecret],
    /// The message.
    pub message: WebhookMessage,
}

/// An attempt that was not answered by a success. It does not tell the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookFailure {
    /// The receiver answered with another status than a success; a redirect is none.
    #[error("the receiver answered {0}")]
    Status(u16),
    /// The address is none that the site calls.
    #[error("the site does not call this address: {0}")]
    Refused(&'static str),
    /// There was no answer, for the reason of this code.
    #[error("the receiver did not answer: {0}")]
    Unanswered(&'static str),
}

impl WebhookFailure {
    /// The code by which the owner of the webhook is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Status(300..=399) => "redirect",
            Self::Status(_) => "status",
            Self::Refused(code) | Self::Unanswered(code) => code,
        }
    }
}

/// Why a URL cannot be the one of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookUrlError {
    /// It is no URL of the web.
    #[error("not a url")]
    Malformed,
    /// The site does not call it.
    #[error("the site does not call this address")]
    Refused,
}

/// Sends events to the webhooks that people name, in the form of Standard Webhooks.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// The host of a URL that the site would call as things are now.
    ///
    /// # Errors
    /// [`WebhookUrlError`]. A name that does not resolve yet is no error.
    async fn host(&self, url: &str) -> Result<String, WebhookUrlError>;

    /// Makes an attempt, and returns the status of a successful answer. It ends at its deadline.
    ///
    /// # Errors
    /// [`WebhookFailure`].
    async fn send<'a>(&self, call: WebhookCall<'a>) -> Result<u16, WebhookFailure>;
}
