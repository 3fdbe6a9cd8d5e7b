//! Opening a session after a login or a registration.

use super::{
    SessionToken, VerifiedLogin,
    record::Record,
    session_index::{self, Entry},
};
use crate::{App, AppError, ClientAddress, SessionError};

/// Opens a session under a new token. The sessions that the client had before end: a token from
/// before the login is worth nothing after it.
///
/// A change of the password ends all other sessions after it is written. A session that was being opened with
/// the old password meanwhile is found by reading the password hash once more at the end.
///
/// # Errors
/// [`SessionError::NotLoggedIn`] when the password was changed meanwhile,
/// [`AppError::CacheUnavailable`], [`AppError::StoreUnavailable`].
pub async fn open(
    app: &App,
    verified_login: &VerifiedLogin,
    client: ClientAddress,
    previous: &[SessionToken],
) -> Result<SessionToken, AppError> {
    let token = SessionToken::from_random(app.random());
    let user = verified_login.user;
    let now = app.clock.now();
    let record = Record::new(user, now, &app.policy);
    app.cache.set(&token.key(), record.print(), record.lifetime(now, &app.policy)).await?;
    // First, so that its place is free for the new one.
    for token in previous {
        super::close(app, token).await?;
    }
    session_index::put(app, user, &Entry::new(&token, now, client)).await?;
    let credentials = app.store.read_own().await?.users().credentials_of(user).await?;
    if credentials.is_none_or(|credentials| credentials.password_hash != verified_login.password_hash) {
        super::close(app, &token).await?;
        return Err(SessionError::NotLoggedIn.into());
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

    fn verified_login() -> VerifiedLogin {
        VerifiedLogin { user: user(2), password_hash: PasswordHash("proved".into()) }
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
        let token =
            open(&app(cache, "proved"), &verified_login(), client(), std::slice::from_ref(&previous)).await.unwrap();
        assert_ne!(token, previous);
    }

    #[tokio::test]
    async fn a_password_that_changed_meanwhile_opens_nothing() {
        let mut cache = cache();
        let new_key = SessionToken::from_random([0x5a; 32]).key();
        cache.expect_delete().times(1).withf(move |key| *key == new_key).returning(|_| Ok(true));
        let result = open(&app(cache, "another"), &verified_login(), client(), &[]).await;
        assert!(matches!(result, Err(AppError::Session(SessionError::NotLoggedIn))));
    }
}
