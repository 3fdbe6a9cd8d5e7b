//! Row locks as values. A value of these types exists only where the row was locked, and a method that
//! needs a lock takes a reference to the value: forgetting the lock does not compile.
//!
//! The order of locks follows from the constructors. A first lock begins the transaction, so that
//! no other can come before it; [`LockedParties`] is made from a [`LockedGuest`] only. Two
//! transactions therefore never take an exclusive lock after a shared one on the same row, which is
//! how they would deadlock.
//!
//! | value | row and strength | what it permits |
//! |---|---|---|
//! | [`LockedGuest`] | guest, exclusive | counting the guest's waiting orders, naming who stays |
//! | [`LockedParties`] | guest, exclusive; landlord, shared | placing an order |
//! | [`LockedLandlord`] | landlord, exclusive | publishing and changing a listing, its pictures, counting the landlord's |
//! | [`LockedCalendar`] | landlord, exclusive; house, alone | rules, seasons, dates and claims of the house |
//! | [`LandlordAlone`] | landlord, alone | looking for open orders of a listing, deleting it |
//! | [`LockedAccount`] | user, exclusive | replacing the portrait, counting and adding what an account owns |
//! | [`LockedOrder`] | order, exclusive | adding an attempt to pay it, letting it expire unpaid |
//! | [`ErasedUser`] | user, alone | looking for open orders, withdrawing houses |
//!
//! With the locks:
//!
//! ```
//! use minsu_domain::{OrderId, UserId};
//! use minsu_ports::{LockedGuest, NewOrder, Store, StoreError};
//!
//! async fn placed(
//!     store: &dyn Store,
//!     guest: UserId,
//!     order: &NewOrder,
//! ) -> Result<Option<OrderId>, StoreError> {
//!     let Some((mut transaction, guest)) = LockedGuest::begin(store, guest).await? else { return Ok(None) };
//!     let locked = guest.with_landlord(&mut *transaction, order.house).await?;
//!     let Some((parties, _terms)) = locked else { return Ok(None) };
//!     let id = transaction.orders().insert(&parties, order).await?;
//!     transaction.commit().await.map(|()| Some(id))
//! }
//! ```
//!
//! Without them, or with a made-up lock:
//!
//! ```compile_fail,E0061
//! async fn unlocked(transaction: &mut dyn minsu_ports::UnitOfWork, order: &minsu_ports::NewOrder) {
//!     drop(transaction.orders().insert(order).await);
//! }
//! ```
//!
//! ```compile_fail,E0451
//! fn made_up(guest: minsu_domain::UserId) -> minsu_ports::LockedGuest {
//!     minsu_ports::LockedGuest { guest }
//! }
//! ```

use minsu_domain::{HouseId, HouseTerms, OrderId, UserId, UserName, Version};

use super::{
    order_lock::OrderLock,
    user_lock::{LockStrength, UserLock},
};
use crate::{Store, StoreError, UnitOfWork, User};

/// A transaction that has just begun with its first lock; `None` where there is no such user.
pub type Begun<L> = Option<(Box<dyn UnitOfWork>, L)>;

async fn begin_locked(store: &dyn Store, lock: UserLock) -> Result<Option<Box<dyn UnitOfWork>>, StoreError> {
    let mut transaction = store.begin().await?;
    Ok(transaction.users().lock(lock).await?.then_some(transaction))
}

/// A guest whose transactions wait for each other: simultaneous orders of one guest are counted
/// correctly.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedGuest {
    guest: UserId,
}

impl LockedGuest {
    /// Begins a transaction and locks the guest as its first statement.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin(store: &dyn Store, guest: UserId) -> Result<Begun<Self>, StoreError> {
        let begun = begin_locked(store, UserLock::new(guest, LockStrength::Exclusive)).await?;
        Ok(begun.map(|transaction| (transaction, Self { guest })))
    }

    /// The guest.
    pub const fn guest(&self) -> UserId {
        self.guest
    }

    /// Locks the landlord of a house in addition and reads the terms of the house; `None` where there is no such
    /// house on the site.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with_landlord(
        &self,
        transaction: &mut dyn UnitOfWork,
        house: HouseId,
    ) -> Result<Option<(LockedParties, HouseTerms)>, StoreError> {
        let terms = transaction.houses().lock_landlord(house).await?;
        let parties = |(terms, version): (HouseTerms, _)| {
            (LockedParties { guest: self.guest, landlord: terms.landlord, version }, terms)
        };
        Ok(terms.map(parties))
    }
}

/// Both parties of an order to be placed: neither account can be deleted before the order exists.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedParties {
    guest: UserId,
    landlord: UserId,
    version: Version,
}

impl LockedParties {
    /// The guest.
    pub const fn guest(&self) -> UserId {
        self.guest
    }

    /// The landlord of the house.
    pub const fn landlord(&self) -> UserId {
        self.landlord
    }

