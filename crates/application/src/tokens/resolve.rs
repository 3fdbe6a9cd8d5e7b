//! Who is behind a token.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{Means, Principal, Role};
use minsu_ports::PersonalToken;

use super::TokenSecret;
use crate::{App, AppError, transaction::in_transaction};

/// How far apart the uses are that are written down.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The person of a token that lives, with its scopes; `None` for any other text. Its use is written down
/// once a minute at most; a failure of this refuses no call.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn resolve(app: &App, text: &str) -> Result<Option<Principal>, AppError> {
    let Some(secret) = TokenSecret::parse(text) else { return Ok(None) };
    let now = app.clock.now();
    let found = app.store.read_own().await?.tokens().find(secret.hash()).await?;
    let Some(token) = found.filter(|token| token.expires_at.is_none_or(|expiry| expiry > now)) else {
        return Ok(None);
    };
    if let Err(error) = note_use(app, &token, now).await {
        tracing::warn!(%error, token = %token.id, "the use of a personal token is not written down");
    }
    Ok(Some(Principal { user: token.user, role: Role::User, means: Means::Token(token.scopes) }))
}

async fn note_use(app: &App, token: &PersonalToken, now: DateTime<Utc>) -> Result<(), AppError> {
    let before = now - NOTED_EVERY;
    if token.last_used_at.is_some_and(|used| used > before) {
        return Ok(());
    }
    in_transaction(app, async |transaction| Ok(transaction.tokens().note_use(token.id, now, before).await?)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_domain::{Scope, Scopes, TokenId, TokenName};
    use minsu_ports::{
        StoreError, TokenHash,
        testkit::{MockStore, MockUnitOfWork},
    };

    fn secret() -> TokenSecret {
        TokenSecret::from_random([7; 32])
    }

    fn scopes() -> Scopes {
        [Scope::OrdersRead].into_iter().collect()
    }

    /// Who a token is that expires and was used so many seconds from now; how often its use is noted.
    async fn found(expires: Option<i64>, used: Option<i64>, notes: usize) -> Option<Principal> {
        let now = TestApp::default().build().clock.now();
        let at = |seconds: i64| now + TimeDelta::seconds(seconds);
        let token = PersonalToken {
            id: TokenId::new(4).unwrap(),
            user: user(2),
            name: TokenName::new("x").unwrap(),
            scopes: scopes(),
            created_at: now,
            expires_at: expires.map(at),
            last_used_at: used.map(at),
        };
        let mut session = MockUnitOfWork::default();
        let hash: TokenHash = secret().hash();
        session.tokens.expect_find().withf(move |asked| *asked == hash).return_once(move |_| Ok(Some(token)));
        let mut store = session.read_own_once();
        // A failed write refuses no call.
        store.expect_begin().times(notes).returning(|| Err(StoreError::Unavailable("away".into())));
        resolve(&TestApp::default().store(store).build(), secret().as_str()).await.unwrap()
    }

    #[tokio::test]
    async fn a_living_token_is_its_owner_within_its_scopes() {
        let owner = Principal { user: user(2), role: Role::User, means: Means::Token(scopes()) };
        assert_eq!(found(None, None, 1).await, Some(owner));
        assert_eq!(found(Some(1), Some(-60), 1).await, Some(owner));
        assert_eq!(found(Some(1), Some(-59), 0).await, Some(owner));
        assert_eq!(found(Some(0), None, 0).await, None);
    }

    #[tokio::test]
    async fn a_text_that_is_no_token_asks_nobody() {
        let mut store = MockStore::new();
        store.expect_read_own().never();
        let app = TestApp::default().store(store).build();
        assert_eq!(resolve(&app, "minsu_x").await.unwrap(), None);
    }
}
