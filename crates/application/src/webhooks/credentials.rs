//! The URL of a webhook and its secrets, which are sealed together.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use minsu_domain::{UserId, WebhookId, WebhookSecret};
use minsu_ports::{SealError, SealedIdentity, SealedText, Webhook};

use crate::{App, AppError, transaction::in_transaction};

/// What stands before the digits of a secret, by which scanners know one that was published.
const PREFIX: &str = "whsec_";
/// Webhooks that are sealed anew in one transaction.
const BATCH: u32 = 200;

/// The URL and the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    /// The URL, which has no line break.
    pub(super) url: String,
    /// The secret that signs.
    pub(super) secret: WebhookSecret,
    /// The one before.
    pub(super) former: Option<WebhookSecret>,
}

impl Credentials {
    /// A new secret.
    pub(super) fn new_secret(app: &App) -> Result<WebhookSecret, AppError> {
        WebhookSecret::new(app.random::<32>()).ok_or_else(|| AppError::Internal("a secret of a wrong length".into()))
    }

    /// Seals them for their owner.
    pub(super) fn seal(&self, app: &App, owner: UserId) -> Result<SealedIdentity, AppError> {
        let mut text = format!("{}\n{}", self.url, secret_text(&self.secret));
        if let Some(former) = &self.former {
            text = format!("{text}\n{}", secret_text(former));
        }
        Ok(app.sealer.seal_text(SealedText::Webhook(owner), &text)?)
    }

    /// Opens those of a webhook.
    pub(super) fn open(app: &App, webhook: &Webhook) -> Result<Self, AppError> {
        let text = app.sealer.open_text(SealedText::Webhook(webhook.user), &webhook.sealed)?;
        Self::parse(&text).ok_or_else(|| SealError::NotAuthentic.into())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (url, secret) = (lines.next()?.to_owned(), secret(lines.next()?)?);
        let former = lines.next().map(secret_of).transpose().ok()?;
        Some(Self { url, secret, former })
    }

    /// The secrets that sign at an instant: the one before only until its time is over.
    pub(super) fn signing(&self, former_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Vec<WebhookSecret> {
        let former = self.former.iter().filter(|_| former_until.is_some_and(|until| until > now));
        std::iter::once(&self.secret).chain(former).cloned().collect()
    }
}

/// A secret as its owner gets it: `whsec_` and Base64.
pub(super) fn secret_text(secret: &WebhookSecret) -> String {
    format!("{PREFIX}{}", BASE64_STANDARD.encode(secret.reveal()))
}

fn secret(text: &str) -> Option<WebhookSecret> {
    WebhookSecret::new(BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?)
}

fn secret_of(text: &str) -> Result<WebhookSecret, ()> {
    secret(text).ok_or(())
}

/// Seals anew what another key sealed; returns of how many webhooks, and how many no key opens.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; what was resealed until then stays so.
pub(crate) async fn reseal(app: &App, key_id: &str) -> Result<(u64, u64), AppError> {
    let (mut after, mut resealed, mut unopened): (Option<WebhookId>, _, _) = (None, 0, 0);
    loop {
        let found = app.store.read_own().await?.webhooks().sealed_otherwise(key_id, after, BATCH).await?;
        let Some(last) = found.last() else { return Ok((resealed, unopened)) };
        after = Some(last.id);
        let mut renewed = Vec::with_capacity(found.len());
        for webhook in found {
            match app.sealer.reseal_text(SealedText::Webhook(webhook.user), &webhook.sealed) {
                Ok(new) => renewed.push((webhook.id, webhook.sealed, new)),
                Err(error) => {
                    tracing::error!(%error, webhook = %webhook.id, key = webhook.sealed.key_id, "a webhook that no key opens");
                    unopened += 1;
                }
            }
        }
        resealed += in_transaction(app, async |transaction| {
            let mut written = 0;
            for (id, old, new) in &renewed {
                written += u64::from(transaction.webhooks().reseal(*id, old, new).await?);
            }
            Ok(written)
        })
        .await?;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::test_app::{TestApp, now, user};
    use chrono::TimeDelta;
    use minsu_domain::{EventKinds, Version, WebhookState};
    use minsu_ports::testkit::{MockIdentitySealer, MockStore, MockUnitOfWork};

    /// A sealer that changes nothing.
    pub(in crate::webhooks) fn sealer() -> MockIdentitySealer {
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_seal_text()
            .returning(|_, text| Ok(SealedIdentity { key_id: "k".into(), sealed: text.as_bytes().to_vec() }));
        sealer.expect_open_text().returning(|_, sealed| match sealed.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(String::from_utf8(sealed.sealed.clone()).unwrap()),
        });
        sealer.expect_reseal_text().returning(|_, sealed| match sealed.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(sealed.clone()),
        });
        sealer.expect_current_key().returning(|| "k".into());
        sealer
    }

    fn key(byte: u8) -> WebhookSecret {
        WebhookSecret::new([byte; 32]).unwrap()
    }

    /// A webhook of person 1 with this secret.
    pub(in crate::webhooks) fn webhook(id: i64) -> Webhook {
        let text = format!("https://receiver.example/{id}\n{}", secret_text(&key(1)));
        Webhook {
            id: WebhookId::new(id).unwrap(),
            user: user(1),
            host: "receiver.example".into(),
            sealed: SealedIdentity { key_id: "k".into(), sealed: text.into_bytes() },
            kinds: EventKinds::ALL,
            state: WebhookState::On,
            version: Version::new(1).unwrap(),
            since: 0,
            former_until: None,
            failing_since: None,
            created_at: now(),
        }
    }

    #[test]
    fn they_read_back_and_the_one_before_signs_until_its_time() {
        let app = TestApp::default().sealer(sealer()).build();
        let known = Credentials { url: "https://a.example/x".into(), secret: key(1), former: Some(key(2)) };
        let sealed = known.seal(&app, user(1)).unwrap();
        let opened = Credentials::open(&app, &Webhook { sealed, ..webhook(1) }).unwrap();
        assert_eq!(opened, known);
        let soon = now() + TimeDelta::seconds(1);
        assert_eq!(opened.signing(Some(soon), now()), [key(1), key(2)]);
        assert_eq!(opened.signing(Some(now()), now()), [key(1)]);
        assert_eq!(opened.signing(None, now()), [key(1)]);
        for broken in ["", "https://a.example/x", "https://a.example/x\nwhsec_AA==", "u\nsecret\n"] {
            assert_eq!(Credentials::parse(broken), None, "{broken:?}");
        }
    }

    #[tokio::test]
    async fn webhooks_are_sealed_anew_and_those_that_no_key_opens_are_counted() {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.webhooks.expect_sealed_otherwise().returning(|_, after, _| {
                let lost = Webhook { sealed: SealedIdentity { key_id: "lost".into(), sealed: vec![] }, ..webhook(2) };
                Ok(if after.is_none() { vec![webhook(1), lost, webhook(3)] } else { vec![] })
            });
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        // The owner of number 3 changed it meanwhile.
        unit.webhooks.expect_reseal().times(2).returning(|id, _, _| Ok(id.get() == 1));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let app = TestApp::default().store(store).sealer(sealer()).build();
        assert_eq!(reseal(&app, "k").await.unwrap(), (1, 1));
    }
}
