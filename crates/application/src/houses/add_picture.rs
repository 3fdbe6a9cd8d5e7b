//! Adding a picture to one's own house.

use bytes::Bytes;
use futures_util::future::try_join;
use minsu_domain::{HouseId, PictureKey, UserId};
use minsu_ports::{Scope, StoreError, UniqueKey};

use crate::{App, AppError, changes::announce, digest::picture_key, strays, unit::in_unit};

/// Stores the upload in its two sizes, adds it to the house and returns its key. Who does not own
/// the house is refused before anything is decoded. A picture that the house has already is not
/// added again. The objects are stored before the row; when the row cannot be written they are
/// removed again, at once or by the sweep (see [`crate::strays`]).
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
    if app.store.read_own().await?.strays().is_shown(&key).await? {
        return Ok(key);
    }
    strays::note(app, &key).await?;
    let added = match store_both(app, &key, picture.large, picture.small).await {
        Ok(()) => add_row(app, viewer, house, &key).await,
        Err(error) => Err(error),
    };
    announce(app, &added, &[Scope::Offers, Scope::House(house)]).await;
    match added {
        Ok(()) => Ok(key),
        Err(error) => {
            strays::discard(app, &key).await;
            Err(error)
        }
    }
}

async fn add_row(app: &App, landlord: UserId, house: HouseId, key: &PictureKey) -> Result<(), AppError> {
    let mut is_there = false;
    let added = in_unit(app, async |unit| {
        // Decoding and storing took a while.
        if !unit.users().hold(&[landlord]).await? {
            return Err(AppError::HouseNotFound);
        }
        let added = unit.houses().add_picture(house, key).await;
        is_there = matches!(added, Err(StoreError::Duplicate(UniqueKey::HousePicture)));
        added?;
        Ok(unit.strays().forget(key).await?)
    })
    .await;
    // Another upload of the same picture came first.
    if is_there { Ok(()) } else { added }
}

/// Both at once, so that somebody waits for one deadline and not for two.
async fn store_both(app: &App, key: &PictureKey, large: Bytes, small: Bytes) -> Result<(), AppError> {
    let key_of_small = key.small();
    let puts = try_join(app.objects.put(key, large), app.objects.put(&key_of_small, small));
    puts.await.map(|_| ()).map_err(AppError::UploadFailed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, terms, user};
    use minsu_ports::{
        HousePicture, ObjectError, StoreError,
        testkit::{MockObjectStore, MockPageCache, MockPictureProcessor, MockStore, MockUnitOfWork},
    };

    /// Reads as often as asked; begins the units of work in this order.
    fn store(units: Vec<MockUnitOfWork>) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
            session.strays.expect_is_shown().returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let mut units = units.into_iter();
        store.expect_begin().times(units.len()).returning(move || Ok(Box::new(units.next().unwrap())));
        store
    }

    fn noting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.strays.expect_note().times(1).returning(|_, _| Ok(()));
        unit
    }

    fn adding(added: Result<(), StoreError>) -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_hold().times(1).returning(|_| Ok(true));
        unit.strays.expect_forget().times(usize::from(added.is_ok())).returning(|_| Ok(()));
        unit.houses.expect_add_picture().times(1).return_once(move |_, _| added);
        unit
    }

    fn forgetting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.strays.expect_forget().times(1).returning(|_| Ok(()));
        unit
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
        let app = TestApp::default().store(store(vec![])).pictures(pictures).build();
        assert!(matches!(add_picture(&app, user(2), house(), Bytes::new()).await, Err(AppError::NotYourHouse)));
    }

    #[tokio::test]
    async fn both_sizes_are_noted_and_stored_before_the_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(2).returning(|_, _| Ok(()));
        let adding = adding(Ok(()));
        let commits = adding.commits.clone();
        let store = store(vec![noting(), adding]);
        let app = changed(TestApp::default().store(store).pictures(pictures()).objects(objects)).build();
        let key = add_picture(&app, user(1), house(), Bytes::new()).await.unwrap();
        assert!(key.as_str().starts_with("houses/7/"));
        assert_eq!(commits.count(), 1);
    }

    #[tokio::test]
    async fn the_same_picture_twice_at_once_is_there_once() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(2).returning(|_, _| Ok(()));
        objects.expect_delete().never();
        let store = store(vec![noting(), adding(Err(StoreError::Duplicate(UniqueKey::HousePicture)))]);
        let app = changed(TestApp::default().store(store).pictures(pictures()).objects(objects)).build();
        assert!(add_picture(&app, user(1), house(), Bytes::new()).await.is_ok());
    }

    #[tokio::test]
    async fn whatever_fails_leaves_neither_row_nor_object() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Ok(()));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let down = Err(StoreError::Unavailable("down".into()));
        let units = vec![noting(), adding(down), forgetting()];
        let app = changed(TestApp::default().store(store(units)).pictures(pictures()).objects(objects)).build();
        let result = add_picture(&app, user(1), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(_))));

        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("573".into())));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let units = vec![noting(), forgetting()];
        let app = TestApp::default().store(store(units)).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, user(1), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::UploadFailed(_))));
    }

    #[tokio::test]
    async fn who_has_left_meanwhile_adds_nothing() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Ok(()));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let mut left = MockUnitOfWork::default();
        left.users.expect_hold().return_once(|_| Ok(false));
        left.houses.expect_add_picture().never();
        let store = store(vec![noting(), left, forgetting()]);
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects).build();
        assert!(matches!(add_picture(&app, user(1), house(), Bytes::new()).await, Err(AppError::HouseNotFound)));
    }

    #[tokio::test]
    async fn what_cannot_be_removed_now_stays_noted() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("599".into())));
        objects.expect_delete().times(1).returning(|_| Err(ObjectError::Failed("599".into())));
        let store = store(vec![noting()]);
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, user(1), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::UploadFailed(_))));
    }
}
