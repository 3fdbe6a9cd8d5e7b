//! Adding a picture to one's own house.

use bytes::Bytes;
use minsu_domain::{Event, HouseId, ListingEvent, PictureKey, Principal, UserId};
use minsu_ports::{LockedLandlord, Store, StoreError, UniqueKey, Work};

use super::own::owned;
use crate::{
    App, AppError, ClientAddress, ListingError, digest::picture_key, picture_upload, quotas,
    transaction::in_locked_transaction, turns,
};

/// Stores the upload in its two sizes, adds it to the house, which may be a draft, and returns its key. A user who
/// is not the landlord is refused before anything is decoded. A picture that the house has already is not
/// added again.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`crate::QuotaError::Pictures`],
/// [`crate::QuotaError::PictureBytes`], [`AppError::Picture`], [`AppError::Busy`].
pub async fn add_picture(
    app: &App,
    viewer: Principal,
    client: ClientAddress,
    house: HouseId,
    upload: Bytes,
) -> Result<PictureKey, AppError> {
    demand_owner(app, viewer, house).await?;
    let turn = turns::turn(app, Work::Pictures, &client.party_of(viewer.user)).await?;
    let picture = app.pictures.house(upload).await?;
    drop(turn);
    let key = picture_key(format_args!("houses/{house}"), &picture.large)?;
    if app.store.read_own().await?.orphaned_objects().is_shown(&key).await? {
        return Ok(key);
    }
    let small = key.small();
    let bytes = (picture.large.len() + picture.small.len()) as u64;
    let objects = [(&key, picture.large), (&small, picture.small)];
    picture_upload::store(app, &key, &objects, async || add_row(app, viewer.user, house, &key, bytes).await).await?;
    Ok(key)
}

/// Refuses a house of another landlord. Callers that know the house before the body of a request ask this first:
/// what is refused need not be received.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`].
pub async fn demand_owner(app: &App, viewer: Principal, house: HouseId) -> Result<(), AppError> {
    owned(app.store.read_own().await?.as_mut(), viewer, house).await?;
    Ok(())
}

