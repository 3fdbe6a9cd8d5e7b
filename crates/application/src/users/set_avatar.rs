//! Uploading a portrait.

use bytes::Bytes;
use minsu_domain::{PictureKey, UserId};
use minsu_ports::Scope;

use crate::{App, AppError, changes::announce, digest::picture_key, strays, unit::in_unit};

/// Makes the upload the person's portrait and returns its key. The object is stored before its
/// row; when the row cannot be written the object is removed again, and otherwise the portrait of
/// before is (see [`crate::strays`]).
///
/// # Errors
/// [`AppError::NotAPicture`], [`AppError::PictureTooLarge`], [`AppError::UploadFailed`],
/// [`AppError::Busy`], [`AppError::UserNotFound`].
pub async fn set_avatar(app: &App, viewer: UserId, upload: Bytes) -> Result<PictureKey, AppError> {
    let jpeg = app.pictures.avatar(upload).await?;
    let key = picture_key(format_args!("avatars/{viewer}"), &jpeg)?;
    let before = super::profile(app, viewer).await?.avatar;
    if before.as_ref() == Some(&key) {
        return Ok(key);
    }
    strays::note(app, &key).await?;
    let written = match app.objects.put(&key, jpeg).await {
        Ok(()) => write_row(app, viewer, &key, before.as_ref()).await,
        Err(error) => Err(AppError::UploadFailed(error)),
    };
    announce(app, &written, &[Scope::People]).await;
    match written {
        Ok(()) => {
            if let Some(before) = before {
                strays::discard(app, &before).await;
            }
            Ok(key)
        }
        Err(error) => {
            strays::discard(app, &key).await;
            Err(error)
        }
    }
}

async fn write_row(app: &App, viewer: UserId, key: &PictureKey, before: Option<&PictureKey>) -> Result<(), AppError> {
    let now = app.clock.now();
    in_unit(app, async |unit| {
        if !unit.users().set_avatar(viewer, key).await? {
            return Err(AppError::UserNotFound);
        }
        unit.strays().forget(key).await?;
        if let Some(before) = before {
            unit.strays().note(before, now).await?;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, pages_changed, sample_user, user};
    use minsu_ports::{
        ObjectError, StoreError,
        testkit::{MockObjectStore, MockPictureProcessor, MockStore, MockUnitOfWork},
    };

    fn pictures() -> MockPictureProcessor {
        let mut pictures = MockPictureProcessor::new();
        pictures.expect_avatar().returning(|_| Ok(Bytes::from_static(b"portrait")));
        pictures
    }

    /// Reads as often as asked; begins the units of work in this order.
    fn store(before: Option<&'static str>, units: Vec<MockUnitOfWork>) -> MockStore {
        let mut store = MockStore::new();
        let session = move || {
            let mut person = sample_user(1);
            person.avatar = before.map(|key| PictureKey::new(key).unwrap());
            let mut session = MockUnitOfWork::default();
            session.users.expect_find().return_once(move |_| Ok(Some(person)));
            session.strays.expect_is_shown().returning(|_| Ok(false));
            session
        };
        store.expect_read_own().returning(move || Ok(Box::new(session())));
        let mut units = units.into_iter();
        store.expect_begin().times(units.len()).returning(move || Ok(Box::new(units.next().unwrap())));
        store
    }

    fn noting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.strays.expect_note().times(1).returning(|_, _| Ok(()));
        unit
    }

    fn forgetting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.strays.expect_forget().times(1).returning(|_| Ok(()));
        unit
    }

    #[tokio::test]
    async fn the_old_portrait_goes_when_the_new_one_is_written() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        for gone in ["avatars/1/old-small.jpg", "avatars/1/old.jpg"] {
            objects.expect_delete().times(1).withf(move |key| key.as_str() == gone).returning(|_| Ok(()));
        }
        let mut writing = forgetting();
        writing.users.expect_set_avatar().return_once(|_, _| Ok(true));
        writing
            .strays
            .expect_note()
            .times(1)
            .withf(|key, _| key.as_str() == "avatars/1/old.jpg")
            .returning(|_, _| Ok(()));
        let store = store(Some("avatars/1/old.jpg"), vec![noting(), writing, forgetting()]);
        let pages = pages_changed(&[Scope::People]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).pages(pages).build();
        let key = set_avatar(&app, user(1), Bytes::new()).await.unwrap();
        assert!(key.as_str().starts_with("avatars/1/"));
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_written_takes_the_object_with_it() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        objects.expect_delete().times(2).withf(|key| key.as_str().starts_with("avatars/1/")).returning(|_| Ok(()));
        let mut writing = MockUnitOfWork::default();
        writing.users.expect_set_avatar().return_once(|_, _| Err(StoreError::Unavailable("down".into())));
        let store = store(None, vec![noting(), writing, forgetting()]);
        let pages = pages_changed(&[Scope::People]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).pages(pages).build();
        assert!(matches!(set_avatar(&app, user(1), Bytes::new()).await, Err(AppError::StoreUnavailable(_))));
    }

    #[tokio::test]
    async fn a_failed_upload_writes_no_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("579".into())));
        objects.expect_delete().returning(|_| Ok(()));
        let store = store(None, vec![noting(), forgetting()]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).build();
        assert!(matches!(set_avatar(&app, user(1), Bytes::new()).await, Err(AppError::UploadFailed(_))));
    }
}
