//! Ending a token.

use minsu_domain::{Event, Principal, TokenId};

use crate::{App, AppError, TokenError, transaction::in_transaction};

/// Deletes a token of the person behind a session. It needs no confirmation: it takes rights away.
///
/// # Errors
/// [`TokenError::NotFound`], also for a token of another account; [`TokenError::SessionNeeded`].
pub async fn revoke(app: &App, viewer: Principal, id: TokenId) -> Result<(), AppError> {
    if viewer.is_token() {
        return Err(TokenError::SessionNeeded.into());
    }
    in_transaction(app, async |transaction| {
        if !transaction.tokens().delete(viewer.user, id).await? {
            return Err(TokenError::NotFound.into());
        }
        transaction.record(Event::AccountTokenRevoked { user: viewer.user });
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, token = %id, "personal token revoked");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, token_principal};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn ones_own_token_ends_and_no_other() {
        let id = TokenId::new(4).unwrap();
        for there in [true, false] {
            let mut unit = MockUnitOfWork::default();
            unit.tokens
                .expect_delete()
                .times(1)
                .withf(move |user, asked| (*user, *asked) == (principal(1).user, id))
                .returning(move |_, _| Ok(there));
            let app = TestApp::default().store(unit.begun_once()).build();
            let revoked = revoke(&app, principal(1), id).await;
            assert_eq!(revoked.is_ok(), there, "{revoked:?}");
        }
        let app = TestApp::default().build();
        let refused = revoke(&app, token_principal(1), id).await;
        assert!(matches!(refused, Err(AppError::Token(TokenError::SessionNeeded))));
    }
}
