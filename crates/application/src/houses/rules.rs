//! Rules and seasons of a landlord's listing.

use minsu_domain::{Event, HouseId, HouseRules, ListingEvent, Principal, Seasons, Version};
use minsu_ports::{LockedCalendar, LockedLandlord, Store};

use super::own::{begin_owned, owned, owned_as_seen};
use crate::{
    App, AppError, ListingError,
    transaction::{Transaction, in_locked_transaction},
};

/// The rules of one's own listing, with the version of the listing.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`].
pub async fn own_rules(app: &App, viewer: Principal, id: HouseId) -> Result<(HouseRules, Version), AppError> {
    let mut session = app.store.read_own().await?;
    let version = owned(session.as_mut(), viewer, id).await?.version;
    Ok((session.schedules().rules(id).await?, version))
}

/// The seasons of one's own listing, with the version of the listing.
///
/// # Errors
/// As [`own_rules`].
pub async fn own_seasons(app: &App, viewer: Principal, id: HouseId) -> Result<(Seasons, Version), AppError> {
    let mut session = app.store.read_own().await?;
    let version = owned(session.as_mut(), viewer, id).await?.version;
    Ok((session.schedules().seasons(id).await?, version))
}

/// Replaces the rules of one's own listing, in whatever state but deleted. `seen` is the version that the landlord
/// changed; any where absent. Orders keep what they copied.
///
/// # Errors
/// As [`own_rules`], and [`ListingError::VersionStale`].
pub async fn put_rules(
    app: &App,
    viewer: Principal,
    id: HouseId,
    seen: Option<Version>,
    rules: &HouseRules,
) -> Result<(), AppError> {
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        let calendar = lock_as_seen(transaction, viewer, landlord, id, seen).await?;
        transaction.schedules().put_rules(&calendar, rules).await?;
        transaction.record(Event::ListingRulesChanged(ListingEvent { house: id, landlord: viewer.user }));
        Ok(())
    })
    .await
}

/// Replaces all seasons, as [`put_rules`].
///
/// # Errors
/// As [`put_rules`].
pub async fn put_seasons(
    app: &App,
    viewer: Principal,
    id: HouseId,
    seen: Option<Version>,
    seasons: &Seasons,
) -> Result<(), AppError> {
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        let calendar = lock_as_seen(transaction, viewer, landlord, id, seen).await?;
        transaction.schedules().put_seasons(&calendar, seasons).await?;
        transaction.record(Event::ListingRulesChanged(ListingEvent { house: id, landlord: viewer.user }));
        Ok(())
    })
    .await
}

/// Locks the calendar of one's own listing of the version `seen` and advances the version.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::VersionStale`].
pub(super) async fn lock_as_seen(
    transaction: &mut Transaction,
    viewer: Principal,
    landlord: &LockedLandlord,
    id: HouseId,
    seen: Option<Version>,
) -> Result<LockedCalendar, AppError> {
    let standing = owned_as_seen(&mut **transaction, viewer, id, seen).await?;
    let calendar = landlord.with_calendar(&mut **transaction, id).await?.ok_or(ListingError::NotFound)?;
    if !transaction.own_listings().bump_version(landlord, id, standing.version).await? {
        // Another request was first.
        return Err(ListingError::VersionStale.into());
    }
    Ok(calendar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, standing};
    use minsu_domain::RulesDraft;
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    async fn put(viewer: i64, seen: Option<u32>, is_first: bool) -> (Result<(), AppError>, Vec<Event>) {
        let rules = HouseRules::of(&RulesDraft { notice_days: 2, ..RulesDraft::default() }).unwrap();
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        unit.own_listings.expect_lock_calendar().returning(|_, _| Ok(true));
        unit.own_listings.expect_bump_version().returning(move |_, _, _| Ok(is_first));
        unit.schedules.expect_put_rules().withf(move |_, put| *put == rules).returning(|_, _| Ok(()));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let (house, seen) = (HouseId::new(7).unwrap(), seen.map(|seen| Version::new(seen).unwrap()));
        let result = put_rules(&app, principal(viewer), house, seen, &rules).await;
        (result, log.committed())
    }

    #[tokio::test]
    async fn rules_are_put_on_the_version_that_was_seen() {
        let changed =
            Event::ListingRulesChanged(ListingEvent { house: HouseId::new(7).unwrap(), landlord: principal(1).user });
        for seen in [None, Some(1)] {
            let (result, events) = put(1, seen, true).await;
            assert!(result.is_ok());
            assert_eq!(events, [changed]);
        }
        for (viewer, seen, is_first) in [(1, Some(2), true), (1, Some(1), false)] {
            let (result, events) = put(viewer, seen, is_first).await;
            assert!(matches!(result, Err(AppError::Listing(ListingError::VersionStale))), "{result:?}");
            assert_eq!(events, []);
        }
        let (result, events) = put(2, Some(1), true).await;
        assert!(matches!(result, Err(AppError::Listing(ListingError::NotOwner))), "{result:?}");
        assert_eq!(events, []);
    }
}
