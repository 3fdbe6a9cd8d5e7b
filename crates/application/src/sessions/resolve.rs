//! Resolves a token to its user.

use minsu_domain::{Means, Principal, Role};

use super::{SessionToken, record::Record};
use crate::{App, AppError};

/// The user of a session, if it lives: one look-up in the cache. Where the idle time is shorter than the
/// lifetime, the use of a session is recorded now and then: only over an existing record, so that a session
/// that was ended meanwhile stays ended.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn resolve(app: &App, token: &SessionToken) -> Result<Option<Principal>, AppError> {
    let key = token.key();
    let Some(record) = app.cache.get(&key).await?.as_deref().and_then(Record::parse) else { return Ok(None) };
    let now = app.clock.now();
    if let Some(used) = record.used(now, &app.policy) {
        app.cache.replace(&key, used.print(), used.lifetime(now, &app.policy)).await?;
    }
    let means = Means::Session { confirmed: record.is_confirmed(now) };
    Ok(Some(Principal { user: record.user, role: Role::User, means }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_app::{TestApp, principal};
    use bytes::Bytes;
    use minsu_ports::testkit::MockCache;

    #[tokio::test]
    async fn a_session_tells_whether_its_password_was_just_given() {
        for (minutes, confirmed) in [(1, true), (14, true), (15, false)] {
            let now = 1_795_280_400_000_i64;
            let stored = format!("2 {} {now} {}", now + 5_000_000, now - minutes * 60_000);
            let mut cache = MockCache::new();
            cache.expect_get().times(1).returning(move |_| Ok(Some(stored.clone().into())));
            let app = TestApp::default().cache(cache).build();
            let found = resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap().unwrap();
            assert_eq!((found.user, found.is_confirmed()), (principal(2).user, confirmed), "{minutes}");
        }
    }

    #[tokio::test]
    async fn garbage_in_the_cache_is_no_session() {
        let living = "2 1795366800000 1795280400000";
        for (stored, expected) in [
            (Some(living), Some(principal(2))),
            (Some("-2 1 1"), None),
            (Some("x"), None),
            (Some(""), None),
            (None, None),
        ] {
            let mut cache = MockCache::new();
            cache.expect_get().times(1).returning(move |_| Ok(stored.map(Bytes::from)));
            let app = TestApp::default().cache(cache).build();
            let found = resolve(&app, &SessionToken::from_random([3; 32])).await.unwrap();
            assert_eq!(found, expected, "{stored:?}");
        }
    }

    /// The user of a session that was last used so long ago; the record is rewritten so often.
    async fn seen_before(seconds: i64, rewrites: usize) -> Option<Principal> {
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
        assert_eq!(seen_before(50, 0).await, Some(principal(2)));
        assert_eq!(seen_before(101, 1).await, Some(principal(2)));
    }
}
