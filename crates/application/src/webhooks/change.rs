//! Changing a webhook.

use minsu_domain::{EventKinds, Principal, Version, WebhookId, WebhookState};
use minsu_ports::Webhook;

use super::{create::host, credentials::Credentials};
use crate::{App, AppError, WebhookError, events::order_events, transaction::in_transaction};

/// What is changed; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeWebhook {
    /// Where to.
    pub url: Option<String>,
    /// Which events.
    pub kinds: Option<EventKinds>,
    /// Whether it is sent events.
    pub enabled: Option<bool>,
}

/// Changes a webhook; with a version only if it still has it. One that is turned off parks what waits; one that is turned
/// on again takes the events from then on.
///
/// # Errors
/// As [`super::create()`], [`WebhookError::NotFound`], [`WebhookError::VersionStale`].
pub async fn change(
    app: &App,
    viewer: Principal,
    id: WebhookId,
    command: ChangeWebhook,
    expected: Option<Version>,
) -> Result<Webhook, AppError> {
    let before = super::find(app, viewer, id).await?;
    let seen = expected.unwrap_or(before.version);
    if before.version != seen {
        return Err(WebhookError::VersionStale.into());
    }
    let mut after = before.clone();
    if let Some(url) = command.url {
        after.host = host(app, &url).await?;
        after.sealed = Credentials { url, ..Credentials::open(app, &before)? }.seal(app, viewer.user)?;
        // Nothing is known of the new receiver.
        after.failing_since = None;
    }
    after.kinds = command.kinds.unwrap_or(after.kinds);
    let is_on = before.state == WebhookState::On;
    let turns = command.enabled.filter(|enabled| *enabled != is_on);
    if let Some(enabled) = turns {
        after.state = if enabled { WebhookState::On } else { WebhookState::Off };
        after.failing_since = None;
    }
    if after == before {
        return Ok(before);
    }
    let now = app.clock.now();
    if turns == Some(true) {
        // Those of before have their positions then, and are not told.
        order_events(&app.without_claim()).await?;
    }
    in_transaction(app, async |transaction| {
        let mut written = after.clone();
        if turns == Some(true) {
            written.since = transaction.outbox().newest().await?;
        }
        if !transaction.webhooks().replace(&written, seen).await? {
            return Err(AppError::from(WebhookError::VersionStale));
        }
        // Behind the change, which waits for events that are being handed out.
        if turns == Some(false) {
            transaction.deliveries().park_all(id, now).await?;
        }
        Ok(())
    })
    .await?;
    super::find(app, viewer, id).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal};
    use crate::webhooks::credentials::tests::{sealer, webhook};
    use minsu_ports::testkit::{MockStore, MockUnitOfWork, MockWebhookSender};
    use std::sync::{Arc, Mutex};

    /// The webhook as a change writes it, and how often waiting deliveries were parked.
    async fn changed(
        before: Webhook,
        command: ChangeWebhook,
        expected: Option<u32>,
    ) -> (Result<Webhook, AppError>, Option<Webhook>, usize) {
        let (written, parked) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(0)));
        let (write, park) = (written.clone(), parked.clone());
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let (mut session, before) = (MockUnitOfWork::default(), before.clone());
            session.webhooks.expect_find().returning(move |_| Ok(Some(before.clone())));
            Ok(Box::new(session))
        });
        store.expect_begin().returning(move || {
            let (mut unit, write, park) = (MockUnitOfWork::default(), write.clone(), park.clone());
            unit.webhooks.expect_replace().returning(move |webhook, _| {
                *write.lock().unwrap() = Some(webhook.clone());
                Ok(true)
            });
            unit.deliveries.expect_park_all().returning(move |_, _| {
                *park.lock().unwrap() += 1;
                Ok(3)
            });
            Ok(Box::new(unit))
        });
        let mut sender = MockWebhookSender::new();
        sender.expect_host().returning(|_| Ok("other.example".into()));
        let app = TestApp::default().store(store).sealer(sealer()).webhooks(sender).build();
        let expected = expected.map(|number| Version::new(number).unwrap());
        let result = change(&app, principal(1), WebhookId::new(4).unwrap(), command, expected).await;
        let (written, parked) = (written.lock().unwrap().clone(), *parked.lock().unwrap());
        (result, written, parked)
    }

    #[tokio::test]
    async fn another_url_keeps_the_secret() {
        let url = ChangeWebhook { url: Some("https://other.example/x".into()), ..ChangeWebhook::default() };
        let failing = Webhook { failing_since: Some(crate::test_app::now()), ..webhook(4) };
        let (result, written, parked) = changed(failing, url, Some(1)).await;
        let written = written.unwrap();
        assert!(result.is_ok());
        assert_eq!((written.host.as_str(), written.failing_since, parked), ("other.example", None, 0));
        let (before, after) = (webhook(4).sealed.sealed, written.sealed.sealed);
        let secret = |sealed: Vec<u8>| String::from_utf8(sealed).unwrap().lines().nth(1).unwrap().to_owned();
        assert!(after.starts_with(b"https://other.example/x\n") && secret(before) == secret(after));
    }

    #[tokio::test]
    async fn turning_off_parks_what_waits_and_turning_on_forgets_the_failures() {
        let enabled = |enabled| ChangeWebhook { enabled: Some(enabled), ..ChangeWebhook::default() };
        let (_, written, parked) = changed(webhook(4), enabled(false), None).await;
        assert_eq!((written.unwrap().state, parked), (WebhookState::Off, 1));
        let off = Webhook { state: WebhookState::GivenUp, failing_since: Some(crate::test_app::now()), ..webhook(4) };
        let (_, written, parked) = changed(off, enabled(true), None).await;
        let written = written.unwrap();
        assert_eq!((written.state, written.failing_since, parked), (WebhookState::On, None, 0));
        // What it is already writes nothing.
        assert_eq!(changed(webhook(4), enabled(true), None).await.1, None);
    }

    #[tokio::test]
    async fn a_stale_version_and_anothers_webhook_are_refused() {
        let stale = changed(webhook(4), ChangeWebhook::default(), Some(2)).await.0;
        assert!(matches!(stale, Err(AppError::Webhook(WebhookError::VersionStale))));
        let other = Webhook { user: crate::test_app::user(2), ..webhook(4) };
        let refused = changed(other, ChangeWebhook::default(), None).await.0;
        assert!(matches!(refused, Err(AppError::Webhook(WebhookError::NotFound))));
    }
}
