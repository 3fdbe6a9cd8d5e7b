//! Opening a session after a login or a registration.

use bytes::Bytes;
use minsu_domain::UserId;

use super::SessionToken;
use crate::{App, AppError};

/// Opens a session under a new token. The session that the client had before ends: a token from
/// before the login is worth nothing after it.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn open(app: &App, user: UserId, previous: Option<&SessionToken>) -> Result<SessionToken, AppError> {
    let token = SessionToken::from_random(app.random());
    let value = Bytes::from(user.get().to_string());
    app.cache.set(&token.key(), value, app.policy.session_lifetime).await?;
    if let Some(previous) = previous {
        app.cache.delete(&previous.key()).await?;
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::testkit::MockCache;
    use std::time::Duration;

    #[tokio::test]
    async fn the_token_is_new_its_lifetime_fixed_and_the_old_one_dies() {
        let previous = SessionToken::from_random([1; 32]);
        let mut cache = MockCache::new();
        let old_key = previous.key();
        cache
            .expect_set()
            .times(1)
            .withf(|_, value, lifetime| value.as_ref() == b"2" && *lifetime == Duration::from_secs(86_400))
            .returning(|_, _, _| Ok(()));
        cache.expect_delete().times(1).withf(move |key| *key == old_key).returning(|_| Ok(true));
        let app = TestApp::default().cache(cache).build();
        let token = open(&app, user(2), Some(&previous)).await.unwrap();
        assert_ne!(token, previous);
    }
}
