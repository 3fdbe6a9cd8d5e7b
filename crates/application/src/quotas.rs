//! Quotas: how much one person may have or do. Every one is checked under a lock of the person, so that
//! simultaneous requests cannot pass it together.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use minsu_domain::{HouseId, Stay};
use minsu_ports::{ListingUsage, LockedGuest, LockedLandlord, OrderBounds, UnitOfWork, WaitingOrder};

use crate::{App, AppError, QuotaError};

const fn is_reached(quota: u64, used: u64) -> bool {
    quota > 0 && used >= quota
}

/// Lets a landlord publish one more house.
///
/// # Errors
/// [`QuotaError::Houses`], [`QuotaError::PublicationsToday`].
pub(crate) async fn admit_listing(
    app: &App,
    unit: &mut dyn UnitOfWork,
    landlord: &LockedLandlord,
) -> Result<(), AppError> {
    let quotas = &app.policy.quotas;
    let used = unit.usage().listings(landlord, app.start_of(app.today())).await?;
    if is_reached(quotas.houses_per_landlord, used.houses) {
        return Err(QuotaError::Houses.into());
    }
    if is_reached(quotas.publications_per_day, used.published_since) {
        return Err(QuotaError::PublicationsToday(until_tomorrow(app)).into());
    }
    Ok(())
}

/// Lets a landlord add one more picture of so many bytes to a house.
///
/// # Errors
/// [`QuotaError::Pictures`], [`QuotaError::PictureBytes`].
pub(crate) async fn admit_picture(
    app: &App,
    unit: &mut dyn UnitOfWork,
    landlord: &LockedLandlord,
    house: HouseId,
    bytes: u64,
) -> Result<(), AppError> {
    let quotas = &app.policy.quotas;
    if is_reached(quotas.pictures_per_house, unit.usage().pictures(landlord, house).await?) {
        return Err(QuotaError::Pictures.into());
    }
    let ListingUsage { picture_bytes, .. } = unit.usage().listings(landlord, app.start_of(app.today())).await?;
    let most = quotas.picture_bytes_per_landlord;
    if most > 0 && picture_bytes.saturating_add(bytes) > most {
        return Err(QuotaError::PictureBytes.into());
    }
    Ok(())
}

/// Lets a guest place one more order, for this stay.
///
/// # Errors
/// [`QuotaError::WaitingOrders`], [`QuotaError::WaitingDays`] and [`QuotaError::OrdersToday`], each with the time
/// after which one more may be placed; an answer of a landlord makes it shorter.
pub(crate) async fn admit_order(
    app: &App,
    unit: &mut dyn UnitOfWork,
    guest: &LockedGuest,
    stay: &Stay,
) -> Result<(), AppError> {
    let (orders, days) = (app.policy.limits.waiting_orders_per_guest, app.policy.quotas.waiting_days_per_guest);
    let a_day = app.policy.quotas.orders_per_day;
    if orders == 0 && days == 0 && a_day == 0 {
        return Ok(());
    }
    let today = app.today();
    let (since, from) = (app.start_of(today), app.policy.booking.rule.end_of(today));
    let now = app.clock.now();
    // An order waits for a day at least: so many of them reach either quota.
    let waiting = [orders, days].into_iter().filter(|quota| *quota > 0).min().unwrap_or(0);
    let bounds = OrderBounds { placed_since: a_day, waiting };
    let used = unit.usage().orders(guest, since, from, now, bounds).await?;
    if is_reached(orders, used.waiting) || (days > 0 && used.waiting_days + u64::from(stay.days()) > days) {
        // Each of them is looked at only for the time after which there is room.
        let mut waiting = unit.usage().waiting(guest, from, now).await?;
        waiting.sort_unstable_by_key(|order| until_settled(app, order));
        demand_few(app, &waiting, orders)?;
        demand_short(app, &waiting, stay, days)?;
    }
    if is_reached(a_day, used.placed_since) {
        return Err(QuotaError::OrdersToday(until_tomorrow(app)).into());
    }
    Ok(())
}

/// Bounds the number of waiting orders; they are given in the order in which they stop waiting.
fn demand_few(app: &App, waiting: &[WaitingOrder], limit: u64) -> Result<(), QuotaError> {
    if limit == 0 {
        return Ok(());
    }
    let surplus = usize::try_from(limit).ok().and_then(|limit| waiting.len().checked_sub(limit));
    let Some(order) = surplus.and_then(|surplus| waiting.get(surplus)) else { return Ok(()) };
    Err(QuotaError::WaitingOrders(until_settled(app, order)))
}

