//! Changing a listing.

use minsu_domain::{Event, HouseDraft, HouseId, HouseOffer, ListingEvent, Principal, Version};

use super::{
    add_listing::demand_known,
    own::{begin_owned, owned_as_seen},
};
use crate::{App, AppError, ListingError, transaction::in_locked_transaction};

/// Replaces everything that one's own listing offers, in whatever state but deleted; `seen` is the version that the
/// landlord changed. Orders keep what they copied: their days, price and amount.
///
/// # Errors
/// [`AppError::Invalid`], also for a shortest stay that is longer than the site's longest one;
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::VersionStale`],
/// [`ListingError::UnknownArea`], [`ListingError::UnknownFacility`].
pub async fn edit_listing(
    app: &App,
    viewer: Principal,
    id: HouseId,
    seen: Version,
    draft: HouseDraft,
) -> Result<(), AppError> {
    let offer = HouseOffer::try_from(draft.clone())?;
    app.policy.booking.window(app.today()).check_limits(offer.limits)?;
    in_locked_transaction(
        app,
        async |store| begin_owned(store, viewer).await,
        async |transaction, landlord| {
            owned_as_seen(&mut **transaction, viewer, id, Some(seen)).await?;
            demand_known(&mut **transaction, &draft).await?;
            if !transaction.own_listings().change(landlord, id, seen, &offer).await? {
                return Err(ListingError::VersionStale.into());
            }
            transaction.record(Event::ListingChanged(ListingEvent { house: id, landlord: viewer.user }));
            Ok(())
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, draft, knowing_reference, principal, standing, user};
    use minsu_domain::{Field, ListingState};
    use minsu_ports::{
        ListingStanding,
        testkit::{EventLog, MockStore},
    };

    async fn edited(standing: ListingStanding, seen: u32, draft: HouseDraft, is_first: bool) -> (String, Vec<Event>) {
        let mut unit = knowing_reference();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        let offer = HouseOffer::try_from(draft.clone());
        unit.own_listings
            .expect_change()
            .withf(move |landlord, _, seen, changed| {
                (landlord.landlord(), *seen) == (user(1), standing.version) && offer.as_ref() == Ok(changed)
            })
            .returning(move |_, _, _, _| Ok(is_first));
        let log = EventLog::default();
        let mut store = MockStore::new();
        store.expect_begin().times(0..=1).return_once(move || Ok(Box::new(unit)));
        let app = TestApp::default().store(store).subscriber(log.clone()).build();
        let seen = Version::new(seen).unwrap();
        let result = edit_listing(&app, principal(1), HouseId::new(7).unwrap(), seen, draft).await;
        (result.err().map(|error| error.to_string()).unwrap_or_default(), log.committed())
    }

    #[tokio::test]
    async fn a_listing_is_changed_from_the_version_that_was_seen_in_every_state() {
        let changed = Event::ListingChanged(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        for state in [ListingState::Draft, ListingState::Published, ListingState::Unlisted, ListingState::Blocked] {
            let own = ListingStanding { state, ..standing(1) };
            assert_eq!(edited(own, 1, draft(), true).await, (String::new(), vec![changed]), "{state:?}");
        }
        for (standing, seen, first, expected) in [
            (standing(1), 2, true, ListingError::VersionStale),
            (standing(1), 1, false, ListingError::VersionStale),
            (standing(2), 1, true, ListingError::NotOwner),
            (ListingStanding { state: ListingState::Deleted, ..standing(1) }, 1, true, ListingError::NotFound),
        ] {
            assert_eq!(edited(standing, seen, draft(), first).await, (expected.to_string(), vec![]), "{standing:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_offered_changes_nothing() {
        let unknown = edited(standing(1), 1, HouseDraft { area_id: 2, ..draft() }, true).await;
        assert_eq!(unknown, (ListingError::UnknownArea.to_string(), vec![]));
        let unknown = edited(standing(1), 1, HouseDraft { facilities: vec![2], ..draft() }, true).await;
        assert_eq!(unknown, (ListingError::UnknownFacility.to_string(), vec![]));
        for (wrong, field) in [
            (HouseDraft { price_yuan: "0".into(), ..draft() }, Field::Price),
            (HouseDraft { min_days: 181, ..draft() }, Field::MinDays),
        ] {
            let expected = minsu_domain::Invalid::range(field).to_string();
            assert_eq!(edited(standing(1), 1, wrong, true).await, (expected, vec![]));
        }
    }
}
