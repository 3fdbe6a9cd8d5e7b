//! Deleting a webhook.

use minsu_domain::{Event, Principal, WebhookId};

use crate::{App, AppError, WebhookError, transaction::in_transaction};

/// Deletes a webhook of a person with its deliveries.
///
/// # Errors
/// [`WebhookError::NotFound`].
pub async fn remove(app: &App, viewer: Principal, id: WebhookId) -> Result<(), AppError> {
    in_transaction(app, async |transaction| {
        if !transaction.webhooks().delete(viewer.user, id).await? {
            return Err(AppError::from(WebhookError::NotFound));
        }
        transaction.record(Event::AccountWebhookDeleted { user: viewer.user });
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, webhook = %id, "webhook deleted");
    Ok(())
}
