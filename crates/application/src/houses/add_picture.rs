//! Adding a picture to one's own house.

use bytes::Bytes;
use minsu_domain::{HouseId, PictureKey, UserId};
use minsu_ports::Scope;

use crate::{App, AppError, changes::announce, digest::picture_key, unit::in_unit};

/// Stores the upload in its two sizes, adds it to the house and returns its key. Who does not own
/// the house is refused before anything is decoded. A picture that the house has already is not
/// added again. The objects are stored before the row; when the row cannot be written they are
/// removed again.
///
/// # Errors
/// [`AppError::HouseNotFound`], [`AppError::NotYourHouse`], [`AppError::NotAPicture`],
/// [`AppError::PictureTooLarge`], [`AppError::UploadFailed`], [`AppError::Busy`].
pub async fn add_picture(app: &App, viewer: UserId, house: HouseId, upload: Bytes) -> Result<PictureKey, AppError> {
    let terms = app.store.read_own().await?.houses().terms(house).await?.ok_or(AppError::HouseNotFound)?;
    if terms.landlord != viewer {
        return Err(AppError::NotYourHouse);
    }
    let picture = app.pictures.house(upload).await?;
    let key = picture_key(format_args!("houses/{house}"), &picture.large)?;
    let detail = app.store.read_own().await?.houses().detail(house, 0).await?.ok_or(AppError::HouseNotFound)?;
    if detail.pictures.contains(&key) {
        return Ok(key);
    }
    let stored = store_both(app, &key, picture.large, picture.small).await;
    let written = match stored {
        Ok(()) => in_unit(app, async |unit| Ok(unit.houses().add_picture(house, &key).await?)).await,
        Err(error) => Err(error),
    };
    announce(app, &written, &[Scope::Offers, Scope::House(house)]).await;
    if let Err(error) = written {
        remove_both(app, &key).await;
        return Err(error);
    }
    Ok(key)
}

async fn store_both(app: &App, key: &PictureKey, large: Bytes, small: Bytes) -> Result<(), AppError> {
    app.objects.put(&key.small(), small).await.map_err(AppError::UploadFailed)?;
    app.objects.put(key, large).await.map_err(AppError::UploadFailed)
}

async fn remove_both(app: &App, key: &PictureKey) {
    for key in [key, &key.small()] {
        if let Err(error) = app.objects.delete(key).await {
            tracing::warn!(%error, key = key.as_str(), "could not remove an unused picture");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, house_detail, terms, user};
    use minsu_ports::{
        HousePicture, ObjectError, StoreError,
        testkit::{MockObjectStore, MockPageCache, MockPictureProcessor, MockStore, MockUnitOfWork},
    };

    fn store(unit: Option<MockUnitOfWork>) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
            session.houses.expect_detail().returning(|_, _| Ok(Some(house_detail(1))));
            Ok(Box::new(session))
        });
        match unit {
            Some(unit) => store.expect_begin().return_once(move || Ok(Box::new(unit))),
            None => store.expect_begin().never(),
        };
        store
    }

    fn pictures() -> MockPictureProcessor {
        let mut pictures = MockPictureProcessor::new();
        pictures
            .expect_house()
            .returning(|_| Ok(HousePicture { large: Bytes::from_static(b"L"), small: Bytes::from_static(b"S") }));
        pictures
    }

    fn changed(app: TestApp) -> TestApp {
        let mut pages = MockPageCache::new();
        let scopes = [Scope::Offers, Scope::House(house())];
        pages.expect_changed().times(1).withf(move |changed| changed == scopes).returning(|_| ());
        app.pages(pages)
    }

    fn house() -> HouseId {
        HouseId::new(7).unwrap()
    }

    #[tokio::test]
    async fn a_stranger_is_refused_before_anything_is_decoded() {
        let mut pictures = MockPictureProcessor::new();
        pictures.expect_house().never();
        let app = TestApp::default().store(store(None)).pictures(pictures).build();
        assert!(matches!(add_picture(&app, user(2), house(), Bytes::new()).await, Err(AppError::NotYourHouse)));
    }

    #[tokio::test]
    async fn both_sizes_are_stored_before_the_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(2).returning(|_, _| Ok(()));
        let mut unit = MockUnitOfWork::default();
        unit.houses.expect_add_picture().times(1).returning(|_, _| Ok(()));
        let commits = unit.commits.clone();
        let app = changed(TestApp::default().store(store(Some(unit))).pictures(pictures()).objects(objects)).build();
        let key = add_picture(&app, user(1), house(), Bytes::new()).await.unwrap();
        assert!(key.as_str().starts_with("houses/7/"));
        assert_eq!(commits.count(), 1);
    }

    #[tokio::test]
    async fn whatever_fails_leaves_neither_row_nor_object() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Ok(()));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let mut unit = MockUnitOfWork::default();
        unit.houses.expect_add_picture().returning(|_, _| Err(StoreError::Unavailable("down".into())));
        let app = changed(TestApp::default().store(store(Some(unit))).pictures(pictures()).objects(objects)).build();
        let result = add_picture(&app, user(1), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(_))));

        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("573".into())));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let app = TestApp::default().store(store(None)).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, user(1), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::UploadFailed(_))));
    }
}
