//! The days of a listing as every visitor may see them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minsu_domain::{HouseId, Money, Principal};

use super::schedule_of::schedule_of;
use crate::{App, AppError, ListingError};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, terms};
    use minsu_domain::{Occupant, parse_day};
    use minsu_ports::testkit::MockUnitOfWork;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
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
