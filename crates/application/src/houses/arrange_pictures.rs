//! The order and the captions of a listing's pictures.

use minsu_domain::{Caption, Event, HouseId, ListingEvent, PictureId, Principal, Version};

use super::own::{begin_owned, owned_as_seen};
use crate::{App, AppError, ListingError, transaction::in_locked_transaction};

/// Gives the pictures of one's own listing this order and these captions; the first one is the cover. Each is named
/// once. `seen` is the version that the landlord saw.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::VersionStale`],
/// [`ListingError::PicturesMismatch`] where [`arrangement_faults`] finds one.
pub async fn arrange_pictures(
    app: &App,
    viewer: Principal,
    id: HouseId,
    seen: Version,
    pictures: &[(PictureId, Option<Caption>)],
) -> Result<(), AppError> {
    in_locked_transaction(
        app,
        async |store| begin_owned(store, viewer).await,
        async |transaction, landlord| {
            owned_as_seen(&mut **transaction, viewer, id, Some(seen)).await?;
            let listing = transaction.own_listings().find(viewer.user, id).await?.ok_or(ListingError::NotFound)?;
            let standing: Vec<_> = listing.pictures.iter().map(|picture| picture.id).collect();
            let named: Vec<_> = pictures.iter().map(|(id, _)| *id).collect();
            if !arrangement_faults(&standing, &named).is_empty() {
                return Err(ListingError::PicturesMismatch.into());
            }
            if !transaction.own_listings().arrange_pictures(landlord, id, seen, pictures).await? {
                return Err(ListingError::VersionStale.into());
            }
            transaction.record(Event::ListingPicturesChanged(ListingEvent { house: id, landlord: viewer.user }));
            Ok(())
        },
    )
    .await
}

/// What is wrong with an order of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrangementFault {
    /// The picture at this place, counted from 0, is not one of the listing.
    Unknown(usize),
    /// The picture at this place was named before.
    Repeated(usize),
    /// A picture of the listing is not named.
    Missing,
}

/// Everything for which [`arrange_pictures`] would refuse an order of the pictures of a listing.
pub fn arrangement_faults(standing: &[PictureId], named: &[PictureId]) -> Vec<ArrangementFault> {
    let fault = |(place, id): (usize, &PictureId)| {
        if !standing.contains(id) {
            Some(ArrangementFault::Unknown(place))
        } else {
            named[..place].contains(id).then_some(ArrangementFault::Repeated(place))
        }
    };
    let mut faults: Vec<_> = named.iter().enumerate().filter_map(fault).collect();
    if standing.iter().any(|id| !named.contains(id)) {
        faults.push(ArrangementFault::Missing);
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, own_house, principal, standing, user};
    use minsu_domain::PictureKey;
    use minsu_ports::{
        ListingPicture, ListingStanding, OwnHouse,
        testkit::{EventLog, MockUnitOfWork},
    };

    fn id(number: i64) -> PictureId {
        PictureId::new(number).unwrap()
    }

    #[test]
    fn each_picture_is_named_once() {
        use ArrangementFault::{Missing, Repeated, Unknown};
        let faults = |named: &[i64]| {
            arrangement_faults(&[id(1), id(2)], &named.iter().map(|number| id(*number)).collect::<Vec<_>>())
        };
        assert_eq!(faults(&[2, 1]), []);
        assert_eq!(faults(&[2, 3, 2]), [Unknown(1), Repeated(2), Missing]);
        assert_eq!(faults(&[]), [Missing]);
        assert_eq!(arrangement_faults(&[], &[]), []);
    }

    async fn arranged(standing: ListingStanding, seen: u32, named: &[i64], is_first: bool) -> (String, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        unit.own_listings.expect_find().returning(|_, _| {
            let picture = |number| {
                let key = PictureKey::new(&format!("houses/7/{number}.jpg")).unwrap();
                ListingPicture { id: id(number), key, caption: None }
            };
            Ok(Some(OwnHouse { pictures: vec![picture(1), picture(2)], ..own_house(7) }))
        });
        let caption = Caption::new("院子").unwrap();
        let order: Vec<_> = named.iter().map(|number| (id(*number), Some(caption.clone()))).collect();
        let expected = order.clone();
        unit.own_listings
            .expect_arrange_pictures()
            .withf(move |landlord, _, seen, pictures| {
                (landlord.landlord(), *seen, pictures) == (user(1), standing.version, &expected[..])
            })
            .returning(move |_, _, _, _| Ok(is_first));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let seen = Version::new(seen).unwrap();
        let result = arrange_pictures(&app, principal(1), HouseId::new(7).unwrap(), seen, &order).await;
        (result.err().map(|error| error.to_string()).unwrap_or_default(), log.committed())
    }

    #[tokio::test]
    async fn pictures_are_arranged_from_the_version_that_was_seen() {
        let expected =
            Event::ListingPicturesChanged(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        assert_eq!(arranged(standing(1), 1, &[2, 1], true).await, (String::new(), vec![expected]));
        for (landlord, seen, named, first, refused) in [
            (1, 2, &[2, 1][..], true, ListingError::VersionStale),
            (1, 1, &[2, 1], false, ListingError::VersionStale),
            (1, 1, &[2], true, ListingError::PicturesMismatch),
            (1, 1, &[2, 1, 3], true, ListingError::PicturesMismatch),
            (2, 1, &[2, 1], true, ListingError::NotOwner),
        ] {
            let answer = arranged(standing(landlord), seen, named, first).await;
            assert_eq!(answer, (refused.to_string(), vec![]), "{landlord} {seen} {named:?}");
        }
    }
}