/// Bounds their days.
fn demand_short(app: &App, waiting: &[WaitingOrder], stay: &Stay, quota: u64) -> Result<(), QuotaError> {
    let rule = app.policy.booking.rule;
    let days = |order: &WaitingOrder| Stay::new(order.start, order.end, rule).map_or(0, |stay| u64::from(stay.days()));
    let waits: u64 = waiting.iter().map(days).sum();
    let mut surplus = (waits + u64::from(stay.days())).saturating_sub(quota);
    if quota == 0 || surplus == 0 {
        return Ok(());
    }
    // After how many of them are there days enough?
    for waiting in waiting {
        surplus = surplus.saturating_sub(days(waiting));
        if surplus == 0 {
            return Err(QuotaError::WaitingDays(Some(until_settled(app, waiting))));
        }
    }
    Err(QuotaError::WaitingDays(None))
}

/// The longest time for which an order waits: until it expires, or its stay is over.
fn until_settled(app: &App, order: &WaitingOrder) -> Duration {
    let over = until(app, app.policy.booking.rule.last_occupied(order.end) + Days::new(1));
    let expiry = order.expires_at.map(|at| (at - app.clock.now()).to_std().unwrap_or(Duration::ZERO));
    expiry.map_or(over, |expiry| expiry.min(over))
}

fn until_tomorrow(app: &App) -> Duration {
    until(app, app.today() + Days::new(1))
}

fn until(app: &App, day: NaiveDate) -> Duration {
    (app.start_of(day) - app.clock.now()).to_std().unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_domain::{StayRule, parse_day};

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn stay(start: &str, end: &str) -> Stay {
        Stay::new(day(start), day(end), StayRule::Days).unwrap()
    }

    fn order(start: NaiveDate, end: NaiveDate) -> WaitingOrder {
        WaitingOrder { start, end, expires_at: None }
    }

    #[test]
    fn an_order_stops_waiting_when_it_expires() {
        let app = TestApp::default().build();
        let today = app.today();
        let minute = app.clock.now() + chrono::TimeDelta::minutes(1);
        let waiting = WaitingOrder { expires_at: Some(minute), ..order(today, today + Days::new(4)) };
        assert_eq!(until_settled(&app, &waiting), Duration::from_secs(60));
        let never = WaitingOrder { expires_at: Some(minute + Days::new(9)), ..waiting };
        assert_eq!(until_settled(&app, &never), until(&app, today + Days::new(5)));
    }

    #[test]
    fn waiting_days_are_counted_with_those_of_the_new_stay() {
        let app = TestApp::default().build();
        let today = app.today();
        let end = today + Days::new(9);
        let waiting = [order(today, today + Days::new(4)), order(today, end)];
        let new = Stay::new(end, end, StayRule::Days).unwrap();
        assert!(demand_short(&app, &waiting, &new, 16).is_ok());
        assert!(demand_short(&app, &waiting, &new, 0).is_ok());
        let Err(QuotaError::WaitingDays(Some(wait))) = demand_short(&app, &waiting, &new, 15) else {
            panic!("admitted")
        };
        assert_eq!(wait, until(&app, today + Days::new(5)));
        let Err(QuotaError::WaitingDays(Some(wait))) = demand_short(&app, &waiting, &new, 10) else {
            panic!("admitted")
        };
        assert_eq!(wait, until(&app, today + Days::new(10)));
        let long = stay("2026-12-01", "2027-03-01");
        assert!(matches!(demand_short(&app, &waiting, &long, 20), Err(QuotaError::WaitingDays(None))));
    }

    #[test]
    fn the_wait_is_that_of_the_order_whose_end_makes_room() {
        let app = TestApp::default().build();
        let waiting: Vec<_> = (0..5).map(|days| order(app.today(), app.today() + Days::new(days))).collect();
        assert!(demand_few(&app, &waiting, 6).is_ok());
        assert!(demand_few(&app, &waiting, 0).is_ok());
        for (limit, over) in [(5, 1), (4, 2), (1, 5)] {
            let Err(QuotaError::WaitingOrders(wait)) = demand_few(&app, &waiting, limit) else { panic!("admitted") };
            assert_eq!(wait, until(&app, app.today() + Days::new(over)), "{limit}");
        }
    }
}