    /// The version of the house that its terms are of.
    pub const fn version(&self) -> Version {
        self.version
    }
}

/// A landlord whose transactions wait for each other, and whose account cannot be deleted before they end:
/// simultaneous publications and pictures of one landlord are counted correctly.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedLandlord {
    landlord: UserId,
}

impl LockedLandlord {
    /// Begins a transaction and locks the landlord as its first statement.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin(store: &dyn Store, landlord: UserId) -> Result<Begun<Self>, StoreError> {
        let begun = begin_locked(store, UserLock::new(landlord, LockStrength::Exclusive)).await?;
        Ok(begun.map(|transaction| (transaction, Self { landlord })))
    }

    /// The landlord.
    pub const fn landlord(&self) -> UserId {
        self.landlord
    }

    /// Locks a house of the landlord in addition; `None` where the landlord has no such house.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with_calendar(
        &self,
        transaction: &mut dyn UnitOfWork,
        house: HouseId,
    ) -> Result<Option<LockedCalendar>, StoreError> {
        let locked = transaction.own_listings().lock_calendar(self, house).await?;
        Ok(locked.then_some(LockedCalendar { landlord: self.landlord, house }))
    }
}

/// A house whose days no other transaction occupies or frees before this one ends: days go from one claim to the
/// next correctly, and no order is placed on a day that is being blocked.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedCalendar {
    landlord: UserId,
    house: HouseId,
}

impl LockedCalendar {
    /// The owner of the house.
    pub const fn landlord(&self) -> UserId {
        self.landlord
    }

    /// The house.
    pub const fn house(&self) -> HouseId {
        self.house
    }
}

/// A landlord with whom no order is being placed: it waited for the transactions that hold [`LockedParties`], so that
/// later statements see their orders, and later ones wait for it.
#[derive(Debug, PartialEq, Eq)]
pub struct LandlordAlone {
    landlord: UserId,
}

impl LandlordAlone {
    /// Begins a transaction and locks the landlord as its first statement.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin(store: &dyn Store, landlord: UserId) -> Result<Begun<Self>, StoreError> {
        let begun = begin_locked(store, UserLock::new(landlord, LockStrength::Alone)).await?;
        Ok(begun.map(|transaction| (transaction, Self { landlord })))
    }

    /// The landlord.
    pub const fn landlord(&self) -> UserId {
        self.landlord
    }
}

/// An account whose transactions wait for each other: what it owns is counted correctly, what one of them replaces
/// the next one finds, and it cannot be deleted before the transaction ends.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedAccount {
    user: UserId,
}

impl LockedAccount {
    /// Begins a transaction and locks the account as its first statement.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin(store: &dyn Store, user: UserId) -> Result<Begun<Self>, StoreError> {
        let begun = begin_locked(store, UserLock::new(user, LockStrength::Exclusive)).await?;
        Ok(begun.map(|transaction| (transaction, Self { user })))
    }

    /// The account.
    pub const fn user(&self) -> UserId {
        self.user
    }
}

/// An order whose other transactions wait for this one: those that lock it, and those that move it on. What was read of it
/// and of its attempts stays true until the end.
#[derive(Debug, PartialEq, Eq)]
pub struct LockedOrder {
    order: OrderId,
}

impl LockedOrder {
    /// Begins a transaction and locks the order as its first statement.
    ///
    /// # Errors
    /// As [`Store::begin`].
    pub async fn begin(store: &dyn Store, order: OrderId) -> Result<Begun<Self>, StoreError> {
        let mut transaction = store.begin().await?;
        let locked = transaction.orders().lock(OrderLock::new(order)).await?;
        Ok(locked.then_some((transaction, Self { order })))
    }

    /// The order.
    pub const fn order(&self) -> OrderId {
        self.order
    }
}

/// A user who was erased in this transaction. The erasure waited for every transaction that had
/// locked the user, so later statements see the writes of those.
#[derive(Debug, PartialEq, Eq)]
pub struct ErasedUser {
    before: User,
}

impl ErasedUser {
    /// Begins a transaction, locks the user as its first statement and erases the user; the name becomes `name`.
    ///
    /// # Errors
    /// As [`Store::begin`] and [`crate::UserRepo::erase`].
    pub async fn begin(store: &dyn Store, user: UserId, name: &UserName) -> Result<Begun<Self>, StoreError> {
        // Locked first: a portrait that is being replaced is either seen here, or not written.
        let lock = UserLock::new(user, LockStrength::Alone);
        let Some(mut transaction) = begin_locked(store, lock).await? else { return Ok(None) };
        let Some(before) = transaction.users().find(user).await? else { return Ok(None) };
        let erased = transaction.users().erase(user, name).await?;
        Ok(erased.then_some((transaction, Self { before })))
    }

    /// The user.
    pub const fn id(&self) -> UserId {
        self.before.id
    }

    /// The profile as it was.
    pub const fn before(&self) -> &User {
        &self.before
    }
}
