//! Making a webhook.

use minsu_domain::{Event, EventKinds, Field, Invalid, Principal, Version, WebhookId, WebhookState};
use minsu_ports::{LockedAccount, NewWebhook, Store, Webhook, WebhookUrlError};

use super::credentials::{Credentials, secret_text};
use crate::{
    AccountError, App, AppError, WebhookError,
    events::order_events,
    transaction::{in_locked_transaction, in_transaction},
};

/// The most webhooks of a person.
pub const MAX_WEBHOOKS: u64 = 20;
/// The most characters of a URL.
pub const MAX_URL_CHARS: usize = 1_000;

/// Asks for a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateWebhook {
    /// Where to.
    pub url: String,
    /// Which events.
    pub kinds: EventKinds,
}

/// A webhook and its secret, which is shown once.
#[derive(Debug, Clone)]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// Its secret, `whsec_…`.
    pub secret: String,
}

/// Makes a webhook for the events of a person from now on. Under an idempotency key whose request was killed before it
/// answered, the webhook of that request gets another secret: the first was never shown.
///
/// # Errors
/// [`AppError::Invalid`] for a URL that is none, [`WebhookError::AddressRefused`], [`WebhookError::TooMany`].
pub async fn create(app: &App, viewer: Principal, command: CreateWebhook) -> Result<CreatedWebhook, AppError> {
    let known = Credentials { url: command.url, secret: Credentials::new_secret(app)?, former: None };
    if let Some(earlier) = app.earlier()? {
        return rewritten(app, viewer, earlier, known).await;
    }
    let host = host(app, &known.url).await?;
    // Those of before have their positions then, and are not told.
    order_events(&app.without_claim()).await?;
    let (sealed, created_at) = (known.seal(app, viewer.user)?, app.clock.now());
    let mut webhook = NewWebhook { host, sealed, kinds: command.kinds, since: 0, created_at };
    let mut since = 0;
    let begin =
        async |store: &dyn Store| Ok(LockedAccount::begin(store, viewer.user).await?.ok_or(AccountError::NotFound)?);
    let id = in_locked_transaction(app, begin, async |transaction, owner| {
        if transaction.webhooks().count(owner).await? >= MAX_WEBHOOKS {
            return Err(WebhookError::TooMany.into());
        }
        since = transaction.outbox().newest().await?;
        webhook.since = since;
        let id = transaction.webhooks().insert(owner, &webhook).await?;
        transaction.record(Event::AccountWebhookCreated { user: viewer.user });
        Ok(id)
    })
    .await?;
    tracing::info!(user = %viewer.user, webhook = %id, host = webhook.host, "webhook created");
    let NewWebhook { host, sealed, kinds, .. } = webhook;
    let webhook = Webhook {
        id,
        user: viewer.user,
        host,
        sealed,
        kinds,
        state: WebhookState::On,
        version: Version::new(1)?,
        since,
        former_until: None,
        failing_since: None,
        created_at,
    };
    Ok(CreatedWebhook { webhook, secret: secret_text(&known.secret) })
}

async fn rewritten(
    app: &App,
    viewer: Principal,
    id: WebhookId,
    known: Credentials,
) -> Result<CreatedWebhook, AppError> {
    let before = super::find(app, viewer, id).await?;
    let webhook = Webhook { sealed: known.seal(app, viewer.user)?, ..before };
    in_transaction(&app.without_claim(), async |transaction| {
        if transaction.webhooks().replace(&webhook, webhook.version).await? {
            Ok(())
        } else {
            Err(WebhookError::VersionStale.into())
        }
    })
    .await?;
    let webhook = super::find(app, viewer, id).await?;
    Ok(CreatedWebhook { webhook, secret: secret_text(&known.secret) })
}

/// The host of a URL that can be the one of a webhook.
///
/// # Errors
/// [`AppError::Invalid`], [`WebhookError::AddressRefused`].
pub(super) async fn host(app: &App, url: &str) -> Result<String, AppError> {
    if url.chars().count() > MAX_URL_CHARS {
        return Err(Invalid::range(Field::Url).into());
    }
    if url.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return Err(Invalid::format(Field::Url).into());
    }
    app.webhooks.host(url).await.map_err(|error| match error {
        WebhookUrlError::Malformed => Invalid::format(Field::Url).into(),
        WebhookUrlError::Refused => WebhookError::AddressRefused.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, user};
    use crate::webhooks::credentials::tests::{sealer, webhook};
    use minsu_ports::testkit::{EventLog, MockStore, MockUnitOfWork, MockWebhookSender};

    fn command(url: &str) -> CreateWebhook {
        CreateWebhook { url: url.into(), kinds: EventKinds::new(["order.placed"]).unwrap() }
    }

    async fn created(url: &str, webhooks: u64) -> (Result<CreatedWebhook, AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.webhooks.expect_count().returning(move |_| Ok(webhooks));
        unit.webhooks
            .expect_insert()
            .withf(|_, webhook| webhook.host == "receiver.example")
            .returning(|_, _| Ok(WebhookId::new(4).unwrap()));
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| Ok(Box::new(MockUnitOfWork::default())));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sender = MockWebhookSender::new();
        sender.expect_host().returning(|url| match url {
            "https://10.0.0.1/" => Err(WebhookUrlError::Refused),
            "receiver" => Err(WebhookUrlError::Malformed),
            _ => Ok("receiver.example".into()),
        });
        let log = EventLog::default();
        let app = TestApp::default().store(store).sealer(sealer()).webhooks(sender).subscriber(log.clone()).build();
        (create(&app, principal(1), command(url)).await, log.committed().len())
    }

    #[tokio::test]
    async fn a_webhook_gets_a_secret_that_opens_again() {
        let (made, events) = created("https://receiver.example/hook", 19).await;
        let made = made.unwrap();
        assert_eq!((made.webhook.user, made.webhook.host.as_str(), events), (user(1), "receiver.example", 1));
        assert!(made.secret.starts_with("whsec_") && made.secret.len() == 6 + 44, "{}", made.secret);
        let sealed = String::from_utf8(made.webhook.sealed.sealed).unwrap();
        assert_eq!(sealed, format!("https://receiver.example/hook\n{}", made.secret));
    }

    #[tokio::test]
    async fn addresses_that_are_not_called_and_too_many_are_refused() {
        let refused = created("https://10.0.0.1/", 0).await.0;
        assert!(matches!(refused, Err(AppError::Webhook(WebhookError::AddressRefused))));
        let many = created("https://receiver.example/hook", MAX_WEBHOOKS).await.0;
        assert!(matches!(many, Err(AppError::Webhook(WebhookError::TooMany))));
        let long = format!("https://receiver.example/{}", "x".repeat(MAX_URL_CHARS));
        for wrong in ["receiver", "https://receiver.example/\nx", "https://receiver.example/ x", &long] {
            let refused = created(wrong, 0).await.0;
            assert!(matches!(refused, Err(AppError::Invalid(Invalid { field: Field::Url, .. }))), "{wrong}");
        }
        assert_eq!(webhook(1).host, "receiver.example");
    }
}
