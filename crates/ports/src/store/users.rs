//! People: sign-up, login, profile, real-name data.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Mobile, PictureKey, UserId, UserName};

use crate::{PasswordHash, SealedIdentity, StoreError};

/// A person as the site knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// What other people see.
    pub name: UserName,
    /// For its owner only; masked for everybody else.
    pub mobile: Mobile,
    /// The portrait, if there is one.
    pub avatar: Option<PictureKey>,
    /// When they signed up.
    pub created_at: DateTime<Utc>,
}

/// A person to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// What other people will see.
    pub name: UserName,
    /// The verified number.
    pub mobile: Mobile,
    /// The hashed password.
    pub password_hash: PasswordHash,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// What a login is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose they are.
    pub user: UserId,
    /// The hash at rest.
    pub password_hash: PasswordHash,
}

/// People in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait UserRepo: Send {
    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with the mobile or the user name.
    async fn insert(&mut self, user: &NewUser) -> Result<UserId, StoreError>;

    /// The person with this id.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Whether all of these people are there, who then cannot be erased until the unit of work ends: what
    /// a unit writes in the name of a person, or for them, it writes while they are there. Units that hold
    /// the same person do not wait for each other; one that erases them waits, and who waits for it is
    /// told what came of it.
    async fn hold(&mut self, people: &[UserId]) -> Result<bool, StoreError>;

    /// What a login with this number is checked against.
    async fn credentials(&mut self, mobile: &Mobile) -> Result<Option<Credentials>, StoreError>;

    /// The same for the person with this id.
    async fn credentials_of(&mut self, id: UserId) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the password hash of a person if it is still `old`; `false` when it is not.
    async fn replace_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// Replaces the password hash of a person; `false` when there is no such person.
    async fn set_password_hash(&mut self, id: UserId, hash: &PasswordHash) -> Result<bool, StoreError>;

    /// Renames a person; `false` when there is no such person. To keep one's own name is fine.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] with [`crate::UniqueKey::UserName`] when somebody else has it;
    /// names compare byte by byte.
    async fn rename(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError>;

    /// Replaces the portrait; `false` when there is no such person.
    async fn set_avatar(&mut self, id: UserId, avatar: &PictureKey) -> Result<bool, StoreError>;

    /// Erases who a person is: mobile, password, portrait and real-name data; the name becomes this
    /// one. From then on there is no such person for any other call, and the mobile is free.
    /// `false` when there is no such person. It waits for the units that hold them ([`UserRepo::hold`]),
    /// and what those wrote can be read afterwards.
    async fn erase(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError>;

    /// The sealed real-name data of a person, if written.
    async fn identity(&mut self, id: UserId) -> Result<Option<SealedIdentity>, StoreError>;

    /// Writes the real-name data if there is none yet: of any number of calls, simultaneous ones
    /// included, exactly one gets `true`.
    async fn set_identity_once(&mut self, id: UserId, identity: &SealedIdentity) -> Result<bool, StoreError>;
}
