//! Logging out.

use super::SessionToken;
use crate::{App, AppError};

/// Ends a session; one that is not there counts as ended.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn close(app: &App, token: &SessionToken) -> Result<(), AppError> {
    app.cache.delete(&token.key()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_ports::testkit::MockCache;

    #[tokio::test]
    async fn removes_exactly_this_session() {
        let token = SessionToken::from_random([3; 32]);
        let key = token.key();
        let mut cache = MockCache::new();
        cache.expect_delete().times(1).withf(move |asked| *asked == key).returning(|_| Ok(false));
        let app = TestApp::default().cache(cache).build();
        assert!(close(&app, &token).await.is_ok());
    }
}
