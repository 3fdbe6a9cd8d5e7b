//! Who is behind a token.

use minsu_domain::UserId;

use super::{SessionToken, record::Record};
use crate::{App, AppError};

/// The user of a session, if it lives: one look-up in the cache. Where sessions end by being idle
/// sooner than by their age, its use is written down now and then, over the session and never in
/// place of one that was ended meanwhile.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn resolve(app: &App, token: &SessionToken) -> Result<Option<UserId>, AppError> {
    let key = token.key();
    let Some(record) = app.cache.get(&key).await?.as_deref().and_then(Record::parse) else { return Ok(None) };
    let now = app.clock.now();
    if let Some(used) = record.used(now, &app.policy) {
        app.cache.replace(&key, used.print(), used.lifetime(now, &app.policy)).await?;
    }
    Ok(Some(record.user))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_app::{TestApp, user};
    use bytes::Bytes;
    use minsu_ports::testkit::MockCache;

    #[tokio::test]
    async fn garbage_in_the_cache_is_nobody() {
        let living = "2 1795366800000 1795280400000";
        for (stored, expected) in
            [(Some(living), Some(user(2))), (Some("-2 1 1"), None), (Some("x"), None), (Some(""), None), (None, None)]
        {
            let mut cache = MockCache::new();
            cache.expect_get().times(1).returning(move |_| Ok(stored.map(Bytes::from)));
            let app = TestApp::default().cache(cache).build();
            let found = resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap();
            assert_eq!(found, expected, "{stored:?}");
        }
    }

    /// Who a session that was seen so long ago belongs to, and how often that was written anew.
    async fn seen_before(seconds: i64, rewrites: usize) -> Option<UserId> {
        let mut cache = MockCache::new();
        let now = 1_795_280_400_000;
        let stored = format!("2 {} {}", now + 5_000_000, now - 1000 * seconds);
        cache.expect_get().times(1).returning(move |_| Ok(Some(stored.clone().into())));
        let written = format!("2 {} {now}", now + 5_000_000);
        cache
            .expect_replace()
            .times(rewrites)
            .withf(move |_, value, lifetime| value == written.as_bytes() && *lifetime == Duration::from_secs(800))
            .returning(|_, _, _| Ok(true));
        let mut app = TestApp::default().cache(cache).build();
        app.policy.session_idle = Duration::from_secs(800);
        resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap()
    }

    #[tokio::test]
    async fn that_a_session_is_used_is_written_down_now_and_then() {
        assert_eq!(seen_before(50, 0).await, Some(user(2)));
        assert_eq!(seen_before(101, 1).await, Some(user(2)));
    }
}
