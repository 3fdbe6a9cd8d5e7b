//! The sessions of a person.

use chrono::{DateTime, Utc};
use minsu_domain::Principal;

use super::{SessionToken, session_index};
use crate::{App, AppError, ClientAddress};

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its public name.
    pub id: String,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// From where it was opened.
    pub address: ClientAddress,
    /// Whether it is the session of this request.
    pub current: bool,
}

/// The living sessions of the person behind `current`, the newest first.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn list(app: &App, viewer: Principal, current: &SessionToken) -> Result<Vec<SessionInfo>, AppError> {
    let digest = current.digest_text();
    let mut entries = session_index::all(app, viewer.user).await?;
    entries.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| a.digest.cmp(&b.digest)));
    let info = |entry: session_index::Entry| SessionInfo {
        id: entry.id().to_owned(),
        opened: entry.opened,
        address: entry.address,
        current: entry.digest == digest,
    };
    Ok(entries.into_iter().map(info).collect())
}
