//! A person's own profile.

use minsu_domain::UserId;
use minsu_ports::User;

use crate::{App, AppError};

/// The person behind a session.
///
/// # Errors
/// [`AppError::UserNotFound`] when the account is gone but the session is not.
pub async fn profile(app: &App, viewer: UserId) -> Result<User, AppError> {
    app.store.read_own().await?.users().find(viewer).await?.ok_or(AppError::UserNotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, sample_user, user};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn people_see_what_they_just_changed() {
        let mut session = MockUnitOfWork::default();
        session.users.expect_find().times(1).returning(|_| Ok(Some(sample_user(1))));
        let app = TestApp::default().store(session.read_own_once()).build();
        assert_eq!(profile(&app, user(1)).await.unwrap(), sample_user(1));
    }
}
