//! The webhooks of a person.

use minsu_domain::{Principal, WebhookId};
use minsu_ports::Webhook;

use crate::{App, AppError, WebhookError};

/// The webhooks of a person, the newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn list(app: &App, viewer: Principal) -> Result<Vec<Webhook>, AppError> {
    Ok(app.store.read_own().await?.webhooks().of_user(viewer.user).await?)
}

/// One webhook of a person.
///
/// # Errors
/// [`WebhookError::NotFound`], also for one of another person.
pub async fn find(app: &App, viewer: Principal, id: WebhookId) -> Result<Webhook, AppError> {
    let found = app.store.read_own().await?.webhooks().find(id).await?;
    Ok(found.filter(|webhook| webhook.user == viewer.user).ok_or(WebhookError::NotFound)?)
}