async fn add_row(app: &App, landlord: UserId, house: HouseId, key: &PictureKey, bytes: u64) -> Result<(), AppError> {
    let mut is_there = false;
    // Decoding and storing took a while: the account may be deleted by now.
    let begin =
        async |store: &dyn Store| Ok(LockedLandlord::begin(store, landlord).await?.ok_or(ListingError::NotFound)?);
    let added = in_locked_transaction(app, begin, async |transaction, owner| {
        quotas::admit_picture(app, &mut **transaction, owner, house, bytes).await?;
        let added = transaction.houses().add_picture(owner, house, key, bytes).await;
        is_there = matches!(added, Err(StoreError::Duplicate(UniqueKey::HousePicture)));
        added?;
        transaction.orphaned_objects().forget(key).await?;
        transaction.record(Event::ListingPictureAdded(ListingEvent { house, landlord }));
        Ok(())
    })
    .await;
    // Another upload of the same picture came first.
    if is_there { Ok(()) } else { added }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PictureError,
        test_app::{TestApp, client, principal, standing, user},
    };
    use minsu_ports::{
        HousePicture, ListingUsage, ObjectError, StoreError,
        testkit::{EventLog, MockObjectStore, MockPictureProcessor, MockStore, MockUnitOfWork},
    };

    /// Reads as often as asked; begins the units of work in this order.
    fn store(units: Vec<MockUnitOfWork>) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
            session.orphaned_objects.expect_is_shown().returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let mut units = units.into_iter();
        store.expect_begin().times(units.len()).returning(move || Ok(Box::new(units.next().unwrap())));
        store
    }

    fn noting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.orphaned_objects.expect_note().times(1).returning(|_, _| Ok(()));
        unit
    }

    fn adding(added: Result<(), StoreError>) -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().times(1).returning(|_| Ok(true));
        unit.usage.expect_pictures().returning(|_, _| Ok(0));
        unit.usage.expect_listings().returning(|_, _| Ok(ListingUsage::default()));
        unit.orphaned_objects.expect_forget().times(usize::from(added.is_ok())).returning(|_| Ok(()));
        unit.houses.expect_add_picture().times(1).return_once(move |_, _, _, _| added);
        unit
    }

    fn forgetting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.orphaned_objects.expect_forget().times(1).returning(|_| Ok(()));
        unit
    }

    fn pictures() -> MockPictureProcessor {
        let mut pictures = MockPictureProcessor::new();
        pictures
            .expect_house()
            .returning(|_| Ok(HousePicture { large: Bytes::from_static(b"L"), small: Bytes::from_static(b"S") }));
        pictures
    }

    fn house() -> HouseId {
        HouseId::new(7).unwrap()
    }

    #[tokio::test]
    async fn a_stranger_is_refused_before_anything_is_decoded() {
        let mut pictures = MockPictureProcessor::new();
        pictures.expect_house().never();
        let app = TestApp::default().store(store(vec![])).pictures(pictures).build();
        assert!(matches!(
            add_picture(&app, principal(2), client(), house(), Bytes::new()).await,
            Err(AppError::Listing(ListingError::NotOwner))
        ));
    }

    #[tokio::test]
    async fn both_sizes_are_noted_and_stored_before_the_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(2).returning(|_, _| Ok(()));
        let adding = adding(Ok(()));
        let commits = adding.commits.clone();
        let store = store(vec![noting(), adding]);
        let log = EventLog::default();
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects);
        let app = app.subscriber(log.clone()).build();
        let key = add_picture(&app, principal(1), client(), house(), Bytes::new()).await.unwrap();
        assert!(key.as_str().starts_with("houses/7/"));
        assert_eq!(commits.count(), 1);
        let listing = ListingEvent { house: house(), landlord: user(1) };
        assert_eq!(log.committed(), [Event::ListingPictureAdded(listing)]);
    }

    #[tokio::test]
    async fn the_same_picture_twice_at_once_is_there_once() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(2).returning(|_, _| Ok(()));
        objects.expect_delete().never();
        let store = store(vec![noting(), adding(Err(StoreError::Duplicate(UniqueKey::HousePicture)))]);
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects).build();
        assert!(add_picture(&app, principal(1), client(), house(), Bytes::new()).await.is_ok());
    }

    #[tokio::test]
    async fn whatever_fails_leaves_neither_row_nor_object() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Ok(()));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let down = Err(StoreError::Unavailable("down".into()));
        let units = vec![noting(), adding(down), forgetting()];
        let app = TestApp::default().store(store(units)).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, principal(1), client(), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(_))));

        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("573".into())));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let units = vec![noting(), forgetting()];
        let app = TestApp::default().store(store(units)).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, principal(1), client(), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::Picture(PictureError::NotStored(_)))));
    }

    #[tokio::test]
    async fn who_has_left_meanwhile_adds_nothing() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Ok(()));
        objects.expect_delete().times(2).returning(|_| Ok(()));
        let mut left = MockUnitOfWork::default();
        left.users.expect_lock().return_once(|_| Ok(false));
        left.houses.expect_add_picture().never();
        let store = store(vec![noting(), left, forgetting()]);
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects).build();
        assert!(matches!(
            add_picture(&app, principal(1), client(), house(), Bytes::new()).await,
            Err(AppError::Listing(ListingError::NotFound))
        ));
    }

    #[tokio::test]
    async fn what_cannot_be_removed_now_stays_noted() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("599".into())));
        objects.expect_delete().times(1).returning(|_| Err(ObjectError::Failed("599".into())));
        let store = store(vec![noting()]);
        let app = TestApp::default().store(store).pictures(pictures()).objects(objects).build();
        let result = add_picture(&app, principal(1), client(), house(), Bytes::new()).await;
        assert!(matches!(result, Err(AppError::Picture(PictureError::NotStored(_)))));
    }
    #[tokio::test]
    async fn a_picture_beyond_a_quota_leaves_neither_row_nor_object() {
        for (pictures, bytes) in [(30, 0), (0, 2 << 30)] {
            let mut objects = MockObjectStore::new();
            objects.expect_put().returning(|_, _| Ok(()));
            objects.expect_delete().times(2).returning(|_| Ok(()));
            let mut full = MockUnitOfWork::default();
            full.users.expect_lock().return_once(|_| Ok(true));
            full.usage.expect_pictures().returning(move |_, _| Ok(pictures));
            full.usage
                .expect_listings()
                .returning(move |_, _| Ok(ListingUsage { picture_bytes: bytes, ..ListingUsage::default() }));
            full.houses.expect_add_picture().never();
            let store = store(vec![noting(), full, forgetting()]);
            let app = TestApp::default().store(store).pictures(self::pictures()).objects(objects).build();
            let result = add_picture(&app, principal(1), client(), house(), Bytes::new()).await;
            assert!(matches!(result, Err(AppError::Quota(_))), "{result:?}");
        }
    }
}
