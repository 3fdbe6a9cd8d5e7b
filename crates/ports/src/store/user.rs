//! A user as the store gives it back.

use chrono::{DateTime, Utc};
use minsu_domain::{Mobile, PictureKey, UserId, UserName};

/// A user's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// The public name.
    pub name: UserName,
    /// Shown to the user alone; masked for others.
    pub mobile: Mobile,
    /// The portrait, if there is one.
    pub avatar: Option<PictureKey>,
    /// When the account was created, in UTC.
    pub created_at: DateTime<Utc>,
}
