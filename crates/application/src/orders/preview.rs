//! What an order would cost, before it is placed.

use minsu_domain::{Principal, Quote, Stay};

use super::PlaceOrder;
use crate::{App, AppError, ListingError, OrderError};

/// The price of a stay that can be booked now. It promises nothing: the days are taken when the order is placed.
///
/// # Errors
/// [`AppError::Invalid`], [`ListingError::NotFound`], [`OrderError::BookingRefused`], [`OrderError::DaysTaken`].
pub async fn preview(app: &App, viewer: Option<Principal>, command: &PlaceOrder) -> Result<Quote, AppError> {
    let booking = &app.policy.booking;
    let (stay, today) = (Stay::new(command.start, command.end, booking.rule)?, app.today());
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    let terms = session.houses().terms(command.house).await?.ok_or(ListingError::NotFound)?;
    let quote = match viewer {
        Some(guest) => terms.quote(guest.user, &stay, today, booking)?,
        None => terms.price_of(&stay, today, booking)?,
    };
    let taken = session.occupancy().occupied(command.house, stay.start(), stay.last()).await?;
    if taken.is_empty() {
        Ok(quote)
    } else {
        Err(OrderError::DaysTaken(taken.into_iter().map(|(day, _)| day).collect()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, terms};
    use minsu_domain::{BookingRefused, HouseId, Occupant, parse_day};
    use minsu_ports::testkit::MockUnitOfWork;

    async fn previewed(viewer: Option<i64>, start: &str, end: &str, taken: bool) -> Result<Quote, AppError> {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
        session.occupancy.expect_occupied().returning(move |_, first, last| {
            assert_eq!((first, last), (parse_day("2026-12-01").unwrap(), parse_day("2026-12-03").unwrap()));
            Ok(if taken { vec![(last, Occupant::Feed)] } else { vec![] })
        });
        let store = if viewer.is_some() { session.read_own_once() } else { session.read_once() };
        let app = TestApp::default().store(store).build();
        let day = |text| parse_day(text).unwrap();
        let house = HouseId::new(7).unwrap();
        let command = PlaceOrder { house, start: day(start), end: day(end), total: None };
        preview(&app, viewer.map(principal), &command).await
    }

    #[tokio::test]
    async fn a_stay_that_can_be_booked_has_a_price() {
        for viewer in [None, Some(2)] {
            let quote = previewed(viewer, "2026-12-01", "2026-12-03", false).await.unwrap();
            assert_eq!((quote.days(), quote.total().fen()), (3, 3 * 1999));
            let taken = previewed(viewer, "2026-12-01", "2026-12-03", true).await;
            let last = parse_day("2026-12-03").unwrap();
            assert!(matches!(taken, Err(AppError::Order(OrderError::DaysTaken(days))) if days == [last]));
        }
        let past = previewed(None, "2026-11-21", "2026-11-23", false).await;
        let by = |error| match error {
            AppError::Order(OrderError::BookingRefused(refused)) => Some(refused),
            _ => None,
        };
        assert_eq!(past.err().and_then(by), Some(BookingRefused::InThePast));
        let own = previewed(Some(1), "2026-12-01", "2026-12-03", false).await;
        assert_eq!(own.err().and_then(by), Some(BookingRefused::OwnHouse));
        let day = |text| parse_day(text).unwrap();
        let house = HouseId::new(7).unwrap();
        let backwards = PlaceOrder { house, start: day("2026-12-03"), end: day("2026-12-01"), total: None };
        let refused = preview(&TestApp::default().build(), None, &backwards).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
    }
}
