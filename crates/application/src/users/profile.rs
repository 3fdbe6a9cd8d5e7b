//! A person's own profile.

use minsu_domain::Principal;
use minsu_ports::User;

use crate::{AccountError, App, AppError};

/// The person behind a session.
///
/// # Errors
/// [`AccountError::NotFound`] when the account is gone but the session is not.
pub async fn profile(app: &App, viewer: Principal) -> Result<User, AppError> {
    app.store.read_own().await?.users().find(viewer.user).await?.ok_or(AppError::Account(AccountError::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, sample_user};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn people_see_what_they_just_changed() {
        let mut session = MockUnitOfWork::default();
        session.users.expect_find().times(1).returning(|_| Ok(Some(sample_user(1))));
        let app = TestApp::default().store(session.read_own_once()).build();
        assert_eq!(profile(&app, principal(1)).await.unwrap(), sample_user(1));
    }
}
