//! A landlord's own houses.

use minsu_domain::Principal;
use minsu_ports::HouseSummary;

use crate::{App, AppError};

/// The most houses that one answer lists; the documents have no pages here.
const LIMIT: u32 = 1000;

/// The houses of the person behind a session, newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn of_landlord(app: &App, viewer: Principal) -> Result<Vec<HouseSummary>, AppError> {
    Ok(app.store.read_own().await?.houses().of_landlord(viewer.user, LIMIT).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, user};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn a_house_is_there_as_soon_as_it_is_published() {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_of_landlord().times(1).withf(|id, _| *id == user(1)).returning(|_, _| Ok(vec![]));
        let app = TestApp::default().store(session.read_own_once()).build();
        assert_eq!(of_landlord(&app, principal(1)).await.unwrap(), []);
    }
}
