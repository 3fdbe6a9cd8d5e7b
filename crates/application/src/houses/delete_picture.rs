//! Deleting a picture of a listing.

use minsu_domain::{Event, HouseId, ListingEvent, PictureId, Principal};

use super::own::{begin_owned, owned};
use crate::{App, AppError, ListingError, orphaned_objects, transaction::in_locked_transaction};

/// Deletes a picture of one's own listing and frees its objects; the next one becomes the cover where it was the first.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::NoSuchPicture`], and
/// [`ListingError::LastPicture`] for the only one of a published listing.
pub async fn delete_picture(app: &App, viewer: Principal, id: HouseId, picture: PictureId) -> Result<(), AppError> {
    let now = app.clock.now();
    let keys = in_locked_transaction(
        app,
        async |store| begin_owned(store, viewer).await,
        async |transaction, landlord| {
            let standing = owned(&mut **transaction, viewer, id).await?;
            let removed = transaction.own_listings().remove_picture(landlord, id, standing.version, picture).await?;
            let key = removed.ok_or(ListingError::NoSuchPicture)?;
            if standing.state.is_public() && standing.pictures <= 1 {
                return Err(ListingError::LastPicture.into());
            }
            transaction.orphaned_objects().note(&key, now).await?;
            transaction.record(Event::ListingPicturesChanged(ListingEvent { house: id, landlord: viewer.user }));
            Ok(vec![key])
        },
    )
    .await?;
    for key in &keys {
        orphaned_objects::discard(app, key).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, standing, user};
    use minsu_domain::{ListingState, PictureKey};
    use minsu_ports::{
        ListingStanding,
        testkit::{EventLog, MockObjectStore, MockStore, MockUnitOfWork},
    };

    async fn deleted(standing: ListingStanding, is_there: bool, freed: usize) -> (String, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        unit.own_listings
            .expect_remove_picture()
            .withf(move |landlord, _, seen, picture| {
                (landlord.landlord(), *seen, picture.get()) == (user(1), standing.version, 5)
            })
            .returning(move |_, _, _, _| Ok(is_there.then(|| PictureKey::new("houses/7/a.jpg").unwrap())));
        unit.orphaned_objects.expect_note().times(freed / 2).returning(|_, _| Ok(()));
        let mut forgetting = MockUnitOfWork::default();
        forgetting.orphaned_objects.expect_forget().returning(|_| Ok(()));
        let mut units = vec![forgetting, unit];
        let mut store = MockStore::new();
        store.expect_begin().returning(move || Ok(Box::new(units.pop().unwrap())));
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.orphaned_objects.expect_is_shown().returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let mut objects = MockObjectStore::new();
        objects.expect_delete().times(freed).returning(|_| Ok(()));
        let log = EventLog::default();
        let app = TestApp::default().store(store).objects(objects).subscriber(log.clone()).build();
        let result = delete_picture(&app, principal(1), HouseId::new(7).unwrap(), PictureId::new(5).unwrap()).await;
        (result.err().map(|error| error.to_string()).unwrap_or_default(), log.committed())
    }

    #[tokio::test]
    async fn a_picture_goes_with_its_objects_but_for_the_last_one_of_a_published_listing() {
        let expected =
            Event::ListingPicturesChanged(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        let two = ListingStanding { pictures: 2, ..standing(1) };
        assert_eq!(deleted(two, true, 2).await, (String::new(), vec![expected]));
        for state in [ListingState::Draft, ListingState::Unlisted, ListingState::Blocked] {
            let last = ListingStanding { state, pictures: 1, ..standing(1) };
            assert_eq!(deleted(last, true, 2).await, (String::new(), vec![expected]), "{state:?}");
        }
        let last = ListingStanding { pictures: 1, ..standing(1) };
        for (standing, is_there, refused) in [
            (last, true, ListingError::LastPicture),
            (last, false, ListingError::NoSuchPicture),
            (two, false, ListingError::NoSuchPicture),
            (ListingStanding { pictures: 2, ..standing(2) }, true, ListingError::NotOwner),
        ] {
            assert_eq!(deleted(standing, is_there, 0).await, (refused.to_string(), vec![]), "{standing:?}");
        }
    }
}
