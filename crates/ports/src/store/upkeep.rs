//! What is done to the store now and then, by whoever runs the site.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::UserId;

use crate::{SealedIdentity, StoreError};

/// Upkeep of the store. Every deletion takes at most `limit` rows and says how many it took, so
/// that nobody else waits for long; it is done when it took fewer.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait UpkeepRepo: Send {
    /// Deletes orders that were rejected or cancelled and were placed before that instant.
    async fn delete_dead_orders(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// Deletes withdrawn houses that no order names.
    async fn delete_forgotten_houses(&mut self, limit: u32) -> Result<u64, StoreError>;

    /// Deletes erased people whom no order and no house names.
    async fn delete_forgotten_users(&mut self, limit: u32) -> Result<u64, StoreError>;

    /// Real-name data that another key than this one sealed, by the id of the person, behind
    /// `after`.
    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, SealedIdentity)>, StoreError>;

    /// Replaces sealed data if they are still the old ones; `false` when they are not.
    async fn reseal(&mut self, id: UserId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError>;
}
