//! Webhooks, and the events on their way to them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{DeliveryId, DeliveryState, EventKinds, UserId, Version, WebhookId, WebhookState};

use crate::{LockedAccount, SealedIdentity, StoreError};

/// A webhook to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// The host of its URL, which may be shown.
    pub host: String,
    /// Its URL and its secrets, sealed.
    pub sealed: SealedIdentity,
    /// Which events it takes.
    pub kinds: EventKinds,
    /// It takes events behind this position.
    pub since: u64,
    /// When it is made.
    pub created_at: DateTime<Utc>,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Id.
    pub id: WebhookId,
    /// Its owner, whose events it takes.
    pub user: UserId,
    /// The host of its URL, which may be shown.
    pub host: String,
    /// Its URL and its secrets, sealed.
    pub sealed: SealedIdentity,
    /// Which events it takes.
    pub kinds: EventKinds,
    /// Whether it is sent events.
    pub state: WebhookState,
    /// The version of what its owner can change.
    pub version: Version,
    /// It takes events behind this position.
    pub since: u64,
    /// Until when the secret before the last one signs, too.
    pub former_until: Option<DateTime<Utc>>,
    /// Since when it has taken nothing; none where its last attempt succeeded.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Webhooks in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait WebhookRepo: Send {
    /// Adds a webhook of the locked account, in its first version, turned on.
    async fn insert(&mut self, owner: &LockedAccount, webhook: &NewWebhook) -> Result<WebhookId, StoreError>;

    /// How many webhooks the locked account has.
    async fn count(&mut self, owner: &LockedAccount) -> Result<u64, StoreError>;

    /// The webhooks of a person, the newest first.
    async fn of_user(&mut self, user: UserId) -> Result<Vec<Webhook>, StoreError>;

    /// The webhook with this id.
    async fn find(&mut self, id: WebhookId) -> Result<Option<Webhook>, StoreError>;

    /// Locks the webhooks of these people that are turned on, and returns them by their ids: none is turned off, changed or
    /// deleted until the end of the transaction.
    async fn lock_enabled(&mut self, users: &[UserId]) -> Result<Vec<Webhook>, StoreError>;

    /// Writes a webhook in the place of the one with its id and this version, under the next version; `false` where the
    /// version is another one by now.
    async fn replace(&mut self, webhook: &Webhook, seen: Version) -> Result<bool, StoreError>;

    /// Notes since when a webhook has taken nothing; none where it took something. Its version stays.
    async fn note_failing(&mut self, id: WebhookId, since: Option<DateTime<Utc>>) -> Result<(), StoreError>;

    /// Deletes a webhook of the person with its deliveries; `false` where there is none.
    async fn delete(&mut self, user: UserId, id: WebhookId) -> Result<bool, StoreError>;

    /// Deletes every webhook of a person with its deliveries; how many they were.
    async fn delete_all_of(&mut self, user: UserId) -> Result<u64, StoreError>;

    /// Webhooks that another key sealed than this one, behind an id, by their ids.
    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<Webhook>, StoreError>;

    /// Replaces what is sealed of a webhook; `false` where it is something else by now. Its version stays.
    async fn reseal(&mut self, id: WebhookId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError>;
}

/// What a delivery takes to its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cargo {
    /// The event at a position.
    Event {
        /// The position.
        position: u64,
        /// The kind of event.
        kind: &'static str,
    },
    /// Nothing: its owner tries the webhook.
    Test,
}

/// Which deliveries of a webhook keep their order among themselves: those of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderingKey {
    /// It waits for no other.
    Free,
    /// Those about the same order.
    Order(i64),
    /// Those about the same listing.
    Listing(i64),
}

/// A delivery to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDelivery {
    /// Where to.
    pub webhook: WebhookId,
    /// What.
    pub cargo: Cargo,
    /// Behind which others.
    pub ordering_key: OrderingKey,
    /// When it is made, and due unless it waits for another.
    pub created_at: DateTime<Utc>,
}

/// The result of the last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptResult {
    /// The status of the answer; none without one.
    pub status: Option<u16>,
    /// The code of what went wrong; none for a success.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: u32,
}

/// An event on its way to a webhook, or there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Id; deliveries of an ordering key are in the order of their ids.
    pub id: DeliveryId,
    /// Where to.
    pub webhook: WebhookId,
    /// What.
    pub cargo: Cargo,
    /// How far it is.
    pub state: DeliveryState,
    /// How many attempts were begun.
    pub attempts: u32,
    /// The last attempt that ended; none before.
    pub last: Option<AttemptResult>,
    /// When the next attempt is due, for one that waits.
    pub next_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was delivered or parked.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What becomes of a delivery behind an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterAttempt {
    /// The receiver took it.
    Delivered,
    /// It is tried again.
    Again(DateTime<Utc>),
    /// It is not tried again.
    Parked,
}

/// Deliveries in the store. Of the deliveries of a webhook with the same ordering key one is attempted at a time, in the
/// order in which they were made; a claim keeps others from an attempt that runs.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait DeliveryRepo: Send {
    /// Locks the position up to which events were handed out, and returns it.
    async fn lock_cursor(&mut self) -> Result<u64, StoreError>;

    /// The same without a lock, as it is committed.
    async fn cursor(&mut self) -> Result<u64, StoreError>;

    /// Moves the locked position.
    async fn move_cursor(&mut self, position: u64) -> Result<(), StoreError>;

    /// Adds deliveries. One that waits for another is not due before that one.
    async fn insert(&mut self, deliveries: &[NewDelivery]) -> Result<(), StoreError>;

    /// The webhooks with deliveries that are due, the longest due first and those that are failing behind the others, at
    /// most `limit` of them.
    async fn due_webhooks(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<WebhookId>, StoreError>;

    /// Deliveries of a webhook that are due and wait for no other, the longest due first.
    async fn due_of(&mut self, webhook: WebhookId, now: DateTime<Utc>, limit: u32)
    -> Result<Vec<Delivery>, StoreError>;

    /// Begins an attempt of a delivery that waits and that was seen with so many: until `until` it is not due, unless the
    /// attempt ends before. `false` where another process was first.
    async fn claim(&mut self, id: DeliveryId, seen: u32, until: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Ends the attempt of this number, and makes the later ones of its ordering key due with it; `false` where the delivery was
    /// claimed again since, or is gone.
    async fn record(
        &mut self,
        id: DeliveryId,
        attempt: u32,
        after: AfterAttempt,
        result: &AttemptResult,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Parks every delivery of a webhook that waits; how many they were.
    async fn park_all(&mut self, webhook: WebhookId, now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Makes a delivery of a webhook due from its first attempt on, also one that was delivered; `false` where there is
    /// none or it waits already.
    async fn redeliver(&mut self, webhook: WebhookId, id: DeliveryId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Deliveries of a webhook, the newest first, in one of these states (any, where there is none), with `after` those
    /// behind it.
    async fn of_webhook(
        &mut self,
        webhook: WebhookId,
        states: &[DeliveryState],
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery of a webhook.
    async fn find(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// How many deliveries ended before an instant.
    async fn count_ended(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Deletes deliveries that ended before an instant, at most `limit` of them; how many they were.
    async fn delete_ended(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}
