//! Making a token.

use chrono::{DateTime, Utc};
use minsu_domain::{Event, Field, Invalid, Principal, Scopes, TokenId, TokenName};
use minsu_ports::{LockedAccount, NewToken, PersonalToken, Store};

use super::TokenSecret;
use crate::{
    AccountError, App, AppError, TokenError, sessions,
    transaction::{in_locked_transaction, in_transaction},
};

/// The most tokens of a person.
const MAX_TOKENS: u64 = 50;

/// Asks for a token.
#[derive(Debug, Clone)]
pub struct CreateToken {
    /// What its owner calls it.
    pub name: String,
    /// What it permits, at least one thing.
    pub scopes: Scopes,
    /// From when on it permits nothing; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token and its text, which is not kept.
#[derive(Debug, Clone)]
pub struct CreatedToken {
    /// The token.
    pub token: PersonalToken,
    /// Its text, to be shown once.
    pub secret: TokenSecret,
}

/// Makes a token. Under an idempotency key whose request was killed before it answered, the token of that
/// request gets another text: the first was never shown.
///
/// # Errors
/// [`crate::SessionError::ConfirmationNeeded`], [`TokenError::SessionNeeded`], [`AppError::Invalid`] (name, no scope,
/// expiry in the past), [`TokenError::TooMany`].
pub async fn create(app: &App, viewer: Principal, command: CreateToken) -> Result<CreatedToken, AppError> {
    sessions::demand_confirmed(viewer)?;
    let secret = TokenSecret::from_random(app.random());
    if let Some(earlier) = app.earlier()? {
        return rewritten(app, viewer, earlier, secret).await;
    }
    let now = app.clock.now();
    let name = TokenName::new(&command.name)?;
    if command.scopes.is_empty() {
        return Err(Invalid::range(Field::TokenScopes).into());
    }
    if command.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Invalid::range(Field::TokenExpiry).into());
    }
    let (scopes, expires_at) = (command.scopes, command.expires_at);
    let token = NewToken { name, scopes, hash: secret.hash(), created_at: now, expires_at };
    let begin =
        async |store: &dyn Store| Ok(LockedAccount::begin(store, viewer.user).await?.ok_or(AccountError::NotFound)?);
    let id = in_locked_transaction(app, begin, async |transaction, owner| {
        if transaction.tokens().count(owner).await? >= MAX_TOKENS {
            return Err(TokenError::TooMany.into());
        }
        let id = transaction.tokens().insert(owner, &token).await?;
        transaction.record(Event::AccountTokenCreated { user: viewer.user });
        Ok(id)
    })
    .await?;
    tracing::info!(user = %viewer.user, token = %id, "personal token created");
    let NewToken { name, created_at, .. } = token;
    let token = PersonalToken { id, user: viewer.user, name, scopes, created_at, expires_at, last_used_at: None };
    Ok(CreatedToken { token, secret })
}

async fn rewritten(app: &App, viewer: Principal, id: TokenId, secret: TokenSecret) -> Result<CreatedToken, AppError> {
    in_transaction(&app.without_claim(), async |transaction| {
        Ok(transaction.tokens().replace_hash(viewer.user, id, secret.hash()).await?)
    })
    .await?;
    let token = app.store.read_own().await?.tokens().find(secret.hash()).await?.ok_or(TokenError::NotFound)?;
    Ok(CreatedToken { token, secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SessionError,
        test_app::{TestApp, confirmed_principal, principal, token_principal, user},
    };
    use chrono::TimeDelta;
    use minsu_domain::Scope;
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    fn command() -> CreateToken {
        CreateToken { name: " 日历 ".into(), scopes: [Scope::CalendarRead].into_iter().collect(), expires_at: None }
    }

    async fn created(viewer: Principal, tokens: u64, command: CreateToken) -> Result<CreatedToken, AppError> {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.tokens.expect_count().returning(move |_| Ok(tokens));
        unit.tokens.expect_insert().returning(|_, _| Ok(TokenId::new(4).unwrap()));
        let log = EventLog::default();
        let mut store = minsu_ports::testkit::MockStore::new();
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let app = TestApp::default().store(store).subscriber(log.clone()).build();
        let result = create(&app, viewer, command).await;
        assert_eq!(log.committed().len(), usize::from(result.is_ok()));
        result
    }

    #[tokio::test]
    async fn a_confirmed_session_makes_a_token() {
        let made = created(confirmed_principal(1), 49, command()).await.unwrap();
        assert_eq!((made.token.user, made.token.name.as_str()), (user(1), "日历"));
        assert!(TokenSecret::parse(made.secret.as_str()).is_some());
    }

    #[tokio::test]
    async fn nobody_else_does_and_not_without_an_end() {
        let unconfirmed = created(principal(1), 0, command()).await;
        assert!(matches!(unconfirmed, Err(AppError::Session(SessionError::ConfirmationNeeded))));
        let token = created(token_principal(1), 0, command()).await;
        assert!(matches!(token, Err(AppError::Token(TokenError::SessionNeeded))));
        let fifty = created(confirmed_principal(1), 50, command()).await;
        assert!(matches!(fifty, Err(AppError::Token(TokenError::TooMany))));
    }

    #[tokio::test]
    async fn name_scopes_and_expiry_are_checked() {
        let now = TestApp::default().build().clock.now();
        for (bad, field) in [
            (CreateToken { name: " ".into(), ..command() }, Field::TokenName),
            (CreateToken { scopes: Scopes::default(), ..command() }, Field::TokenScopes),
            (CreateToken { expires_at: Some(now), ..command() }, Field::TokenExpiry),
        ] {
            let refused = created(confirmed_principal(1), 0, bad).await;
            assert!(matches!(refused, Err(AppError::Invalid(invalid)) if invalid.field == field), "{field:?}");
        }
        let tomorrow = CreateToken { expires_at: Some(now + TimeDelta::days(1)), ..command() };
        assert!(created(confirmed_principal(1), 0, tomorrow).await.is_ok());
    }
}
