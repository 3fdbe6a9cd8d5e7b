//! Placing an order.

use std::collections::BTreeSet;

use minsu_domain::{
    BookingRefused, Event, HouseId, HouseSchedule, Money, Neighbours, OccupantList, OrderEvent, OrderId, OrderStatus,
    Principal, Quote, Stay,
};
use minsu_ports::{LockedGuest, NewOrder, Session, Store, StoreError};

use super::{
    AgreedPrice, Quoted, StayToBook,
    deadline::deadline,
    occupants,
    quote::{allow, schedule_of},
    quote_token,
};
use crate::{
    AccountError, App, AppError, ListingError, OldPages, OrderError, quotas, transaction::in_locked_transaction,
};

/// Asks for a house on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The stay.
    pub stay: StayToBook,
    /// What it costs.
    pub price: AgreedPrice,
    /// What the guest was told that it costs.
    pub total: Option<Money>,
    /// The people who stay, as far as the guest names them yet.
    pub occupants: OccupantList,
}

/// Places an order and takes its days, both or neither. Nothing is checked beforehand for free
/// days: the primary key of the days decides, also between two guests at the same moment. A guest
/// beyond a quota places no further one, so that one guest cannot block the days of many houses without
/// intending to stay. An order whose days are over no longer counts as waiting.
///
/// # Errors
/// [`AppError::Quota`], [`AppError::Invalid`], [`ListingError::NotFound`], [`OrderError::BookingRefused`],
/// [`OrderError::DaysTaken`], [`OrderError::PriceChanged`], [`OrderError::QuoteExpired`],
/// [`OrderError::QuoteMismatch`], and [`AccountError::IdentityNotVerified`] where the site demands a real name.
pub async fn place(app: &App, viewer: Principal, command: &PlaceOrder) -> Result<OrderId, AppError> {
    if let Some(earlier) = app.earlier()? {
        return Ok(earlier);
    }
    let house = command.stay.house;
    let stay = Stay::new(command.stay.start, command.stay.end, app.policy.booking.rule)?;
    let kept = match &command.price {
        AgreedPrice::Quote(token) => Some(quote_token::opened(app, token, &command.stay, &stay)?),
        AgreedPrice::OldPage | AgreedPrice::Rules => None,
    };
    occupants::demand_named(app, &command.price, command.stay.guests, &command.occupants)?;
    let now = app.clock.now();
    let begin =
        async |store: &dyn Store| Ok(LockedGuest::begin(store, viewer.user).await?.ok_or(ListingError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, guest| {
        if app.policy.real_name_to_order && transaction.users().identity(viewer.user).await?.is_none() {
            return Err(AccountError::IdentityNotVerified.into());
        }
        quotas::admit_order(app, &mut **transaction, guest, &stay).await?;
        let locked = guest.with_landlord(&mut **transaction, house).await?;
        let (parties, terms) = locked.ok_or(ListingError::NotFound)?;
        let schedule = schedule_of(&mut **transaction, house, terms, &stay).await?;
        demand_allowed(app, &mut **transaction, &schedule, viewer, &command.stay, &stay).await?;
        let quote = agreed(app, command, &schedule, &stay, kept.clone())?;
        let status = placed_as(app, &schedule, quote.total());
        let expires_at = deadline(app, status, &stay, now);
        let cancellation = schedule.rules.cancellation;
        let order = NewOrder {
            house,
            stay,
            guests: command.stay.guests,
            quote,
            status,
            created_at: now,
            expires_at,
            cancellation,
        };
        let id = transaction.orders().insert(&parties, &order).await?;
        take_days(&mut **transaction, house, id, &stay, schedule.rules.preparation_days).await?;
        if !command.occupants.is_empty() {
            occupants::write(app, &mut **transaction, id, stay.last(), &command.occupants).await?;
        }
        let (landlord, guest) = (terms.landlord, viewer.user);
        transaction.record(Event::OrderPlaced(OrderEvent { order: id, house, landlord, guest, entered: status }));
        Ok(id)
    })
    .await
}

/// Checks the stay against the rules. The days around it are looked up only where it is shorter than the house takes.
async fn demand_allowed(
    app: &App,
    session: &mut (impl Session + ?Sized),
    schedule: &HouseSchedule,
    viewer: Principal,
    asked: &StayToBook,
    stay: &Stay,
) -> Result<(), AppError> {
    let refused = allow(app, schedule, Some(viewer.user), stay, asked.guests, Neighbours::default());
    let Err(refused) = refused else { return Ok(()) };
    if refused != BookingRefused::TooShort {
        return Err(refused.into());
    }
    let preparation = schedule.rules.preparation_days;
    let (from, to) = Neighbours::days(stay, preparation);
    let occupied = session.occupancy().occupied(asked.house, from, to).await?;
    let neighbours = Neighbours::of(stay, preparation, app.today(), &occupied);
    Ok(allow(app, schedule, Some(viewer.user), stay, asked.guests, neighbours)?)
}

/// The price of the order, if it is the one that the guest was told.
fn agreed(
    app: &App,
    command: &PlaceOrder,
    schedule: &HouseSchedule,
    stay: &Stay,
    kept: Option<Quote>,
) -> Result<Quote, AppError> {
    let by_base_price = command.price == AgreedPrice::OldPage && app.policy.old_pages == OldPages::Shown;
    let quote = match kept {
        Some(quote) => quote,
        None if by_base_price => Quote::at_one_price(stay, schedule.terms.price).map_err(|_| BookingRefused::Amount)?,
        None => schedule.quote(stay, command.stay.guests)?,
    };
    if command.total.is_some_and(|total| total != quote.total()) {
        let quoted = Quoted::new(app, &command.stay, quote, schedule.terms.deposit);
        return Err(OrderError::PriceChanged(Box::new(quoted)).into());
    }
    Ok(quote)
}

/// The state of a new order: the landlord's rules may answer at once.
fn placed_as(app: &App, schedule: &HouseSchedule, price: Money) -> OrderStatus {
    let orders = app.policy.booking.orders;
    if schedule.rules.instant { orders.accepted(price) } else { orders.placed(price) }
}

/// Takes the days of an order, and those behind it for preparation.
async fn take_days(
    session: &mut (impl Session + ?Sized),
    house: HouseId,
    order: OrderId,
    stay: &Stay,
    preparation: u32,
) -> Result<(), AppError> {
    let taken = |error| match error {
        StoreError::DaysTaken(days) => AppError::Order(OrderError::DaysTaken(days)),
        error => error.into(),
    };
    let days = stay.occupied().collect();
    session.occupancy().reserve(house, order, &days).await.map_err(taken)?;
    if preparation == 0 {
        return Ok(());
    }
    let behind: BTreeSet<_> = stay.last().iter_days().skip(1).take(preparation as usize).collect();
    session.occupancy().prepare(house, order, &behind).await.map_err(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        QuotaError,
        test_app::{TestApp, principal, terms, user},
    };
    use minsu_domain::{StayRule, Version, parse_day};
    use minsu_ports::{
        LockStrength, OrderUsage, UserLock, WaitingOrder,
        testkit::{EventLog, MockUnitOfWork},
    };

    fn command(start: &str, end: &str) -> PlaceOrder {
        let day = |text| parse_day(text).unwrap();
        let house = HouseId::new(7).unwrap();
        let stay = StayToBook { house, start: day(start), end: day(end), guests: 1 };
        PlaceOrder { stay, price: AgreedPrice::OldPage, total: None, occupants: OccupantList::default() }
    }

    async fn placed(
        guest: i64,
        command: &PlaceOrder,
        result: Result<(), StoreError>,
    ) -> (Result<OrderId, AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        let used = OrderUsage { placed_since: 59, waiting: 29, waiting_days: 29 };
        unit.usage.expect_orders().returning(move |_, _, _, _, _| Ok(used));
        unit.houses.expect_lock_landlord().returning(|_| Ok(Some((terms(1), version()))));
        unit.users.expect_lock().withf(locks(guest, LockStrength::Exclusive)).times(1).returning(|_| Ok(true));
        unit.orders
            .expect_insert()
            .withf(move |parties, order| {
                (parties.guest(), parties.landlord()) == (user(guest), user(1))
                    && order.quote.total().fen() == i64::from(order.stay.days()) * 1999
            })
            .returning(|_, _| Ok(id()));
        let stay = Stay::new(command.stay.start, command.stay.end, StayRule::Days).unwrap();
        unit.occupancy
            .expect_reserve()
            .withf(move |house, order, days| {
                (*house, *order) == (HouseId::new(7).unwrap(), id()) && days.iter().copied().eq(stay.occupied())
            })
            .return_once(move |_, _, _| result);
        let commits = unit.commits.clone();
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = place(&app, principal(guest), command).await;
        let (order, house) = (OrderId::new(3).unwrap(), command.stay.house);
        let (landlord, guest, entered) = (user(1), user(guest), OrderStatus::WaitAccept);
        let event = Event::OrderPlaced(OrderEvent { order, house, landlord, guest, entered });
        assert_eq!(log.committed(), vec![event; commits.count()]);
        (result, commits.count())
    }

    fn version() -> Version {
        Version::new(1).unwrap()
    }

    fn id() -> OrderId {
        OrderId::new(3).unwrap()
    }

    fn locks(id: i64, strength: LockStrength) -> impl Fn(&UserLock) -> bool {
        move |lock| (lock.user(), lock.strength()) == (user(id), strength)
    }

    #[tokio::test]
    async fn the_price_is_copied_and_the_order_committed() {
        let result = placed(2, &command("2026-12-01", "2026-12-03"), Ok(())).await;
        assert!(matches!(result, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn taken_days_own_houses_and_past_days_are_refused() {
        let december = command("2026-12-01", "2026-12-03");
        let days = vec![december.stay.end];
        let taken = placed(2, &december, Err(StoreError::DaysTaken(days.clone()))).await;
        assert!(
            matches!(&taken, (Err(AppError::Order(OrderError::DaysTaken(taken))), 0) if *taken == days),
            "{taken:?}"
        );
        let own = placed(1, &december, Ok(())).await;
        assert!(matches!(own, (Err(AppError::Order(OrderError::BookingRefused(BookingRefused::OwnHouse))), 0)));
        let past = placed(2, &command("2026-11-20", "2026-12-03"), Ok(())).await;
        assert!(matches!(past, (Err(AppError::Order(OrderError::BookingRefused(BookingRefused::InThePast))), 0)));
    }

    #[tokio::test]
    async fn today_is_today_where_the_site_is() {
        // The test clock is at 17:00 UTC on the 21st: in Beijing it is the 22nd.
        let yesterday = placed(2, &command("2026-11-21", "2026-11-22"), Ok(())).await;
        assert!(matches!(yesterday, (Err(AppError::Order(OrderError::BookingRefused(BookingRefused::InThePast))), 0)));
        assert!(matches!(placed(2, &command("2026-11-22", "2026-11-22"), Ok(())).await, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn an_end_before_the_start_does_not_reach_the_store() {
        let app = TestApp::default().build();
        let backwards = command("2026-12-03", "2026-12-01");
        assert!(matches!(place(&app, principal(2), &backwards).await, Err(AppError::Invalid(_))));
    }

    /// The wait in seconds of a guest whose waiting orders end on these days, under a limit of three.
    async fn waits(rule: StayRule, ends: &[&str]) -> Result<u64, AppError> {
        let ends: Vec<_> = ends.iter().map(|end| parse_day(end).unwrap()).collect();
        let mut unit = MockUnitOfWork::default();
        // Today is the 22nd: a stay that ends today is over where nights are counted.
        let from = parse_day(if rule == StayRule::Days { "2026-11-22" } else { "2026-11-23" }).unwrap();
        unit.users.expect_lock().times(1).returning(|_| Ok(true));
        let count = ends.len() as u64;
        unit.usage
            .expect_orders()
            .withf(move |guest, _, asked, _, bounds| (guest.guest(), *asked, bounds.waiting) == (user(2), from, 3))
            .returning(move |_, _, _, _, _| Ok(OrderUsage { placed_since: 0, waiting: count, waiting_days: count }));
        unit.usage.expect_waiting().withf(move |guest, asked, _| (guest.guest(), *asked) == (user(2), from)).returning(
            move |_, _, _| {
                let waiting = ends.iter().map(|end| WaitingOrder { start: *end, end: *end, expires_at: None });
                Ok(waiting.collect())
            },
        );
        unit.orders.expect_insert().never();
        let mut app = TestApp::default().store(unit.begun_once()).build();
        app.policy.limits.waiting_orders_per_guest = 3;
        app.policy.booking.rule = rule;
        match place(&app, principal(2), &command("2026-12-01", "2026-12-03")).await {
            Err(AppError::Quota(QuotaError::WaitingOrders(wait))) => Ok(wait.as_secs()),
            Err(error) => Err(error),
            Ok(id) => panic!("{id}"),
        }
    }

    #[tokio::test]
    async fn a_guest_with_too_many_waiting_orders_is_told_when_one_is_over() {
        // It is 01:00 on the 22nd, so the first midnight comes in 23 hours.
        let (hour, day) = (3600, 86_400);
        let three = ["2026-11-22", "2026-11-24", "2026-11-24"];
        assert_eq!(waits(StayRule::Days, &three).await.unwrap(), 23 * hour);
        assert_eq!(waits(StayRule::Days, &["2026-11-24"; 3]).await.unwrap(), 23 * hour + 2 * day);
        assert_eq!(waits(StayRule::Nights, &["2026-11-24"; 3]).await.unwrap(), 23 * hour + day);
        // More than the limit, as when it was lowered: two must be over.
        let four = ["2026-11-22", "2026-11-23", "2026-11-29", "2026-11-30"];
        assert_eq!(waits(StayRule::Days, &four).await.unwrap(), 23 * hour + day);
    }

    #[tokio::test]
    async fn a_deleted_account_neither_orders_nor_is_ordered_from() {
        for (guest_exists, landlord_exists) in [(true, false), (false, true)] {
            let mut unit = MockUnitOfWork::default();
            unit.usage.expect_orders().returning(|_, _, _, _, _| Ok(OrderUsage::default()));
            unit.houses.expect_lock_landlord().returning(move |_| Ok(landlord_exists.then(|| (terms(1), version()))));
            unit.users.expect_lock().returning(move |_| Ok(guest_exists));
            unit.orders.expect_insert().never();
            let app = TestApp::default().store(unit.begun_once()).build();
            let result = place(&app, principal(2), &command("2026-12-01", "2026-12-03")).await;
            assert!(matches!(result, Err(AppError::Listing(ListingError::NotFound))));
        }
    }
    #[tokio::test]
    async fn a_real_name_is_demanded_where_the_site_says_so_and_orders_of_a_day_are_counted() {
        for (demanded, placed) in [(true, 0), (false, 60)] {
            let mut unit = MockUnitOfWork::default();
            unit.users.expect_lock().returning(|_| Ok(true));
            unit.users.expect_identity().returning(|_| Ok(None));
            unit.usage
                .expect_orders()
                .returning(move |_, _, _, _, _| Ok(OrderUsage { placed_since: placed, ..OrderUsage::default() }));
            unit.orders.expect_insert().never();
            let mut app = TestApp::default().store(unit.begun_once()).build();
            app.policy.real_name_to_order = demanded;
            let result = place(&app, principal(2), &command("2026-12-01", "2026-12-03")).await;
            match (demanded, &result) {
                (true, Err(AppError::Account(AccountError::IdentityNotVerified))) => {}
                (false, Err(AppError::Quota(QuotaError::OrdersToday(wait)))) => assert_eq!(wait.as_secs(), 23 * 3600),
                _ => panic!("{result:?}"),
            }
        }
    }
}
