//! Who is behind a token.

use minsu_domain::UserId;

use super::SessionToken;
use crate::{App, AppError};

/// The user of a session, if it lives. One look-up in the cache.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn resolve(app: &App, token: &SessionToken) -> Result<Option<UserId>, AppError> {
    let value = app.cache.get(&token.key()).await?;
    Ok(value.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok()).and_then(|id| UserId::new(id).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use bytes::Bytes;
    use minsu_ports::testkit::MockCache;

    #[tokio::test]
    async fn garbage_in_the_cache_is_nobody() {
        for (stored, expected) in
            [(Some("2"), Some(user(2))), (Some("-2"), None), (Some("x"), None), (Some(""), None), (None, None)]
        {
            let mut cache = MockCache::new();
            cache.expect_get().returning(move |_| Ok(stored.map(Bytes::from)));
            let app = TestApp::default().cache(cache).build();
            let found = resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap();
            assert_eq!(found, expected, "{stored:?}");
        }
    }
}
