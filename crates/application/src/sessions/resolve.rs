//! Who is behind a token.

use std::time::Duration;

use bytes::Bytes;
use minsu_domain::UserId;

use super::SessionToken;
use crate::{App, AppError};

/// The user of a session, if it lives. One look-up in the cache, or two where sessions end by
/// being idle sooner than by their age.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn resolve(app: &App, token: &SessionToken) -> Result<Option<UserId>, AppError> {
    let value = app.cache.get(&token.key()).await?;
    let Some(user) = value.as_deref().and_then(|value| std::str::from_utf8(value).ok()?.parse().ok()) else {
        return Ok(None);
    };
    if app.policy.session_ends_idle() && !is_awake(app, token).await? {
        app.cache.delete(&token.key()).await?;
        return Ok(None);
    }
    Ok(UserId::new(user).ok())
}

/// Whether a session was used lately; it then was used now. It is written down now and then only.
async fn is_awake(app: &App, token: &SessionToken) -> Result<bool, AppError> {
    let Some(value) = app.cache.get(&token.seen_key()).await? else { return Ok(false) };
    let seen: i64 = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let age = Duration::from_secs((app.clock.now().timestamp() - seen).unsigned_abs());
    if age > app.policy.session_idle / 8 {
        touch(app, token).await?;
    }
    Ok(true)
}

/// Writes down that a session is used now. This never brings back one that was ended, because the
/// session itself stands under another key.
pub(super) async fn touch(app: &App, token: &SessionToken) -> Result<(), AppError> {
    let now = Bytes::from(app.clock.now().timestamp().to_string());
    Ok(app.cache.set(&token.seen_key(), now, app.policy.session_idle).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::testkit::MockCache;

    #[tokio::test]
    async fn garbage_in_the_cache_is_nobody() {
        for (stored, expected) in
            [(Some("2"), Some(user(2))), (Some("-2"), None), (Some("x"), None), (Some(""), None), (None, None)]
        {
            let mut cache = MockCache::new();
            cache.expect_get().times(1).returning(move |_| Ok(stored.map(Bytes::from)));
            let app = TestApp::default().cache(cache).build();
            let found = resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap();
            assert_eq!(found, expected, "{stored:?}");
        }
    }

    /// Who a session that was seen so long ago belongs to, and how often that was written anew.
    async fn seen_before(seconds: Option<i64>, rewrites: usize) -> Option<UserId> {
        let mut cache = MockCache::new();
        let ended = usize::from(seconds.is_none());
        let mut app = TestApp::default();
        cache.expect_get().returning(move |key| {
            let now = 1_795_280_400;
            let seen = seconds.map(|seconds| (now - seconds).to_string().into());
            Ok(if key.as_str().starts_with("session-seen") { seen } else { Some(Bytes::from("2")) })
        });
        cache.expect_set().times(rewrites).returning(|_, _, _| Ok(()));
        cache.expect_delete().times(ended).returning(|_| Ok(true));
        app = app.cache(cache);
        let mut app = app.build();
        app.policy.session_idle = Duration::from_secs(800);
        resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap()
    }

    #[tokio::test]
    async fn an_idle_session_ends_and_a_used_one_is_seen_now_and_then() {
        assert_eq!(seen_before(Some(50), 0).await, Some(user(2)));
        assert_eq!(seen_before(Some(101), 1).await, Some(user(2)));
        assert_eq!(seen_before(None, 0).await, None);
    }
}
