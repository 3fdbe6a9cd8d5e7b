//! The calendar of a listing as its landlord sees and changes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use chrono::{Days, NaiveDate};
use minsu_domain::{
    DayPlan, Event, HouseId, HouseSchedule, ListingEvent, Money, Occupant, OrderId, PriceSource, Principal,
    ScheduleChanges, Version,
};
use minsu_ports::{Session, Store};

use super::{
    own::{begin_owned, owned},
    rules::lock_as_seen,
    schedule_of::schedule_of,
};
use crate::{App, AppError, HeldDays, ListingError, transaction::in_locked_transaction};

/// A day of a landlord's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDay {
    /// The date.
    pub date: NaiveDate,
    /// What occupies it; `None` for a free day.
    pub occupant: Option<Occupant>,
    /// The price of the day, and what set it.
    pub price: (Money, PriceSource),
    /// The shortest stay that may begin on it.
    pub min_days: u32,
    /// Whether a stay may begin on it.
    pub arrival: bool,
    /// Whether a stay may end on it.
    pub departure: bool,
    /// What the landlord has set for it.
    pub plan: DayPlan,
}

/// Days of a landlord's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSchedule {
    /// The days, ascending.
    pub days: Vec<ScheduleDay>,
    /// The version of the listing.
    pub version: Version,
}

/// The days that a landlord can change: from today to the site's horizon.
pub fn plannable_days(app: &App) -> RangeInclusive<NaiveDate> {
    let (today, horizon) = (app.today(), Days::new(app.policy.booking.horizon_days.into()));
    today..=today.checked_add_days(horizon).unwrap_or(NaiveDate::MAX)
}

/// The days of one's own listing from `from` to `to`, both included.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`].
pub async fn own_schedule(
    app: &App,
    viewer: Principal,
    id: HouseId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<OwnSchedule, AppError> {
    let mut session = app.store.read_own().await?;
    let version = owned(session.as_mut(), viewer, id).await?.version;
    let terms = session.own_listings().terms(id).await?.ok_or(ListingError::NotFound)?;
    let schedule = schedule_of(session.as_mut(), id, terms, from, to).await?;
    let mut plans = session.schedules().plans(id, from, to).await?;
    let occupied: BTreeMap<_, _> = session.occupancy().occupied(id, from, to).await?.into_iter().collect();
    let days = from.iter_days().take_while(|date| *date <= to);
    let days = days.map(|date| day(&schedule, date, occupied.get(&date).copied(), plans.remove(&date)));
    Ok(OwnSchedule { days: days.collect(), version })
}

fn day(schedule: &HouseSchedule, date: NaiveDate, occupant: Option<Occupant>, plan: Option<DayPlan>) -> ScheduleDay {
    ScheduleDay {
        date,
        occupant,
        price: schedule.price_on(date),
        min_days: schedule.min_days_on(date),
        arrival: schedule.arrival_on(date),
        departure: schedule.departure_on(date),
        plan: plan.unwrap_or_default(),
    }
}

/// Changes days of one's own listing, all or none, in whatever state but deleted. `seen` is the version that the
/// landlord changed; any where absent.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`ListingError::VersionStale`],
/// [`ListingError::DaysHeldByOrders`] where a day that an order holds would be blocked.
pub async fn put_schedule(
    app: &App,
    viewer: Principal,
    id: HouseId,
    seen: Option<Version>,
    changes: &ScheduleChanges,
) -> Result<(), AppError> {
    let days = changes.days();
    let (Some(first), Some(last)) = (days.first().copied(), days.last().copied()) else { return Ok(()) };
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        let calendar = lock_as_seen(transaction, viewer, landlord, id, seen).await?;
        let before = transaction.schedules().plans(id, first, last).await?;
        let of_day = |day: &NaiveDate| before.get(day).cloned().unwrap_or_default();
        let after: BTreeMap<_, _> = days.iter().map(|day| (*day, changes.applied(*day, of_day(day)))).collect();
        let blocked = after.iter().filter(|(day, plan)| plan.blocked && !of_day(day).blocked);
        let blocked: BTreeSet<_> = blocked.map(|(day, _)| *day).collect();
        demand_no_orders(&mut **transaction, id, &blocked).await?;
        transaction.schedules().put_plans(&calendar, &after).await?;
        transaction.record(Event::ListingScheduleChanged(ListingEvent { house: id, landlord: viewer.user }));
        Ok(())
    })
    .await
}

