//! Choosing another user name.

use minsu_domain::{Event, Principal, UserName};
use minsu_ports::{StoreError, UniqueKey};

use super::profile_version::{ProfileVersion, in_transaction_at};
use crate::{AccountError, App, AppError};

/// Renames a person; with a version only if the profile still has it.
///
/// # Errors
/// [`AccountError::NameTaken`], also for a name that passes for a reserved word; [`AccountError::NotFound`],
/// [`AccountError::VersionStale`].
pub async fn rename(
    app: &App,
    viewer: Principal,
    name: &UserName,
    expected: Option<ProfileVersion>,
) -> Result<(), AppError> {
    if name.is_reserved(&app.policy.reserved_names) {
        return Err(AccountError::NameTaken.into());
    }
    in_transaction_at(app, viewer.user, expected, async |transaction| {
        match transaction.users().rename(viewer.user, name).await {
            Ok(true) => transaction.record(Event::AccountRenamed { user: viewer.user }),
            Ok(false) => return Err(AppError::Account(AccountError::NotFound)),
            Err(StoreError::Duplicate(UniqueKey::UserName)) => return Err(AppError::Account(AccountError::NameTaken)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, user};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    async fn renamed(result: Result<bool, StoreError>) -> (Result<(), AppError>, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_rename().return_once(move |_, _| result);
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        (rename(&app, principal(1), &UserName::new("Anna").unwrap(), None).await, log.committed())
    }

    #[tokio::test]
    async fn reserved_words_are_taken() {
        let mut app = TestApp::default().build();
        app.policy.reserved_names = vec!["admin".into()];
        let refused = rename(&app, principal(1), &UserName::new("\u{430}dmin").unwrap(), None).await;
        assert!(matches!(refused, Err(AppError::Account(AccountError::NameTaken))), "{refused:?}");
    }

    #[tokio::test]
    async fn only_a_changed_row_is_a_success() {
        let (done, events) = renamed(Ok(true)).await;
        assert!(done.is_ok());
        assert_eq!(events, [Event::AccountRenamed { user: user(1) }]);
        let (missing, events) = renamed(Ok(false)).await;
        assert!(matches!(missing, Err(AppError::Account(AccountError::NotFound))) && events.is_empty());
        let (taken, events) = renamed(Err(StoreError::Duplicate(UniqueKey::UserName))).await;
        assert!(matches!(taken, Err(AppError::Account(AccountError::NameTaken))) && events.is_empty());
    }
}
