//! Personal tokens.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Scopes, TokenId, TokenName, UserId};

use crate::{LockedAccount, StoreError};

/// The SHA-256 of a token's text, which is all that the site keeps of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

/// A token to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: TokenName,
    /// What it permits.
    pub scopes: Scopes,
    /// The digest of its text.
    pub hash: TokenHash,
    /// When it is made.
    pub created_at: DateTime<Utc>,
    /// From when on it permits nothing; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalToken {
    /// Id.
    pub id: TokenId,
    /// Its owner.
    pub user: UserId,
    /// What its owner calls it.
    pub name: TokenName,
    /// What it permits.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it permits nothing; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was used, written down now and then.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Personal tokens in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait TokenRepo: Send {
    /// Adds a token of the locked account.
    async fn insert(&mut self, owner: &LockedAccount, token: &NewToken) -> Result<TokenId, StoreError>;

    /// How many tokens the locked account has.
    async fn count(&mut self, owner: &LockedAccount) -> Result<u64, StoreError>;

    /// The tokens of a person, the newest first.
    async fn of_user(&mut self, user: UserId) -> Result<Vec<PersonalToken>, StoreError>;

    /// The token with this hash, expired or not.
    async fn find(&mut self, hash: TokenHash) -> Result<Option<PersonalToken>, StoreError>;

    /// Gives a token of the person another text; `false` where there is no such token.
    async fn replace_hash(&mut self, user: UserId, id: TokenId, hash: TokenHash) -> Result<bool, StoreError>;

    /// Writes down that a token is used, unless it was used later than `before`; `false` where nothing was
    /// written.
    async fn note_use(&mut self, id: TokenId, now: DateTime<Utc>, before: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Deletes a token of the person; `false` where there is none.
    async fn delete(&mut self, user: UserId, id: TokenId) -> Result<bool, StoreError>;

    /// Deletes every token of a person; how many they were.
    async fn delete_all_of(&mut self, user: UserId) -> Result<u64, StoreError>;

    /// Deletes tokens that expired before that instant, at most so many; how many they were.
    async fn delete_expired(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// How many tokens expired before that instant.
    async fn count_expired(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