/// The calendar is locked: no order comes in between.
async fn demand_no_orders(
    session: &mut (impl Session + ?Sized),
    id: HouseId,
    blocked: &BTreeSet<NaiveDate>,
) -> Result<(), AppError> {
    let (Some(first), Some(last)) = (blocked.first(), blocked.last()) else { return Ok(()) };
    let occupied = session.occupancy().occupied(id, *first, *last).await?;
    let of_order = |(day, by): (NaiveDate, Occupant)| match by {
        Occupant::Order(order) if blocked.contains(&day) => Some((day, order)),
        Occupant::Order(_) | Occupant::Block | Occupant::Feed | Occupant::Preparation => None,
    };
    let held: Vec<(NaiveDate, OrderId)> = occupied.into_iter().filter_map(of_order).collect();
    if held.is_empty() {
        return Ok(());
    }
    let orders: BTreeSet<_> = held.iter().map(|(_, order)| *order).collect();
    let days = held.into_iter().map(|(day, _)| day).collect();
    Err(ListingError::DaysHeldByOrders(HeldDays { days, orders: orders.into_iter().collect() }).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, standing, terms};
    use minsu_domain::{Change, ScheduleDraft, parse_day};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn blocking(from: &str, to: &str) -> ScheduleChanges {
        let draft = ScheduleDraft {
            from: day(from),
            to: day(to),
            blocked: Some(true),
            note: Change::Keep,
            price: Change::Set(500),
            min_days: Change::Keep,
            closed_to_arrival: Change::Keep,
            closed_to_departure: Change::Keep,
        };
        ScheduleChanges::of(&[draft], &(day("2026-11-22")..=day("2031-01-01"))).unwrap()
    }

    async fn put(held: &[(&str, Occupant)], blocked_before: bool) -> (Result<(), AppError>, Vec<Event>) {
        let held: Vec<_> = held.iter().map(|(text, by)| (day(text), *by)).collect();
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        unit.own_listings.expect_lock_calendar().returning(|_, _| Ok(true));
        unit.own_listings.expect_bump_version().returning(|_, _, _| Ok(true));
        unit.schedules.expect_plans().returning(move |_, from, _| {
            let plan = DayPlan { blocked: blocked_before, ..DayPlan::default() };
            Ok(from.iter_days().take(3).map(|day| (day, plan.clone())).collect())
        });
        unit.occupancy.expect_occupied().returning(move |_, _, _| Ok(held.clone()));
        unit.schedules
            .expect_put_plans()
            .withf(|_, plans| plans.len() == 3 && plans.values().all(|plan| plan.blocked && plan.rule.price.is_some()))
            .returning(|_, _| Ok(()));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let house = HouseId::new(7).unwrap();
        let changes = blocking("2026-12-01", "2026-12-03");
        let result = put_schedule(&app, principal(1), house, None, &changes).await;
        (result, log.committed())
    }

    #[tokio::test]
    async fn days_of_orders_are_not_blocked_and_named() {
        let order = |id| Occupant::Order(OrderId::new(id).unwrap());
        let held = [("2026-12-01", order(9)), ("2026-12-02", Occupant::Feed), ("2026-12-03", order(3))];
        let (result, events) = put(&held, false).await;
        let Err(AppError::Listing(ListingError::DaysHeldByOrders(held))) = result else { panic!("{result:?}") };
        assert_eq!(held.days, [day("2026-12-01"), day("2026-12-03")]);
        assert_eq!(held.orders.iter().map(|order| order.get()).collect::<Vec<_>>(), [3, 9]);
        assert_eq!(events, []);
        for (held, blocked_before) in [(&[("2026-12-02", Occupant::Preparation)][..], false), (&held_all()[..], true)] {
            let (result, events) = put(held, blocked_before).await;
            assert!(result.is_ok(), "{result:?}");
            assert!(matches!(events[..], [Event::ListingScheduleChanged(_)]));
        }
    }

    /// Days that are blocked stay so, whatever holds them.
    fn held_all() -> [(&'static str, Occupant); 1] {
        [("2026-12-01", Occupant::Order(OrderId::new(3).unwrap()))]
    }

    #[tokio::test]
    async fn a_landlord_sees_what_occupies_each_day_and_what_it_costs() {
        let mut session = MockUnitOfWork::default();
        session.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        session.own_listings.expect_terms().returning(|_| Ok(Some(terms(1))));
        session
            .schedules
            .expect_plans()
            .returning(|_, _, to| Ok(BTreeMap::from([(to, DayPlan { blocked: true, ..DayPlan::default() })])));
        session.occupancy.expect_occupied().returning(|_, _, to| Ok(vec![(to, Occupant::Block)]));
        let app = TestApp::default().store(session.read_own_once()).build();
        let house = HouseId::new(7).unwrap();
        let schedule = own_schedule(&app, principal(1), house, day("2026-12-01"), day("2026-12-02")).await.unwrap();
        let seen: Vec<_> =
            schedule.days.iter().map(|day| (day.occupant, day.price.0.fen(), day.plan.blocked)).collect();
        assert_eq!(seen, [(None, 1999, false), (Some(Occupant::Block), 1999, true)]);
    }
}
