//! Messages to people that are still to be sent, and which ones people want.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{MessageChoices, MessageId, MessageKind, OrderId, UserId};

use crate::StoreError;

/// A message to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom.
    pub user: UserId,
    /// What kind of message.
    pub kind: MessageKind,
    /// The order that it is about.
    pub order: Option<OrderId>,
    /// When its event was recorded.
    pub at: DateTime<Utc>,
}

/// A message that is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Id.
    pub id: MessageId,
    /// The message.
    pub message: NewMessage,
    /// How often it was tried.
    pub attempts: u32,
}

/// Messages in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait MessageRepo: Send {
    /// Adds messages, due at once.
    async fn insert(&mut self, messages: &[NewMessage]) -> Result<(), StoreError>;

    /// Messages that are due, the longest due first.
    async fn due(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MessageId>, StoreError>;

    /// The message with this id, if it is still to be sent.
    async fn find(&mut self, id: MessageId) -> Result<Option<WaitingMessage>, StoreError>;

    /// Puts a message off that was tried so often before, and counts another attempt; `false` where another process was
    /// first.
    async fn claim(&mut self, id: MessageId, seen: u32, next: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Puts a message off without counting an attempt.
    async fn put_off(&mut self, id: MessageId, next: DateTime<Utc>) -> Result<(), StoreError>;

    /// Forgets a message: it was sent, or the person does not want it.
    async fn delete(&mut self, id: MessageId) -> Result<(), StoreError>;

    /// Forgets the messages to a person, and what the person has chosen; how many messages there were.
    async fn forget_all_of(&mut self, user: UserId) -> Result<u64, StoreError>;

    /// What a person has chosen.
    async fn choices(&mut self, user: UserId) -> Result<MessageChoices, StoreError>;

    /// Writes what a person chooses.
    async fn choose(&mut self, user: UserId, choices: MessageChoices) -> Result<(), StoreError>;
}
