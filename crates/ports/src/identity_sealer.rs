//! Sealing of real-name data.

use minsu_domain::{HouseId, IdentityNumber, OccupantList, OrderId, RealName, UserId};
use thiserror::Error;

/// Real-name data, or the address of a calendar, at rest: unreadable without the key, useless under another user's id.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedIdentity {
    /// The id of the key that sealed it, so that keys can be rotated.
    pub key_id: String,
    /// The sealed bytes, nonce included.
    pub sealed: Vec<u8>,
}

/// Keyed digests of an identity number, by which the accounts that use it are found: nothing without the keys tells
/// the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberDigests {
    /// Which key made [`NumberDigests::current`].
    pub key_id: String,
    /// By the key that seals, in hexadecimal digits.
    pub current: String,
    /// By the keys that sealed before.
    pub former: Vec<String>,
}

impl std::fmt::Debug for SealedIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedIdentity").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Real-name data in the clear, for its owner alone. Not checked again: the rules may have
/// changed since it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The real name.
    pub real_name: String,
    /// The identity number.
    pub id_card: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// A text that is sealed beside real-name data, by what it is and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedText {
    /// The URL of a calendar of another site that occupies days of this house.
    CalendarUrl(HouseId),
    /// The URL and the secrets of a webhook of this person.
    Webhook(UserId),
}

/// Real-name data could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// It was sealed by a key that is not configured.
    #[error("no key with the id it was sealed by")]
    UnknownKey,
    /// It was changed, or belongs to another user.
    #[error("the sealed data is not authentic")]
    NotAuthentic,
}

/// Seals real-name data, those of users and of the people who stay, and what else only the site may read, such as the
/// addresses of calendars and webhooks, with authenticated encryption.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait IdentitySealer: Send + Sync {
    /// Seals the data of one user, bound to their id.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    fn seal(&self, owner: UserId, name: &RealName, number: &IdentityNumber) -> Result<SealedIdentity, SealError>;

    /// The digests of an identity number: the same for every account, others for every key.
    fn digests(&self, number: &str) -> NumberDigests;

    /// The id of the key that seals.
    fn current_key(&self) -> String;

    /// Seals with the current key the data that were sealed for this user by any key.
    ///
    /// # Errors
    /// [`SealError`].
    fn reseal(&self, owner: UserId, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError>;

    /// Opens the data that were sealed for this user.
    ///
    /// # Errors
    /// [`SealError`].
    fn open(&self, owner: UserId, sealed: &SealedIdentity) -> Result<Identity, SealError>;

    /// Seals the people who stay under an order, as one, bound to its id.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    fn seal_occupants(&self, order: OrderId, occupants: &OccupantList) -> Result<SealedIdentity, SealError>;

    /// Seals with the current key the people that were sealed for this order by any key.
    ///
    /// # Errors
    /// [`SealError`].
    fn reseal_occupants(&self, order: OrderId, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError>;

    /// Opens the people who were sealed for this order, in the order in which they were named.
    ///
    /// # Errors
    /// [`SealError`].
    fn open_occupants(&self, order: OrderId, sealed: &SealedIdentity) -> Result<Vec<Identity>, SealError>;

    /// Seals a text, bound to what it is and whose it is.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    fn seal_text(&self, of: SealedText, text: &str) -> Result<SealedIdentity, SealError>;

    /// Seals with the current key the text that was sealed as this by any key.
    ///
    /// # Errors
    /// [`SealError`].
    fn reseal_text(&self, of: SealedText, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError>;

    /// Opens a text that was sealed as this.
    ///
    /// # Errors
    /// [`SealError`].
    fn open_text(&self, of: SealedText, sealed: &SealedIdentity) -> Result<String, SealError>;
}
