//! One house with all its data.

use minsu_domain::{HouseId, Principal};
use minsu_ports::HouseDetail;

use crate::{App, AppError, ListingError};

/// Comments that a house page shows at most (contract, v1 row 17).
const MAX_COMMENTS: u32 = 30;

/// A house as every visitor may see it. A logged-in user may just have published it, added
/// a picture or commented, and reads from the primary; other visitors may see the change a moment later.
///
/// # Errors
/// [`ListingError::NotFound`].
pub async fn detail(app: &App, id: HouseId, viewer: Option<Principal>) -> Result<HouseDetail, AppError> {
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    session.houses().detail(id, MAX_COMMENTS).await?.ok_or(AppError::Listing(ListingError::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, house_detail, principal};
    use minsu_ports::testkit::MockUnitOfWork;

    fn session() -> MockUnitOfWork {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_detail().times(1).returning(|_, _| Ok(Some(house_detail(1))));
        session
    }

    #[tokio::test]
    async fn who_is_logged_in_sees_what_they_just_wrote_and_strangers_may_wait() {
        let id = HouseId::new(7).unwrap();
        let app = TestApp::default().store(session().read_own_once()).build();
        assert!(detail(&app, id, Some(principal(1))).await.is_ok());
        let app = TestApp::default().store(session().read_once()).build();
        assert!(detail(&app, id, None).await.is_ok());
    }
}
