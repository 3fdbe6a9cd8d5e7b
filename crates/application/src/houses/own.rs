//! A landlord's own listings, drafts included.

use minsu_domain::{HouseId, ListingState, PageLimit, Principal, Version};
use minsu_ports::{ListingStanding, LockedLandlord, OwnHouse, Session, Store, UnitOfWork};

use crate::{App, AppError, ListingError};

/// One of the person's listings in every state but deleted.
///
/// # Errors
/// [`ListingError::NotFound`], also for a listing of another landlord.
pub async fn own_listing(app: &App, viewer: Principal, id: HouseId) -> Result<OwnHouse, AppError> {
    let found = app.store.read_own().await?.own_listings().find(viewer.user, id).await?;
    found.ok_or(AppError::Listing(ListingError::NotFound))
}

/// A page of a landlord's listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnListingPage {
    /// The listings, the newest first.
    pub listings: Vec<OwnHouse>,
    /// Behind which listing the next page begins; absent behind the last one.
    pub next: Option<HouseId>,
}

/// The person's listings in every state but deleted, the newest first, behind the one with the id `after`.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn own_listings(
    app: &App,
    viewer: Principal,
    after: Option<HouseId>,
    limit: PageLimit,
) -> Result<OwnListingPage, AppError> {
    let limit = limit.get();
    // One more says whether there is a next page.
    let mut listings = app.store.read_own().await?.own_listings().page(viewer.user, after, limit + 1).await?;
    let is_full = listings.len() > limit as usize;
    listings.truncate(limit as usize);
    Ok(OwnListingPage { next: listings.last().filter(|_| is_full).map(|listing| listing.id), listings })
}

/// Where a listing of the person stands. What others must not know of is not there for them.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`] for a published listing of another landlord.
pub(crate) async fn owned(
    session: &mut (impl Session + ?Sized),
    viewer: Principal,
    id: HouseId,
) -> Result<ListingStanding, AppError> {
    let standing = session.own_listings().standing(id).await?.ok_or(ListingError::NotFound)?;
    match (standing.landlord == viewer.user, standing.state) {
        (_, ListingState::Deleted) | (false, ListingState::Draft | ListingState::Unlisted | ListingState::Blocked) => {
            Err(ListingError::NotFound.into())
        }
        (false, ListingState::Published) => Err(ListingError::NotOwner.into()),
        (true, _) => Ok(standing),
    }
}

/// As [`owned`], of the version that the person saw, where it was named.
///
/// # Errors
/// As [`owned`], and [`ListingError::VersionStale`].
pub(super) async fn owned_as_seen(
    session: &mut (impl Session + ?Sized),
    viewer: Principal,
    id: HouseId,
    seen: Option<Version>,
) -> Result<ListingStanding, AppError> {
    let standing = owned(session, viewer, id).await?;
    if seen.is_some_and(|seen| seen != standing.version) {
        return Err(ListingError::VersionStale.into());
    }
    Ok(standing)
}

/// Begins a transaction of the landlord, alone among the landlord's own.
///
/// # Errors
/// [`ListingError::NotFound`] where the account is gone.
pub(crate) async fn begin_owned(
    store: &dyn Store,
    viewer: Principal,
) -> Result<(Box<dyn UnitOfWork>, LockedLandlord), AppError> {
    Ok(LockedLandlord::begin(store, viewer.user).await?.ok_or(ListingError::NotFound)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, own_house, principal, standing, user};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn there_is_a_next_page_while_there_are_listings_for_it() {
        for (stored, limit, expected) in [(3, 2, (2, Some(2))), (2, 2, (2, None)), (0, 2, (0, None))] {
            let mut session = MockUnitOfWork::default();
            session
                .own_listings
                .expect_page()
                .withf(|landlord, after, limit| (*landlord, *after, *limit) == (user(1), None, 3))
                .returning(move |_, _, limit| Ok((1..=i64::from(limit).min(stored)).map(own_house).collect()));
            let app = TestApp::default().store(session.read_own_once()).build();
            let page = own_listings(&app, principal(1), None, PageLimit::new(limit).unwrap()).await.unwrap();
            assert_eq!((page.listings.len(), page.next.map(HouseId::get)), expected);
        }
    }

    #[tokio::test]
    async fn others_learn_of_published_listings_only() {
        for (landlord, state, expected) in [
            (1, ListingState::Draft, None),
            (1, ListingState::Published, None),
            (1, ListingState::Unlisted, None),
            (1, ListingState::Blocked, None),
            (1, ListingState::Deleted, Some(ListingError::NotFound)),
            (2, ListingState::Draft, Some(ListingError::NotFound)),
            (2, ListingState::Published, Some(ListingError::NotOwner)),
            (2, ListingState::Unlisted, Some(ListingError::NotFound)),
            (2, ListingState::Blocked, Some(ListingError::NotFound)),
            (2, ListingState::Deleted, Some(ListingError::NotFound)),
        ] {
            let mut session = MockUnitOfWork::default();
            let found = ListingStanding { state, ..standing(landlord) };
            session.own_listings.expect_standing().returning(move |_| Ok(Some(found)));
            let answer = owned(&mut session, principal(1), HouseId::new(7).unwrap()).await;
            assert_eq!(
                answer.err().map(|error| error.to_string()),
                expected.map(|error| error.to_string()),
                "{landlord} {state:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_listing_of_another_landlord_is_not_there() {
        let mut session = MockUnitOfWork::default();
        session.own_listings.expect_find().times(1).returning(|_, _| Ok(None));
        let app = TestApp::default().store(session.read_own_once()).build();
        let found = own_listing(&app, principal(1), HouseId::new(7).unwrap()).await;
        assert!(matches!(found, Err(AppError::Listing(ListingError::NotFound))), "{found:?}");
    }
}
