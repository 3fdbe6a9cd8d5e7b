//! Maintenance of the store by the site's owner.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::UserId;

use crate::{SealedIdentity, StoreError};

/// What the deletions of a run delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doomed {
    /// [`MaintenanceRepo::delete_dead_orders`].
    Orders,
    /// [`MaintenanceRepo::delete_forgotten_houses`].
    Houses,
    /// [`MaintenanceRepo::delete_forgotten_users`].
    Users,
}

/// Maintenance of the store. Every deletion takes at most `limit` rows and returns how many it took, so
/// that its locks delay other transactions only briefly; it is finished when it took fewer.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait MaintenanceRepo: Send {
    /// Deletes orders that were rejected or cancelled and were placed before that instant.
    async fn delete_dead_orders(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// Deletes withdrawn houses that no order refers to.
    async fn delete_forgotten_houses(&mut self, limit: u32) -> Result<u64, StoreError>;

    /// Deletes erased users that no order and no house refers to.
    async fn delete_forgotten_users(&mut self, limit: u32) -> Result<u64, StoreError>;

    /// The ids, behind `after` and at most `limit` of them, of the rows that would go if the three deletions ran with
    /// that instant, in their order: what only rows refer to that would go before it is among them.
    async fn doomed(
        &mut self,
        what: Doomed,
        before: DateTime<Utc>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<i64>, StoreError>;

    /// Real-name data of whose number no digest by this key is noted
    /// ([`crate::UserRepo::note_identity_number`]), and those that another key
    /// than this one sealed, by the id of the user, after
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
