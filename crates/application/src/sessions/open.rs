//! Opening a session after a login or a registration.

use super::{
    Admission, SessionToken,
    record::Record,
    slots::{self, Entry},
};
use crate::{App, AppError, ClientAddress};

/// Opens a session under a new token. The session that the client had before ends: a token from
/// before the login is worth nothing after it.
///
/// Whoever changes a password ends the other sessions after it. One that was being opened under
/// the old password meanwhile is found by looking at the password once more behind it.
///
/// # Errors
/// [`AppError::NotLoggedIn`] when the password was changed meanwhile,
/// [`AppError::CacheUnavailable`], [`AppError::StoreUnavailable`].
pub async fn open(
    app: &App,
    admission: &Admission,
    client: ClientAddress,
    previous: Option<&SessionToken>,
) -> Result<SessionToken, AppError> {
    let token = SessionToken::from_random(app.random());
    let user = admission.user;
    let now = app.clock.now();
    let record = Record::new(user, now, &app.policy);
    app.cache.set(&token.key(), record.print(), record.lifetime(now, &app.policy)).await?;
    // First, so that its place is free for the new one.
    if let Some(previous) = previous {
        super::close(app, previous).await?;
    }
    slots::put(app, user, &Entry::new(&token, now, client)).await?;
    let credentials = app.store.read_own().await?.users().credentials_of(user).await?;
    if credentials.is_none_or(|credentials| credentials.password_hash != admission.password_hash) {
        super::close(app, &token).await?;
        return Err(AppError::NotLoggedIn);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, user};
    use minsu_ports::{
        Credentials, PasswordHash,
        testkit::{MockCache, MockUnitOfWork},
    };
    use std::time::Duration;

    fn admission() -> Admission {
        Admission { user: user(2), password_hash: PasswordHash("proved".into()) }
    }

    fn app(cache: MockCache, password_hash: &'static str) -> App {
        let mut session = MockUnitOfWork::default();
        session
            .users
            .expect_credentials_of()
            .returning(move |user| Ok(Some(Credentials { user, password_hash: PasswordHash(password_hash.into()) })));
        TestApp::default().cache(cache).store(session.read_own_once()).build()
    }

    fn cache() -> MockCache {
        let mut cache = MockCache::new();
        cache
            .expect_set()
            .times(1)
            .withf(|_, value, lifetime| value.starts_with(b"2 ") && *lifetime == Duration::from_secs(86_400))
            .returning(|_, _, _| Ok(()));
        cache.expect_get().returning(|_| Ok(None));
        cache
            .expect_set_if_absent()
            .times(1)
            .withf(|key, _, _| key.as_str().starts_with("user-session:2:"))
            .returning(|_, _, _| Ok(true));
        cache
    }

    #[tokio::test]
    async fn the_token_is_new_its_lifetime_fixed_and_the_old_one_dies() {
        let previous = SessionToken::from_random([1; 32]);
        let old_key = previous.key();
        let mut cache = cache();
        cache.expect_delete().times(1).withf(move |key| *key == old_key).returning(|_| Ok(true));
        let token = open(&app(cache, "proved"), &admission(), client(), Some(&previous)).await.unwrap();
        assert_ne!(token, previous);
    }

    #[tokio::test]
    async fn a_password_that_changed_meanwhile_opens_nothing() {
        let mut cache = cache();
        let new_key = SessionToken::from_random([0x5a; 32]).key();
        cache.expect_delete().times(1).withf(move |key| *key == new_key).returning(|_| Ok(true));
        let result = open(&app(cache, "another"), &admission(), client(), None).await;
        assert!(matches!(result, Err(AppError::NotLoggedIn)));
    }
}
