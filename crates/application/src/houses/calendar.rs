//! Which days of a house are occupied.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minsu_domain::{HouseId, Occupant, Principal};

use super::own::owned;
use crate::{App, AppError};

/// The occupied days of a house from `from` to `to`, both included, as every visitor may see them: without what
/// occupies them. A viewer with a login may just have booked: the primary is read. A house that does not exist
/// has no occupied days.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn taken_days(
    app: &App,
    id: HouseId,
    from: NaiveDate,
    to: NaiveDate,
    viewer: Option<Principal>,
) -> Result<BTreeSet<NaiveDate>, AppError> {
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    let days = session.occupancy().occupied(id, from, to).await?;
    Ok(days.into_iter().map(|(day, _)| day).collect())
}

/// The same for the landlord, with what occupies each day.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`].
pub async fn own_calendar(
    app: &App,
    viewer: Principal,
    id: HouseId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, Occupant)>, AppError> {
    let mut session = app.store.read_own().await?;
    owned(session.as_mut(), viewer, id).await?;
    Ok(session.occupancy().occupied(id, from, to).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ListingError,
        test_app::{TestApp, principal, standing},
    };
    use minsu_domain::{OrderId, parse_day};
    use minsu_ports::testkit::MockUnitOfWork;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn session() -> MockUnitOfWork {
        let mut session = MockUnitOfWork::default();
        session.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        session
            .occupancy
            .expect_occupied()
            .withf(|id, from, to| (id.get(), *from, *to) == (7, day("2026-12-01"), day("2026-12-31")))
            .returning(|_, from, to| {
                Ok(vec![(from, Occupant::Order(OrderId::new(3).unwrap())), (to, Occupant::Block)])
            });
        session
    }

    #[tokio::test]
    async fn visitors_see_which_days_are_taken_and_the_landlord_by_what() {
        let (id, from, to) = (HouseId::new(7).unwrap(), day("2026-12-01"), day("2026-12-31"));
        let app = TestApp::default().store(session().read_once()).build();
        assert_eq!(taken_days(&app, id, from, to, None).await.unwrap(), BTreeSet::from([from, to]));
        let app = TestApp::default().store(session().read_own_once()).build();
        assert_eq!(taken_days(&app, id, from, to, Some(principal(2))).await.unwrap().len(), 2);
        let app = TestApp::default().store(session().read_own_once()).build();
        let own = own_calendar(&app, principal(1), id, from, to).await.unwrap();
        assert_eq!(own, [(from, Occupant::Order(OrderId::new(3).unwrap())), (to, Occupant::Block)]);
        let app = TestApp::default().store(session().read_own_once()).build();
        let refused = own_calendar(&app, principal(2), id, from, to).await;
        assert!(matches!(refused, Err(AppError::Listing(ListingError::NotOwner))));
    }
}
