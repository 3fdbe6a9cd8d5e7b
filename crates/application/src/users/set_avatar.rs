//! Uploading a portrait.

use bytes::Bytes;
use minsu_domain::{PictureKey, UserId};
use minsu_ports::Scope;

use crate::{App, AppError, changes::announce, digest::picture_key, unit::in_unit};

/// Makes the upload the person's portrait and returns its key. The object is stored before its
/// row; when the row cannot be written the object is removed again.
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
    app.objects.put(&key, jpeg).await.map_err(AppError::UploadFailed)?;
    let written =
        in_unit(
            app,
            async |unit| {
                if unit.users().set_avatar(viewer, &key).await? { Ok(()) } else { Err(AppError::UserNotFound) }
            },
        )
        .await;
    announce(app, &written, &[Scope::People]).await;
    match written {
        Ok(()) => {
            if let Some(before) = before {
                remove(app, &before).await;
            }
            Ok(key)
        }
        Err(error) => {
            remove(app, &key).await;
            Err(error)
        }
    }
}

/// Removes an object that no row names any more; what stays behind costs space only.
async fn remove(app: &App, key: &PictureKey) {
    if let Err(error) = app.objects.delete(key).await {
        tracing::warn!(%error, key = key.as_str(), "could not remove an unused picture");
    }
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

    fn store(before: Option<&str>, written: Result<bool, StoreError>) -> MockStore {
        let mut person = sample_user(1);
        person.avatar = before.map(|key| PictureKey::new(key).unwrap());
        let mut reading = MockUnitOfWork::default();
        reading.users.expect_find().return_once(move |_| Ok(Some(person)));
        let mut store = reading.read_own_once();
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_set_avatar().return_once(move |_, _| written);
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        store
    }

    #[tokio::test]
    async fn the_old_portrait_goes_when_the_new_one_is_written() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        objects.expect_delete().times(1).withf(|key| key.as_str() == "avatars/1/old.jpg").returning(|_| Ok(()));
        let store = store(Some("avatars/1/old.jpg"), Ok(true));
        let pages = pages_changed(&[Scope::People]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).pages(pages).build();
        let key = set_avatar(&app, user(1), Bytes::new()).await.unwrap();
        assert!(key.as_str().starts_with("avatars/1/"));
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_written_takes_the_object_with_it() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        objects.expect_delete().times(1).withf(|key| key.as_str().starts_with("avatars/1/")).returning(|_| Ok(()));
        let store = store(None, Err(StoreError::Unavailable("down".into())));
        let pages = pages_changed(&[Scope::People]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).pages(pages).build();
        assert!(matches!(set_avatar(&app, user(1), Bytes::new()).await, Err(AppError::StoreUnavailable(_))));
    }

    #[tokio::test]
    async fn a_failed_upload_writes_no_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("579".into())));
        let mut reading = MockUnitOfWork::default();
        reading.users.expect_find().return_once(|_| Ok(Some(sample_user(1))));
        let mut store = reading.read_own_once();
        store.expect_begin().never();
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).build();
        assert!(matches!(set_avatar(&app, user(1), Bytes::new()).await, Err(AppError::UploadFailed(_))));
    }
}
