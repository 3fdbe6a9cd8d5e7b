//! Placing an order.

use chrono::NaiveDate;
use minsu_domain::{HouseId, OrderId, OrderStatus, Stay, UserId};
use minsu_ports::{Event, NewOrder, Scope, StoreError, UniqueKey};

use crate::{App, AppError, changes::announce, unit::in_unit};

/// Asks for a house on some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The house.
    pub house: HouseId,
    /// First day.
    pub start: NaiveDate,
    /// Last day, or day of departure where the site counts nights.
    pub end: NaiveDate,
}

/// Places an order and takes its days, both or neither. Nothing is checked beforehand for free
/// days: the primary key of the days decides, also between two guests at the same moment. A guest
/// with too many orders that wait for an answer places no further one, so that nobody blocks the
/// days of many houses by not meaning it.
///
/// # Errors
/// [`AppError::TooManyWaitingOrders`], [`AppError::Invalid`], [`AppError::HouseNotFound`], [`AppError::BookingRefused`],
/// [`AppError::DaysTaken`].
pub async fn place(app: &App, viewer: UserId, command: &PlaceOrder) -> Result<OrderId, AppError> {
    let booking = &app.policy.booking;
    let stay = Stay::new(command.start, command.end, booking.rule)?;
    let (now, today) = (app.clock.now(), app.today());
    let limit = app.policy.limits.waiting_orders_per_guest;
    let placed = in_unit(app, async |unit| {
        if limit > 0 && unit.orders().count_waiting(viewer).await? >= limit {
            return Err(AppError::TooManyWaitingOrders);
        }
        let terms = unit.houses().terms(command.house).await?.ok_or(AppError::HouseNotFound)?;
        let quote = terms.quote(viewer, &stay, today, booking)?;
        // Who leaves the site takes the houses along, maybe since the line before last, and orders none.
        if !unit.users().hold(&[viewer, terms.landlord]).await? {
            return Err(AppError::HouseNotFound);
        }
        let order = NewOrder { house: command.house, guest: viewer, stay, quote, created_at: now };
        unit.orders().place(&order).await.map_err(|error| match error {
            StoreError::Duplicate(UniqueKey::HouseDay) => AppError::DaysTaken,
            error => error.into(),
        })
    })
    .await;
    announce(app, &placed, &[Scope::Availability]).await;
    let id = placed?;
    app.events.happened(Event::OrderEntered(OrderStatus::WaitAccept));
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, pages_changed, terms, user};
    use minsu_domain::{BookingRefused, parse_day};
    use minsu_ports::testkit::{MockPageCache, MockUnitOfWork};

    fn command(start: &str, end: &str) -> PlaceOrder {
        let day = |text| parse_day(text).unwrap();
        PlaceOrder { house: HouseId::new(7).unwrap(), start: day(start), end: day(end) }
    }

    async fn placed(
        guest: i64,
        command: &PlaceOrder,
        result: Result<OrderId, StoreError>,
        pages: MockPageCache,
    ) -> (Result<OrderId, AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_count_waiting().times(1).returning(move |_| Ok(29));
        unit.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
        unit.users.expect_hold().withf(|held| held.contains(&user(1)) && held.len() == 2).returning(|_| Ok(true));
        unit.orders
            .expect_place()
            .withf(|order| order.quote.amount.fen() == i64::from(order.stay.days()) * 1999)
            .return_once(move |_| result);
        let commits = unit.commits.clone();
        let app = TestApp::default().store(unit.begun_once()).pages(pages).build();
        (place(&app, user(guest), command).await, commits.count())
    }

    fn changed() -> MockPageCache {
        pages_changed(&[Scope::Availability])
    }

    fn unchanged() -> MockPageCache {
        MockPageCache::new()
    }

    #[tokio::test]
    async fn a_database_that_may_have_committed_counts_as_a_change() {
        let gone = Err(StoreError::Unavailable("gone".into()));
        let result = placed(2, &command("2026-12-01", "2026-12-03"), gone, changed()).await;
        assert!(matches!(result, (Err(AppError::StoreUnavailable(_)), 0)));
    }

    fn order() -> Result<OrderId, StoreError> {
        Ok(OrderId::new(3).unwrap())
    }

    #[tokio::test]
    async fn the_price_is_copied_and_the_order_committed() {
        let result = placed(2, &command("2026-12-01", "2026-12-03"), order(), changed()).await;
        assert!(matches!(result, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn taken_days_own_houses_and_past_days_are_refused() {
        let december = command("2026-12-01", "2026-12-03");
        let taken = Err(StoreError::Duplicate(UniqueKey::HouseDay));
        assert!(matches!(placed(2, &december, taken, unchanged()).await, (Err(AppError::DaysTaken), 0)));
        let own = placed(1, &december, order(), unchanged()).await;
        assert!(matches!(own, (Err(AppError::BookingRefused(BookingRefused::OwnHouse)), 0)));
        let past = placed(2, &command("2026-11-20", "2026-12-03"), order(), unchanged()).await;
        assert!(matches!(past, (Err(AppError::BookingRefused(BookingRefused::InThePast)), 0)));
    }

    #[tokio::test]
    async fn today_is_today_where_the_site_is() {
        // The test clock stands at 17:00 UTC on the 21st: in Beijing it is the 22nd.
        let yesterday = placed(2, &command("2026-11-21", "2026-11-22"), order(), unchanged()).await;
        assert!(matches!(yesterday, (Err(AppError::BookingRefused(BookingRefused::InThePast)), 0)));
        assert!(matches!(placed(2, &command("2026-11-22", "2026-11-22"), order(), changed()).await, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn an_end_before_the_start_does_not_reach_the_store() {
        let app = TestApp::default().build();
        let backwards = command("2026-12-03", "2026-12-01");
        assert!(matches!(place(&app, user(2), &backwards).await, Err(AppError::Invalid(_))));
    }

    #[tokio::test]
    async fn a_guest_with_thirty_waiting_orders_waits_too() {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_count_waiting().returning(|_| Ok(30));
        unit.orders.expect_place().never();
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = place(&app, user(2), &command("2026-12-01", "2026-12-03")).await;
        assert!(matches!(result, Err(AppError::TooManyWaitingOrders)));
    }

    #[tokio::test]
    async fn who_has_left_neither_orders_nor_is_ordered_from() {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_count_waiting().return_once(|_| Ok(0));
        unit.houses.expect_terms().returning(|_| Ok(Some(terms(1))));
        unit.users.expect_hold().withf(|held| held == [user(2), user(1)]).returning(|_| Ok(false));
        unit.orders.expect_place().never();
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = place(&app, user(2), &command("2026-12-01", "2026-12-03")).await;
        assert!(matches!(result, Err(AppError::HouseNotFound)));
    }
}
