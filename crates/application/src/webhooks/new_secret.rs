//! Another secret for a webhook.

use minsu_domain::{Event, FORMER_SECRET_SIGNS, Principal, WebhookId};
use minsu_ports::Webhook;

use super::credentials::{Credentials, secret_text};
use crate::{App, AppError, WebhookError, sessions, transaction::in_transaction};

/// A webhook and its new secret, which is shown once.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// The webhook.
    pub webhook: Webhook,
    /// Its secret, `whsec_…`.
    pub secret: String,
}

/// Gives a webhook another secret; the one before signs beside it for a day, so that a receiver can change it without
/// losing a message.
///
/// # Errors
/// [`crate::SessionError::ConfirmationNeeded`], [`crate::TokenError::SessionNeeded`], [`WebhookError::NotFound`],
/// [`WebhookError::VersionStale`] where it was changed at the same moment.
pub async fn new_secret(app: &App, viewer: Principal, id: WebhookId) -> Result<NewSecret, AppError> {
    sessions::demand_confirmed(viewer)?;
    let before = super::find(app, viewer, id).await?;
    let known = Credentials::open(app, &before)?;
    // The secret of a request that never answered was not shown: it is replaced, and the one before stays.
    let (former, until) = match app.earlier::<()>()? {
        Some(()) => (known.former, before.former_until),
        None => (Some(known.secret), Some(app.clock.now() + FORMER_SECRET_SIGNS)),
    };
    let renewed = Credentials { url: known.url, secret: Credentials::new_secret(app)?, former };
    let webhook = Webhook { sealed: renewed.seal(app, viewer.user)?, former_until: until, ..before };
    let write = if app.earlier::<()>()?.is_some() { app.without_claim() } else { app.clone() };
    in_transaction(&write, async |transaction| {
        if !transaction.webhooks().replace(&webhook, webhook.version).await? {
            return Err(AppError::from(WebhookError::VersionStale));
        }
        transaction.record(Event::AccountWebhookSecretChanged { user: viewer.user });
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, webhook = %id, "webhook has another secret");
    Ok(NewSecret { webhook: super::find(app, viewer, id).await?, secret: secret_text(&renewed.secret) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::credentials::tests::{sealer, webhook};
    use crate::{
        SessionError,
        test_app::{TestApp, confirmed_principal, now, principal},
    };
    use minsu_ports::testkit::{MockStore, MockUnitOfWork};

    #[tokio::test]
    async fn the_secret_before_signs_for_a_day() {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.webhooks.expect_find().returning(|_| Ok(Some(webhook(4))));
            Ok(Box::new(session))
        });
        store.expect_begin().returning(|| {
            let mut unit = MockUnitOfWork::default();
            unit.webhooks
                .expect_replace()
                .withf(|webhook, _| {
                    let text = String::from_utf8(webhook.sealed.sealed.clone()).unwrap();
                    webhook.former_until == Some(now() + FORMER_SECRET_SIGNS) && text.lines().count() == 3
                })
                .returning(|_, _| Ok(true));
            Ok(Box::new(unit))
        });
        let app = TestApp::default().store(store).sealer(sealer()).build();
        let id = WebhookId::new(4).unwrap();
        assert!(new_secret(&app, confirmed_principal(1), id).await.unwrap().secret.starts_with("whsec_"));
        let refused = new_secret(&app, principal(1), id).await;
        assert!(matches!(refused, Err(AppError::Session(SessionError::ConfirmationNeeded))));
    }
}
