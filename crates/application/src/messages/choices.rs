//! Which messages a person wants.

use minsu_domain::{MessageChoices, MessageKind, Principal};
use minsu_ports::{LockedAccount, Store};

use crate::{
    AccountError, App, AppError,
    transaction::in_locked_transaction,
    users::{self, ProfileVersion},
};

/// What a person has chosen, and what there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notifications {
    /// The kinds that the person wants by SMS.
    pub sms: Vec<MessageKind>,
    /// The kinds that the site sends.
    pub sent: Vec<MessageKind>,
}

/// What a person has chosen.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn notifications(app: &App, viewer: Principal) -> Result<Notifications, AppError> {
    let choices = app.store.read_own().await?.messages().choices(viewer.user).await?;
    let sms = MessageKind::ALL.into_iter().filter(|kind| choices.wants(*kind)).collect();
    Ok(Notifications { sms, sent: app.policy.messages.kinds() })
}

/// Writes which kinds of messages a person wants; with a version only if the profile still has it.
///
/// # Errors
/// [`crate::AccountError::VersionStale`], [`crate::AccountError::NotFound`].
pub async fn choose(
    app: &App,
    viewer: Principal,
    sms: Vec<MessageKind>,
    expected: Option<ProfileVersion>,
) -> Result<(), AppError> {
    let choices = MessageChoices::of(sms);
    // Under the lock of the account: what is chosen goes with it.
    let begin =
        async |store: &dyn Store| Ok(LockedAccount::begin(store, viewer.user).await?.ok_or(AccountError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, _| {
        users::demand_version(&mut **transaction, viewer.user, expected).await?;
        Ok(transaction.messages().choose(viewer.user, choices).await?)
    })
    .await
}
