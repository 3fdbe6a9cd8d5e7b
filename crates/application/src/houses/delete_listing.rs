//! Deleting a listing.

use minsu_domain::{Event, HouseId, ListingAct, ListingEvent, Principal, Version};
use minsu_ports::{LandlordAlone, Store};

use super::own::owned_as_seen;
use crate::{App, AppError, ListingError, orphaned_objects, transaction::in_locked_transaction};

/// Deletes one's own listing with its pictures, of which the objects are freed. Its orders stay, with its title.
/// `seen` is the version that the landlord saw, where it was named.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::VersionStale`], and
/// [`ListingError::OrdersOpen`] while an order for it is neither final nor over.
pub async fn delete_listing(app: &App, viewer: Principal, id: HouseId, seen: Option<Version>) -> Result<(), AppError> {
    let (now, from) = (app.clock.now(), app.policy.booking.rule.end_of(app.today()));
    // Waits for orders that are being placed; later ones find no such house.
    let begin =
        async |store: &dyn Store| Ok(LandlordAlone::begin(store, viewer.user).await?.ok_or(ListingError::NotFound)?);
    let pictures = in_locked_transaction(app, begin, async |transaction, landlord| {
        let standing = owned_as_seen(&mut **transaction, viewer, id, seen).await?;
        standing.state.step(ListingAct::Delete).ok_or(ListingError::NotFound)?;
        let open = transaction.orders().open_of_house(landlord, id, from).await?;
        if !open.is_empty() {
            return Err(ListingError::OrdersOpen(open).into());
        }
        let deleted = transaction.own_listings().delete(landlord, id, standing.version, now).await?;
        let pictures = deleted.ok_or(ListingError::VersionStale)?;
        for picture in &pictures {
            transaction.orphaned_objects().note(picture, now).await?;
        }
        transaction.record(Event::ListingDeleted(ListingEvent { house: id, landlord: viewer.user }));
        Ok(pictures)
    })
    .await?;
    for picture in &pictures {
        orphaned_objects::discard(app, picture).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, standing, user};
    use minsu_domain::{OrderId, PictureKey};
    use minsu_ports::{
        ListingStanding, LockStrength,
        testkit::{EventLog, MockObjectStore, MockStore, MockUnitOfWork},
    };

    /// What is refused, the events, and how often the object store deleted something.
    async fn deleted(
        standing: ListingStanding,
        seen: Option<u32>,
        open: Vec<OrderId>,
        is_first: bool,
        freed: usize,
    ) -> (Option<ListingError>, Vec<Event>) {
        let key = || PictureKey::new("houses/7/a.jpg").unwrap();
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().withf(|lock| lock.strength() == LockStrength::Alone).returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        unit.orders.expect_open_of_house().returning(move |_, _, _| Ok(open.clone()));
        unit.own_listings
            .expect_delete()
            .withf(move |_, _, seen, _| *seen == standing.version)
            .returning(move |_, _, _, _| Ok(is_first.then(|| vec![key()])));
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
        let seen = seen.map(|seen| Version::new(seen).unwrap());
        let refused = match delete_listing(&app, principal(1), HouseId::new(7).unwrap(), seen).await {
            Ok(()) => None,
            Err(AppError::Listing(error)) => Some(error),
            Err(error) => panic!("{error}"),
        };
        (refused, log.committed())
    }

    #[tokio::test]
    async fn a_listing_without_open_orders_goes_with_its_pictures() {
        let expected = Event::ListingDeleted(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        for seen in [None, Some(1)] {
            let (refused, events) = deleted(standing(1), seen, vec![], true, 2).await;
            assert!(refused.is_none() && events == [expected], "{refused:?}");
        }
    }

    #[tokio::test]
    async fn open_orders_are_named_and_stale_versions_refused() {
        let open = vec![OrderId::new(3).unwrap(), OrderId::new(5).unwrap()];
        let (refused, events) = deleted(standing(1), None, open.clone(), true, 0).await;
        assert!(matches!(refused, Some(ListingError::OrdersOpen(named)) if named == open) && events.is_empty());
        for (standing, seen, first, expected) in [
            (standing(1), Some(2), true, ListingError::VersionStale),
            (standing(1), None, false, ListingError::VersionStale),
            (standing(2), None, true, ListingError::NotOwner),
        ] {
            let (refused, events) = deleted(standing, seen, vec![], first, 0).await;
            assert_eq!((refused.unwrap().to_string(), events), (expected.to_string(), vec![]));
        }
    }
}
