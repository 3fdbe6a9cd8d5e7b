//! Which days of a house are occupied.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minsu_domain::{HouseId, Money, Occupant, Principal};

use super::{own::owned, schedule_of::schedule_of};
use crate::{App, AppError, ListingError};

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

/// A day of a listing as every visitor may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay {
    /// The date.
    pub date: NaiveDate,
    /// Whether neither an order nor a claim covers it, and it is not past.
    pub is_free: bool,
    /// The price of the day.
    pub price: Money,
    /// The shortest stay that may begin on it.
    pub min_days: u32,
    /// Whether a stay may begin on it, as far as weekday, date, notice and window go.
    pub arrival: bool,
    /// Whether a stay may end on it, as far as weekday and date go.
    pub departure: bool,
}

/// The days of a listing from `from` to `to`, both included, for every visitor.
///
/// # Errors
/// [`ListingError::NotFound`] for a listing that is not on the site.
pub async fn calendar(
    app: &App,
    id: HouseId,
    from: NaiveDate,
    to: NaiveDate,
    viewer: Option<Principal>,
) -> Result<Vec<CalendarDay>, AppError> {
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    let terms = session.houses().terms(id).await?.ok_or(ListingError::NotFound)?;
    let schedule = schedule_of(session.as_mut(), id, terms, from, to).await?;
    let taken: BTreeSet<_> =
        session.occupancy().occupied(id, from, to).await?.into_iter().map(|(day, _)| day).collect();
    let today = app.today();
    let day = |date| CalendarDay {
        date,
        is_free: date >= today && !taken.contains(&date),
        price: schedule.price_on(date).0,
        min_days: schedule.min_days_on(date),
        arrival: schedule.arrival_on(date) && schedule.is_arrival_in_time(date, today).is_ok(),
        departure: schedule.departure_on(date),
    };
    Ok(from.iter_days().take_while(|date| *date <= to).map(day).collect())
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
    use crate::test_app::{TestApp, principal, standing, terms};
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

    #[tokio::test]
    async fn visitors_see_prices_and_no_past_day_is_free() {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
        session.occupancy.expect_occupied().returning(|_, _, to| Ok(vec![(to, Occupant::Feed)]));
        let app = TestApp::default().store(session.read_once()).build();
        let id = HouseId::new(7).unwrap();
        // It is the 22nd where the site is.
        let days = calendar(&app, id, day("2026-11-21"), day("2026-11-23"), None).await.unwrap();
        let seen: Vec<_> = days.iter().map(|day| (day.is_free, day.arrival, day.departure, day.price.fen())).collect();
        assert_eq!(seen, [(false, false, true, 1999), (true, true, true, 1999), (false, true, true, 1999)]);
    }
}
