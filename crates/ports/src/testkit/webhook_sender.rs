//! The contract of [`crate::WebhookSender`].
#![expect(clippy::expect_used, reason = "a suite fails by panicking")]

use async_trait::async_trait;
use chrono::DateTime;
use minsu_domain::{Event, HouseId, ListingEvent, UserId, WebhookSecret};

use crate::{OrderedEvent, WebhookCall, WebhookFailure, WebhookMessage, WebhookSender, WebhookUrlError};

/// What a receiver was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The id of the message.
    pub id: String,
    /// When the attempt was made, in seconds.
    pub timestamp: i64,
    /// The signatures.
    pub signatures: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A receiver that the sender may call.
#[async_trait]
pub trait Receiver: Sync {
    /// Its URL.
    fn url(&self) -> String;

    /// What it answers from now on; a redirect leads to itself.
    fn answer(&self, status: u16);

    /// What it was sent so far.
    async fn received(&self) -> Vec<Received>;
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::new([byte; 32]).expect("32 bytes")
}

fn event() -> OrderedEvent {
    let listing = ListingEvent {
        house: HouseId::new(7).expect("a positive id"),
        landlord: UserId::new(1).expect("a positive id"),
    };
    OrderedEvent { position: 42, at: DateTime::UNIX_EPOCH, event: Event::ListingPublished(listing) }
}

async fn sent(
    sender: &dyn WebhookSender,
    receiver: &dyn Receiver,
    secrets: &[WebhookSecret],
) -> Result<u16, WebhookFailure> {
    let at = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let (url, message) = (receiver.url(), WebhookMessage::Event(event()));
    sender.send(WebhookCall { url: &url, id: "evt_42", at, secrets, message }).await
}

/// A message arrives with its id and a signature of each secret; repeated, its body has the same bytes.
pub async fn a_message_arrives_signed_by_each_secret(sender: &dyn WebhookSender, receiver: &dyn Receiver) {
    receiver.answer(204);
    assert_eq!(sent(sender, receiver, &[secret(1)]).await, Ok(204));
    assert_eq!(sent(sender, receiver, &[secret(2), secret(1)]).await, Ok(204));
    let received = receiver.received().await;
    let [first, second] = &received[..] else { panic!("{received:?}") };
    assert_eq!((first.id.as_str(), first.timestamp, first.signatures.len()), ("evt_42", 1_800_000_000, 1));
    assert_eq!((&second.id, second.timestamp, &second.body), (&first.id, first.timestamp, &first.body));
    assert_eq!((second.signatures.len(), &second.signatures[1]), (2, &first.signatures[0]));
    assert!(second.signatures[0] != second.signatures[1] && first.signatures[0].starts_with("v1,"));
    assert!(!first.body.is_empty());
}

/// Only a status of success is one: a redirect is not followed.
pub async fn only_a_success_is_one(sender: &dyn WebhookSender, receiver: &dyn Receiver) {
    for status in [200, 202, 204] {
        receiver.answer(status);
        assert_eq!(sent(sender, receiver, &[secret(1)]).await, Ok(status));
    }
    for status in [301, 302, 307, 304, 400, 401, 404, 410, 429, 500, 503] {
        receiver.answer(status);
        assert_eq!(sent(sender, receiver, &[secret(1)]).await, Err(WebhookFailure::Status(status)));
    }
    assert_eq!(receiver.received().await.len(), 14);
}

/// What is no URL of a host is refused before anything is sent.
pub async fn what_is_no_url_is_refused(sender: &dyn WebhookSender) {
    for url in ["", "receiver", "https://", "/hook"] {
        assert_eq!(sender.host(url).await, Err(WebhookUrlError::Malformed), "{url}");
    }
    for url in
        ["https://a:b@receiver.example/", "gopher://receiver.example/", "https://10.0.0.1/", "https://[fd00::1]/"]
    {
        assert_eq!(sender.host(url).await, Err(WebhookUrlError::Refused), "{url}");
    }
}
