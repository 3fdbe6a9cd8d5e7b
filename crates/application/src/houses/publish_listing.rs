//! Publishing a listing that was prepared, or that was taken off the site.

use minsu_domain::{Event, HouseId, ListingAct, ListingEvent, Principal, Version};

use super::own::{begin_owned, owned_as_seen};
use crate::{AccountError, App, AppError, ListingError, transaction::in_locked_transaction};

/// Publishes a draft or an unlisted listing of a landlord with a verified real name. It needs a picture. `seen` is the
/// version that the landlord saw, where it was named.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::WrongState`] where it is published already
/// or blocked, [`ListingError::VersionStale`], [`AccountError::IdentityNotVerified`], [`ListingError::PictureNeeded`].
pub async fn publish_listing(app: &App, viewer: Principal, id: HouseId, seen: Option<Version>) -> Result<(), AppError> {
    let now = app.clock.now();
    in_locked_transaction(
        app,
        async |store| begin_owned(store, viewer).await,
        async |transaction, landlord| {
            let standing = owned_as_seen(&mut **transaction, viewer, id, seen).await?;
            let step = standing.state.step(ListingAct::Publish).ok_or(ListingError::WrongState)?;
            if transaction.users().identity(viewer.user).await?.is_none() {
                return Err(AccountError::IdentityNotVerified.into());
            }
            if standing.pictures == 0 {
                return Err(ListingError::PictureNeeded.into());
            }
            if !transaction.own_listings().take_step(landlord, id, standing.version, step, now).await? {
                // Another request was first.
                return Err(ListingError::VersionStale.into());
            }
            transaction.record(Event::ListingPublished(ListingEvent { house: id, landlord: viewer.user }));
            Ok(())
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, user};
    use minsu_domain::{ListingState, ListingStep};
    use minsu_ports::{
        ListingStanding, SealedIdentity,
        testkit::{EventLog, MockUnitOfWork},
    };

    fn version(number: u32) -> Version {
        Version::new(number).unwrap()
    }

    fn standing(landlord: i64, state: ListingState, has_picture: bool) -> ListingStanding {
        ListingStanding { landlord: user(landlord), state, version: version(2), pictures: has_picture.into() }
    }

    /// The result and the events of publishing by person 1, with a verified name or without.
    async fn published(
        standing: ListingStanding,
        verified: bool,
        seen: Option<u32>,
        first: bool,
    ) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(move |_| Ok(Some(standing)));
        let sealed = SealedIdentity { key_id: "k1".into(), sealed: vec![] };
        unit.users.expect_identity().returning(move |_| Ok(verified.then(|| sealed.clone())));
        unit.own_listings
            .expect_take_step()
            .withf(move |landlord, _, seen, step, _| {
                let expected = ListingStep { from: standing.state, to: ListingState::Published };
                (landlord.landlord(), *seen, *step) == (user(1), version(2), expected)
            })
            .returning(move |_, _, _, _, _| Ok(first));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = publish_listing(&app, principal(1), HouseId::new(9).unwrap(), seen.map(version)).await;
        (result, log.committed().len())
    }

    #[tokio::test]
    async fn a_listing_with_a_picture_of_a_verified_landlord_is_published() {
        let unlisted = standing(1, ListingState::Unlisted, true);
        assert!(matches!(published(unlisted, true, Some(2), true).await, (Ok(()), 1)));
        let own = standing(1, ListingState::Draft, true);
        for seen in [None, Some(2)] {
            assert!(matches!(published(own, true, seen, true).await, (Ok(()), 1)));
        }
        let stale = published(own, true, Some(1), true).await;
        assert!(matches!(stale, (Err(AppError::Listing(ListingError::VersionStale)), 0)), "{stale:?}");
        let second = published(own, true, None, false).await;
        assert!(matches!(second, (Err(AppError::Listing(ListingError::VersionStale)), 0)), "{second:?}");
        let nameless = published(own, false, None, true).await;
        assert!(matches!(nameless, (Err(AppError::Account(AccountError::IdentityNotVerified)), 0)), "{nameless:?}");
        let bare = published(standing(1, ListingState::Draft, false), true, None, true).await;
        assert!(matches!(bare, (Err(AppError::Listing(ListingError::PictureNeeded)), 0)), "{bare:?}");
    }

    #[tokio::test]
    async fn what_the_landlord_cannot_publish_is_refused() {
        for (standing, expected) in [
            (standing(1, ListingState::Published, true), ListingError::WrongState),
            (standing(1, ListingState::Blocked, true), ListingError::WrongState),
            (standing(2, ListingState::Unlisted, true), ListingError::NotFound),
            (standing(1, ListingState::Deleted, true), ListingError::NotFound),
            (standing(2, ListingState::Draft, true), ListingError::NotFound),
            (standing(2, ListingState::Published, true), ListingError::NotOwner),
        ] {
            let (refused, events) = published(standing, true, None, true).await;
            let refused = refused.unwrap_err().to_string();
            assert_eq!((refused, events), (expected.to_string(), 0), "{standing:?}");
        }
    }
}
