//! Choosing another user name.

use minsu_domain::{UserId, UserName};
use minsu_ports::{Scope, StoreError, UniqueKey};

use crate::{App, AppError, changes::announce, unit::in_unit};

/// Renames a person.
///
/// # Errors
/// [`AppError::UserNameTaken`], [`AppError::UserNotFound`].
pub async fn rename(app: &App, viewer: UserId, name: &UserName) -> Result<(), AppError> {
    let renamed = in_unit(app, async |unit| match unit.users().rename(viewer, name).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(AppError::UserNotFound),
        Err(StoreError::Duplicate(UniqueKey::UserName)) => Err(AppError::UserNameTaken),
        Err(error) => Err(error.into()),
    })
    .await;
    announce(app, &renamed, &[Scope::People]).await;
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, pages_changed, user};
    use minsu_ports::testkit::{MockPageCache, MockUnitOfWork};

    async fn renamed(result: Result<bool, StoreError>) -> (Result<(), AppError>, usize) {
        let changed = matches!(result, Ok(true));
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_rename().return_once(move |_, _| result);
        let commits = unit.commits.clone();
        let pages = if changed { pages_changed(&[Scope::People]) } else { MockPageCache::new() };
        let app = TestApp::default().store(unit.begun_once()).pages(pages).build();
        (rename(&app, user(1), &UserName::new("Anna").unwrap()).await, commits.count())
    }

    #[tokio::test]
    async fn only_a_changed_row_is_a_success() {
        assert!(matches!(renamed(Ok(true)).await, (Ok(()), 1)));
        assert!(matches!(renamed(Ok(false)).await, (Err(AppError::UserNotFound), 0)));
        let taken = Err(StoreError::Duplicate(UniqueKey::UserName));
        assert!(matches!(renamed(taken).await, (Err(AppError::UserNameTaken), 0)));
    }
}
