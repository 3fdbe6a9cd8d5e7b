//! The sessions of a person.

use chrono::{DateTime, Utc};
use minsu_domain::UserId;

use super::{SessionToken, slots};
use crate::{App, AppError, ClientAddress};

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its name.
    pub id: String,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// From where it was opened.
    pub address: ClientAddress,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The living sessions of the person behind `current`, the newest first.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn list(app: &App, viewer: UserId, current: &SessionToken) -> Result<Vec<SessionInfo>, AppError> {
    let digest = current.digest_text();
    let mut entries = slots::all(app, viewer).await?;
    entries.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| a.digest.cmp(&b.digest)));
    let info = |entry: slots::Entry| SessionInfo {
        id: entry.id().to_owned(),
        opened: entry.opened,
        address: entry.address,
        current: entry.digest == digest,
    };
    Ok(entries.into_iter().map(info).collect())
}
