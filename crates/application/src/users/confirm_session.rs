//! Giving the password again before something dangerous.

use minsu_domain::Principal;

use super::password_check;
use crate::{
    App, AppError, TokenError,
    sessions::{self, SessionToken},
};

/// Confirms a session for 15 minutes by the password, which is guarded as at a login. A token never passes
/// this question.
///
/// # Errors
/// [`crate::AccountError::WrongPassword`], [`AppError::TooOften`], [`AppError::Busy`], [`TokenError::SessionNeeded`],
/// [`crate::SessionError::NotLoggedIn`] where the session ended meanwhile.
pub async fn confirm_session(
    app: &App,
    viewer: Principal,
    current: &SessionToken,
    password: &str,
) -> Result<(), AppError> {
    if viewer.is_token() {
        return Err(TokenError::SessionNeeded.into());
    }
    password_check::demand(app, viewer, password).await?;
    sessions::mark_confirmed(app, viewer, current).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AccountError, SessionError,
        test_app::{TestApp, counting, principal, token_principal, user},
    };
    use bytes::Bytes;
    use minsu_ports::{
        Credentials, PasswordHash, Verdict,
        testkit::{MockPasswordHasher, MockUnitOfWork},
    };

    /// Confirms the session of person 2 with a password that is (not) right; the session's record is this.
    async fn confirmed(right: bool, record: Option<&'static str>, replaced: usize) -> Result<(), AppError> {
        let mut session = MockUnitOfWork::default();
        let credentials = Credentials { user: user(2), password_hash: PasswordHash("stored".into()) };
        session.users.expect_credentials_of().return_once(move |_| Ok(Some(credentials)));
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(move |_, _| Ok(if right { Verdict::Right } else { Verdict::Wrong }));
        let mut cache = counting(1);
        cache.expect_delete().returning(|_| Ok(true));
        cache.expect_get().returning(move |_| Ok(record.map(Bytes::from)));
        cache
            .expect_replace()
            .times(replaced)
            .withf(|_, value, _| value == "2 1795366800000 1795280400000 1795280400000")
            .returning(|_, _, _| Ok(true));
        let app = TestApp::default().cache(cache).store(session.read_own_once()).passwords(hasher).build();
        confirm_session(&app, principal(2), &SessionToken::from_random([3; 32]), "a password").await
    }

    #[tokio::test]
    async fn the_password_confirms_a_living_session_of_the_person() {
        let living = Some("2 1795366800000 1795280400000");
        assert!(confirmed(true, living, 1).await.is_ok());
        let wrong = confirmed(false, living, 0).await;
        assert!(matches!(wrong, Err(AppError::Account(AccountError::WrongPassword))), "{wrong:?}");
        for record in [None, Some("3 1795366800000 1795280400000")] {
            let ended = confirmed(true, record, 0).await;
            assert!(matches!(ended, Err(AppError::Session(SessionError::NotLoggedIn))), "{ended:?}");
        }
    }

    #[tokio::test]
    async fn a_token_is_not_asked() {
        let app = TestApp::default().build();
        let token = SessionToken::from_random([3; 32]);
        let refused = confirm_session(&app, token_principal(2), &token, "a password").await;
        assert!(matches!(refused, Err(AppError::Token(TokenError::SessionNeeded))));
        assert!(matches!(
            sessions::demand_confirmed(token_principal(2)),
            Err(AppError::Token(TokenError::SessionNeeded))
        ));
        let unconfirmed = sessions::demand_confirmed(principal(2));
        assert!(matches!(unconfirmed, Err(AppError::Session(SessionError::ConfirmationNeeded))));
    }
}
