//! Orphaned objects: objects in the store that no row references, and their removal.
//!
//! An object store has no transactions, so every picture is noted before it is stored, and the note is
//! deleted in the unit of work that writes its row. When a step in between fails, the object is removed at
//! once where that is safe; objects that are left, because the process died or the store was unreachable too,
//! are swept later ([`sweep`]).

use std::{pin::pin, time::Duration};

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use minsu_domain::{PictureKey, UserId};
use minsu_ports::LISTED_AT_ONCE;

use crate::{App, AppError, PictureError, transaction::in_transaction};

/// Notes a picture that is about to be stored, or that its row no longer shows.
pub(crate) async fn note(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    let now = app.clock.now();
    in_transaction(app, async |transaction| Ok(transaction.orphaned_objects().note(picture, now).await?)).await
}

/// How long an upload waits for the removal of a picture: a store that failed a moment ago may
/// well not answer now, and the client waits for the result.
const PATIENCE: Duration = Duration::from_millis(500);

/// Removes a noted picture that no row shows. If that fails or takes too long, the picture stays noted,
/// and the sweep removes it.
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

/// Removes every portrait of a person, also those that no row names. If that fails or takes too long, the rest is
/// left to the comparison with the database ([`crate::object_comparison`]).
pub(crate) async fn remove_portraits(app: &App, user: UserId) {
    let work = pin!(try_remove_portraits(app, user));
    match select(work, app.clock.sleep(PATIENCE)).await {
        Either::Left((Ok(()), _)) => {}
        Either::Left((Err(error), _)) => tracing::warn!(%error, %user, "portraits are left to the sweep"),
        Either::Right(_) => tracing::warn!(%user, "portraits are left to the sweep"),
    }
}

async fn try_remove_portraits(app: &App, user: UserId) -> Result<(), AppError> {
    let mut listing = app.objects.list(&portraits_of(user)?);
    loop {
        let page = listing.next(LISTED_AT_ONCE).await.map_err(PictureError::NotStored)?;
        if page.is_empty() {
            return Ok(());
        }
        for object in page {
            app.objects.delete(&object.key).await.map_err(PictureError::NotStored)?;
        }
    }
}

/// The folder of a person's portraits.
pub(crate) fn portraits_of(user: UserId) -> Result<PictureKey, AppError> {
    Ok(PictureKey::new(&format!("avatars/{user}"))?)
}

async fn try_discard(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    if !app.store.read_own().await?.orphaned_objects().is_shown(picture).await? {
        remove(app, picture).await?;
    }
    in_transaction(app, async |transaction| Ok(transaction.orphaned_objects().forget(picture).await?)).await
}

/// Removes a picture and its small variant, which portraits do not have.
async fn remove(app: &App, picture: &PictureKey) -> Result<(), AppError> {
    for key in [&picture.small(), picture] {
        app.objects.delete(key).await.map_err(PictureError::NotStored)?;
    }
    Ok(())
}

/// Removes pictures that were noted so long ago that no upload can still be storing them, and that
/// no row shows; at most `limit`. Returns how many it removed.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`PictureError::NotStored`]; pictures that are left stay noted.
pub async fn sweep(app: &App, older_than: Duration, limit: u32) -> Result<u32, AppError> {
    let before = app.clock.now() - TimeDelta::from_std(older_than).unwrap_or(TimeDelta::MAX);
    let noted = app.store.read_own().await?.orphaned_objects().noted_before(before, limit).await?;
    let mut removed = 0;
    for picture in noted {
        if !in_transaction(app, async |transaction| Ok(transaction.orphaned_objects().claim(&picture, before).await?))
            .await?
        {
            continue;
        }
        if app.store.read_own().await?.orphaned_objects().is_shown(&picture).await? {
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
                .orphaned_objects
                .expect_noted_before()
                .returning(|_, _| Ok(["new.jpg", "shown.jpg", "old.jpg"].map(key).into()));
            session.orphaned_objects.expect_is_shown().returning(|picture| Ok(picture.as_str() == "shown.jpg"));
            Ok(Box::new(session))
        });
        store.expect_begin().times(3 + notes).returning(|| {
            let mut unit = MockUnitOfWork::default();
            unit.orphaned_objects.expect_claim().returning(|picture, _| Ok(picture.as_str() != "new.jpg"));
            unit.orphaned_objects
                .expect_note()
                .withf(|picture, _| picture.as_str() == "old.jpg")
                .returning(|_, _| Ok(()));
            Ok(Box::new(unit))
        });
        store
    }

    #[tokio::test]
    async fn only_old_pictures_that_no_row_shows_are_removed() {
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
        assert!(matches!(sweep(&app, DAY, 10).await, Err(AppError::Picture(PictureError::NotStored(_)))));
    }
}
