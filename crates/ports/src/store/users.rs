//! Users: sign-up, login, profile, real-name data.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Mobile, PictureKey, UserId, UserName};

use crate::{LockedAccount, NumberDigests, PasswordHash, SealedIdentity, StoreError, User, UserLock};

/// A user to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The public name.
    pub name: UserName,
    /// The verified number.
    pub mobile: Mobile,
    /// The hashed password.
    pub password_hash: PasswordHash,
    /// When the account is created, in UTC.
    pub created_at: DateTime<Utc>,
}

/// The data that a login is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Their user.
    pub user: UserId,
    /// The stored hash.
    pub password_hash: PasswordHash,
}

/// Users in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait UserRepo: Send {
    /// Adds a user.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with the mobile or the user name, which is taken when another user has its
    /// [`UserName::key`].
    async fn insert(&mut self, user: &NewUser) -> Result<UserId, StoreError>;

    /// The user with this id.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Locks the row of a user until the transaction ends; `false` when there is no such user. An
    /// erasure of the user waits for the transaction, and the other way round; then the second one
    /// sees the writes of the first. It makes the values of [`crate::LockedGuest`], [`crate::LockedParties`]
    /// and [`crate::LockedLandlord`].
    async fn lock(&mut self, lock: UserLock) -> Result<bool, StoreError>;

    /// The credentials of the user with this number.
    async fn credentials(&mut self, mobile: &Mobile) -> Result<Option<Credentials>, StoreError>;

    /// The credentials of the user with this id.
    async fn credentials_of(&mut self, id: UserId) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the password hash of a user if it is still `old`; `false` when it is not.
    async fn replace_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// Replaces the password hash of a user; `false` when there is no such user.
    async fn set_password_hash(&mut self, id: UserId, hash: &PasswordHash) -> Result<bool, StoreError>;

    /// Replaces the mobile of a user if it is still `old`; `false` when it is not.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with [`crate::UniqueKey::Mobile`] when another account has `new`.
    async fn replace_mobile(&mut self, id: UserId, old: &Mobile, new: &Mobile) -> Result<bool, StoreError>;

    /// Renames a user; `false` when there is no such user. The current name is accepted too.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with [`crate::UniqueKey::UserName`] when another user's name has the
    /// same [`UserName::key`].
    async fn rename(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError>;

    /// Replaces the portrait and returns the one before.
    async fn set_avatar(
        &mut self,
        account: &LockedAccount,
        avatar: &PictureKey,
    ) -> Result<Option<PictureKey>, StoreError>;

    /// Erases the personal data of a user: mobile, password, portrait and real-name data; the name becomes this
    /// one. From then on there is no such user for any other call, and the mobile is free.
    /// `false` when there is no such user. It waits for the transactions that have locked the row
    /// ([`UserRepo::lock`]), and sees their writes.
    async fn erase(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError>;

    /// The sealed real-name data of a user, if written.
    async fn identity(&mut self, id: UserId) -> Result<Option<SealedIdentity>, StoreError>;

    /// Writes the real-name data if there is none yet: of any number of calls, simultaneous ones
    /// included, exactly one gets `true`.
    async fn set_identity_once(&mut self, id: UserId, identity: &SealedIdentity) -> Result<bool, StoreError>;

    /// Notes that a user has the identity number of these digests, unless `most` other accounts have it already
    /// (0: any number of accounts may); `false` then. Of simultaneous calls no more than `most` get `true`. A user
    /// has one number: what was noted of the user before is replaced. An erasure forgets it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where another transaction was first; begun again it sees that one's.
    async fn note_identity_number(&mut self, id: UserId, number: &NumberDigests, most: u32)
    -> Result<bool, StoreError>;
}
