//! The version of a profile that a change is based on.

use std::fmt;

use minsu_domain::{MessageChoices, Principal, UserId};
use minsu_ports::{LockedAccount, Store, UnitOfWork, User};

use crate::{
    AccountError, App, AppError,
    digest::sha256,
    idempotency::Kept,
    transaction::{Transaction, in_locked_transaction, in_transaction},
};

/// The version of a profile: a digest of all that its owner can change of it, name, portrait, real name and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileVersion(u64);

impl ProfileVersion {
    /// The version of this profile; `verified` where the real name was written.
    pub fn of(user: &User, verified: bool, choices: MessageChoices) -> Self {
        let avatar = user.avatar.as_ref().map_or("", |key| key.as_str());
        // None of them has a line break.
        let text = format!("{}\n{avatar}\n{verified}\n{}", user.name.as_str(), choices.bits());
        let digest = sha256(text.as_bytes());
        Self(digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

impl ProfileVersion {
    /// Reads what [`ProfileVersion`] prints; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_one.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for ProfileVersion {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The version that the profile of a person has now.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn version(app: &App, viewer: Principal, profile: &User) -> Result<ProfileVersion, AppError> {
    let mut session = app.store.read_own().await?;
    let verified = session.users().identity(viewer.user).await?.is_some();
    let choices = session.messages().choices(viewer.user).await?;
    Ok(ProfileVersion::of(profile, verified, choices))
}

/// Demands, under a lock of the account, that the profile still has the version that was seen.
///
/// # Errors
/// [`AccountError::VersionStale`], [`AccountError::NotFound`].
pub(crate) async fn demand(
    transaction: &mut dyn UnitOfWork,
    user: UserId,
    expected: Option<ProfileVersion>,
) -> Result<(), AppError> {
    let Some(expected) = expected else { return Ok(()) };
    let before = transaction.users().find(user).await?.ok_or(AccountError::NotFound)?;
    let verified = transaction.users().identity(user).await?.is_some();
    let choices = transaction.messages().choices(user).await?;
    if ProfileVersion::of(&before, verified, choices) == expected {
        Ok(())
    } else {
        Err(AccountError::VersionStale.into())
    }
}

/// As [`in_transaction`]; with a version, the profile must still be what the person saw who changes it,
/// and other changes of it wait.
///
/// # Errors
/// [`AccountError::VersionStale`], [`AccountError::NotFound`], and what `work` returns.
pub(super) async fn in_transaction_at<T: Kept>(
    app: &App,
    user: UserId,
    expected: Option<ProfileVersion>,
    mut work: impl AsyncFnMut(&mut Transaction) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let Some(expected) = expected else { return in_transaction(app, work).await };
    let begin = async |store: &dyn Store| Ok(LockedAccount::begin(store, user).await?.ok_or(AccountError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, _| {
        demand(&mut **transaction, user, Some(expected)).await?;
        work(transaction).await
    })
    .await
}
