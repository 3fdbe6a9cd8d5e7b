//! Pictures that may lie in the object store without a row that shows them.
//!
//! An object store knows no transactions, so every picture is noted before it is stored and
//! forgotten in the unit of work that writes its row. What fails in between is removed at once
//! where that is safe; what is left, because the process died or the store was away, too, is
//! swept later ([`sweep`]).

use std::{pin::pin, time::Duration};

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use minsu_domain::PictureKey;

use crate::{App, AppError, unit::in_unit};

/// Notes a picture that is about to be stored, or that its row no longer shows.
pub(crate) async fn note(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    let now = app.clock.now();
    in_unit(app, async |unit| Ok(unit.strays().note(picture, now).await?)).await
}

/// How long somebody waits for the removal of a picture: the store that failed a moment ago may
/// well be silent now, and who uploaded wants to know.
const PATIENCE: Duration = Duration::from_millis(500);

/// Removes a noted picture that nobody shows. What cannot be told or done at once stays noted,
/// and the sweep does it.
pub(crate) async fn discard(app: &App, picture: &PictureKey) {
    let work = pin!(try_discard(app, picture));
    match select(work, app.clock.sleep(PATIENCE)).await {
        Either::Left((Ok(()), _)) => {}
        Either::Left((Err(error), _)) => {
            tracing::warn!(%error, picture = picture.as_str(), "an unused picture is left to the sweep");
        }
        Either::Right(_) => tracing::warn!(picture = picture.as_str(), "an unused picture is left to the sweep"),
    }
}

async fn try_discard(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    if !app.store.read_own().await?.strays().is_shown(picture).await? {
        remove(app, picture).await?;
    }
    in_unit(app, async |unit| Ok(unit.strays().forget(picture).await?)).await
}

/// Removes a picture and its small variant, which portraits do not have.
async fn remove(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    for key in [&picture.small(), picture] {
        app.objects.delete(key).await.map_err(AppError::UploadFailed)?;
    }
    Ok(())
}

/// Removes pictures that were noted so long ago that nobody is storing them any more, and that
/// nobody shows; at most `limit`. Returns how many it removed.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`AppError::UploadFailed`]; what was not done stays noted.
pub async fn sweep(app: &App, older_than: Duration, limit: u32) -> Result<u32, AppError> {
    let before = app.clock.now() - TimeDelta::from_std(older_than).unwrap_or(TimeDelta::MAX);
    let noted = app.store.read_own().await?.strays().noted_before(before, limit).await?;
    let mut removed = 0;
    for picture in noted {
        if !in_unit(app, async |unit| Ok(unit.strays().claim(&picture, before).await?)).await? {
            continue;
        }
        if app.store.read_own().await?.strays().is_shown(&picture).await? {
            continue;
        }
        if let Err(error) = remove(app, &picture).await {
            note(app, &picture).await?;
            return Err(error);
        }
        removed += 1;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_ports::{
        ObjectError,
        testkit::{MockObjectStore, MockStore, MockUnitOfWork},
    };

    const DAY: Duration = Duration::from_secs(86_400);

    fn key(text: &str) -> PictureKey {
        PictureKey::new(text).unwrap()
    }

    /// Three were noted; one of them is being stored anew, and one is shown.
    fn store(notes: usize) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session
                .strays
                .expect_noted_before()
                .returning(|_, _| Ok(["new.jpg", "shown.jpg", "old.jpg"].map(key).into()));
            session.strays.expect_is_shown().returning(|picture| Ok(picture.as_str() == "shown.jpg"));
            Ok(Box::new(session))
        });
        store.expect_begin().times(3 + notes).returning(|| {
            let mut unit = MockUnitOfWork::default();
            unit.strays.expect_claim().returning(|picture, _| Ok(picture.as_str() != "new.jpg"));
            unit.strays.expect_note().withf(|picture, _| picture.as_str() == "old.jpg").returning(|_, _| Ok(()));
            Ok(Box::new(unit))
        });
        store
    }

    #[tokio::test]
    async fn only_what_is_old_and_shown_by_nobody_is_removed() {
        let mut objects = MockObjectStore::new();
        objects.expect_delete().times(1).withf(|key| key.as_str() == "old-small.jpg").returning(|_| Ok(()));
        objects.expect_delete().times(1).withf(|key| key.as_str() == "old.jpg").returning(|_| Ok(()));
        let app = TestApp::default().store(store(0)).objects(objects).build();
        assert_eq!(sweep(&app, DAY, 10).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_could_not_be_removed_is_noted_again() {
        let mut objects = MockObjectStore::new();
        objects.expect_delete().returning(|_| Err(ObjectError::Failed("599".into())));
        let app = TestApp::default().store(store(1)).objects(objects).build();
        assert!(matches!(sweep(&app, DAY, 10).await, Err(AppError::UploadFailed(_))));
    }
}
