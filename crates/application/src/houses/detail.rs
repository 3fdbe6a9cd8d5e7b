//! One house with all that belongs to it.

use minsu_domain::{HouseId, UserId};
use minsu_ports::HouseDetail;

use crate::{App, AppError};

/// Comments that a house page shows at most (contract, v1 row 17).
const MAX_COMMENTS: u32 = 30;

/// A house as every visitor may see it. Somebody who is logged in may just have published it, added
/// a picture or commented, and sees that; to others it may come a moment later.
///
/// # Errors
/// [`AppError::HouseNotFound`].
pub async fn detail(app: &App, id: HouseId, viewer: Option<UserId>) -> Result<HouseDetail, AppError> {
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    session.houses().detail(id, MAX_COMMENTS).await?.ok_or(AppError::HouseNotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, house_detail, user};
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
        assert!(detail(&app, id, Some(user(1))).await.is_ok());
        let app = TestApp::default().store(session().read_once()).build();
        assert!(detail(&app, id, None).await.is_ok());
    }
}
