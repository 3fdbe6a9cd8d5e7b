//! Taking a listing off the site.

use minsu_domain::{Event, HouseId, ListingAct, ListingEvent, Principal};

use super::own::{begin_owned, owned};
use crate::{App, AppError, ListingError, transaction::in_locked_transaction};

/// Takes a published listing off the site: it is neither found nor shown nor booked until it is published again. Its
/// orders go on.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::WrongState`] where it is not published.
pub async fn unlist_listing(app: &App, viewer: Principal, id: HouseId) -> Result<(), AppError> {
    let now = app.clock.now();
    in_locked_transaction(
        app,
        async |store| begin_owned(store, viewer).await,
        async |transaction, landlord| {
            let standing = owned(&mut **transaction, viewer, id).await?;
            let step = standing.state.step(ListingAct::Unlist).ok_or(ListingError::WrongState)?;
            if !transaction.own_listings().take_step(landlord, id, standing.version, step, now).await? {
                return Err(ListingError::VersionStale.into());
            }
            transaction.record(Event::ListingUnlisted(ListingEvent { house: id, landlord: viewer.user }));
            Ok(())
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, standing, user};
    use minsu_domain::{ListingState, ListingStep};
    use minsu_ports::{
        ListingStanding,
        testkit::{EventLog, MockUnitOfWork},
    };

    async fn unlisted(standing: ListingStanding, is_first: bool) -> (Result<(), AppError>, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        let expected = ListingStep { from: ListingState::Published, to: ListingState::Unlisted };
        unit.own_listings
            .expect_take_step()
            .withf(move |_, _, seen, step, _| (*seen, *step) == (standing.version, expected))
            .returning(move |_, _, _, _, _| Ok(is_first));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = unlist_listing(&app, principal(1), HouseId::new(7).unwrap()).await;
        (result, log.committed())
    }

    #[tokio::test]
    async fn only_a_published_listing_of_ones_own_is_unlisted() {
        let (done, events) = unlisted(standing(1), true).await;
        let expected = Event::ListingUnlisted(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        assert!(done.is_ok() && events == [expected]);
        for (standing, first, expected) in [
            (standing(1), false, ListingError::VersionStale),
            (standing(2), true, ListingError::NotOwner),
            (ListingStanding { state: ListingState::Draft, ..standing(1) }, true, ListingError::WrongState),
            (ListingStanding { state: ListingState::Unlisted, ..standing(1) }, true, ListingError::WrongState),
            (ListingStanding { state: ListingState::Blocked, ..standing(1) }, true, ListingError::WrongState),
        ] {
            let (refused, events) = unlisted(standing, first).await;
            assert_eq!((refused.unwrap_err().to_string(), events), (expected.to_string(), vec![]), "{standing:?}");
        }
    }
}
