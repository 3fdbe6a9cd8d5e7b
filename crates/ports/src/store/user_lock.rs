//! A request to lock the row of a user.

use minsu_domain::UserId;

/// How strongly a row is locked, until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockStrength {
    /// The user cannot be erased; any number of transactions hold it at once.
    Shared,
    /// As [`Self::Shared`], and other transactions that lock the row exclusively wait.
    Exclusive,
    /// As [`Self::Exclusive`], and it waits for those that share the row, as they wait for it.
    Alone,
}

/// A request to lock the row of a user; made by the locks of this crate only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserLock {
    user: UserId,
    strength: LockStrength,
}

impl UserLock {
    pub(super) const fn new(user: UserId, strength: LockStrength) -> Self {
        Self { user, strength }
    }

    /// The id of the user.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The strength.
    pub const fn strength(&self) -> LockStrength {
        self.strength
    }
}
