//! Idempotency keys: what makes a changing call safe to repeat.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::UserId;

use crate::StoreError;

/// The identity of a key: the SHA-256 of the key and of who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; 32]);

/// Names one request that works under a key: 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOwner(pub [u8; 16]);

/// A key that a request claims for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewClaim {
    /// The key.
    pub id: KeyId,
    /// The SHA-256 of the request.
    pub digest: [u8; 32],
    /// The person who sent it, if logged in.
    pub user: Option<UserId>,
    /// The request.
    pub owner: ClaimOwner,
    /// Until when the request counts as running.
    pub lease_ends: DateTime<Utc>,
    /// When the key is forgotten.
    pub expires_at: DateTime<Utc>,
}

/// The answer to a request as it is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP's status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// The type of the body, at most 255 bytes.
    pub content_type: Option<String>,
    /// Where the new thing is, at most 1,024 bytes.
    pub location: Option<String>,
    /// The version of the thing, at most 255 bytes.
    pub etag: Option<String>,
}

/// A key and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The SHA-256 of the request that claimed it first.
    pub digest: [u8; 32],
    /// The request that works or worked under it.
    pub owner: ClaimOwner,
    /// Until when that request counts as running.
    pub lease_ends: DateTime<Utc>,
    /// When the key is forgotten.
    pub expires_at: DateTime<Utc>,
    /// What the committed effect came to; `None` while there is none.
    pub effect: Option<i64>,
    /// The answer, once it is stored.
    pub answer: Option<StoredAnswer>,
}

/// Idempotency keys in the store. Changes name the owner that was seen: of two requests under a key
/// one gets `true`.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait IdempotencyRepo: Send {
    /// Writes a key unless it is there; of simultaneous calls exactly one gets `true`.
    async fn claim(&mut self, claim: &NewClaim) -> Result<bool, StoreError>;

    /// A key and its state.
    async fn find(&mut self, id: KeyId) -> Result<Option<IdempotencyRecord>, StoreError>;

    /// Hands a key without an answer to another request; `false` where `from` does not hold it any more or
    /// has answered.
    async fn take_over(
        &mut self,
        id: KeyId,
        from: ClaimOwner,
        to: ClaimOwner,
        lease_ends: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Writes what the effect came to, in the transaction of the effect; `false` where the owner does not
    /// hold the key any more, and then the transaction must not be committed.
    async fn record_effect(&mut self, id: KeyId, owner: ClaimOwner, effect: i64) -> Result<bool, StoreError>;

    /// Stores the answer; `false` where the owner does not hold the key any more.
    async fn answer(&mut self, id: KeyId, owner: ClaimOwner, answer: &StoredAnswer) -> Result<bool, StoreError>;

    /// Ends a request without an answer: a key without an effect is forgotten, the lease of one with an
    /// effect ends at `now`.
    async fn release(&mut self, id: KeyId, owner: ClaimOwner, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Forgets a key, whatever came of it; `false` where the owner does not hold it any more.
    async fn forget(&mut self, id: KeyId, owner: ClaimOwner) -> Result<bool, StoreError>;

    /// Forgets the keys of a person, whose answers may say who it was.
    async fn forget_all_of(&mut self, user: UserId) -> Result<u64, StoreError>;

    /// Forgets keys that expired at that instant or before, at most so many; how many they were.
    async fn forget_expired(&mut self, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// How many keys expired at that instant or before.
    async fn count_expired(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError>;
}
