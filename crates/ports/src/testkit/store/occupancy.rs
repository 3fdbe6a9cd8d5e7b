//! Occupied days, whatever occupies them: orders and claims.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use futures_util::future::join_all;
use minsu_domain::{
    Claim, FeedId, HouseId, Occupant, Order, OrderId, OrderStatus, Quote, QuoteLine, QuoteLineKind, Stay, UserId,
};

use super::fixtures::{
    advance, day, fen, house, is_free, new_order, place, place_in, retried, stay, try_place, unless_taken, user,
};
use crate::{
    BookedDay, LockedCalendar, LockedGuest, LockedLandlord, NewOrder, OrderNote, Store, StoreError, UnitOfWork,
};

pub(super) fn days(offsets: impl IntoIterator<Item = u64>) -> BTreeSet<NaiveDate> {
    offsets.into_iter().map(day).collect()
}

fn feed(id: i64) -> Claim {
    Claim::Feed(FeedId::new(id).unwrap())
}

/// A transaction that has locked a house of its landlord.
pub(super) async fn locked(
    store: &dyn Store,
    house: HouseId,
) -> Result<(Box<dyn UnitOfWork>, LockedCalendar), StoreError> {
    let standing = store.read_own().await?.own_listings().standing(house).await?.unwrap();
    let (mut unit, landlord) = LockedLandlord::begin(store, standing.landlord).await?.unwrap();
    let calendar = landlord.with_calendar(unit.as_mut(), house).await?.unwrap();
    Ok((unit, calendar))
}

async fn claim(store: &dyn Store, house: HouseId, claim: Claim, offsets: &[u64]) {
    retried(async || {
        let (mut unit, calendar) = locked(store, house).await?;
        unit.occupancy().claim(&calendar, claim, &days(offsets.iter().copied())).await?;
        unit.commit().await
    })
    .await;
}

async fn unclaim(store: &dyn Store, house: HouseId, claim: Claim, offsets: &[u64]) {
    retried(async || {
        let (mut unit, calendar) = locked(store, house).await?;
        unit.occupancy().unclaim(&calendar, claim, &days(offsets.iter().copied())).await?;
        unit.commit().await
    })
    .await;
}

async fn reserve(store: &dyn Store, house: HouseId, order: OrderId, offsets: &[u64]) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    unit.occupancy().reserve(house, order, &days(offsets.iter().copied())).await?;
    unit.commit().await
}

/// Places an order whose house is prepared on so many days afterwards.
async fn place_prepared(
    store: &dyn Store,
    house: HouseId,
    guest: UserId,
    (first, last): (u64, u64),
    preparation: u32,
) -> Result<OrderId, StoreError> {
    try_prepared(store, guest, house, stay(first, last), preparation).await
}

/// The same for a stay.
pub(super) async fn try_prepared(
    store: &dyn Store,
    guest: UserId,
    house: HouseId,
    stay: Stay,
    preparation: u32,
) -> Result<OrderId, StoreError> {
    let order = new_order(house, stay);
    let behind = stay.last().iter_days().skip(1).take(preparation as usize).collect();
    for _ in 0..100 {
        let placed = async {
            let (mut unit, guest) = LockedGuest::begin(store, guest).await?.unwrap();
            let (parties, _) = guest.with_landlord(unit.as_mut(), house).await?.unwrap();
            let id = place_in(unit.as_mut(), &parties, &order).await?;
            unit.occupancy().prepare(house, id, &behind).await?;
            unit.commit().await.map(|()| id)
        };
        match placed.await {
            Err(StoreError::Conflict(_)) => {}
            result => return result,
        }
    }
    panic!("conflicts without end");
}

async fn occupied(store: &dyn Store, house: HouseId) -> Vec<(NaiveDate, Occupant)> {
    store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(400)).await.unwrap()
}

async fn reject(store: &dyn Store, order: OrderId) {
    assert!(advance(store, order, OrderStatus::WaitAccept, OrderStatus::Rejected, &OrderNote::None).await);
}

/// Days without an order are occupied for the search, day by day and for this house only.
pub async fn claimed_days_hide_the_house(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    claim(store, one, Claim::Block, &[9, 1, 2, 3]).await;
    for (offset, free) in [(0, true), (1, false), (3, false), (4, true), (8, true), (9, false), (10, true)] {
        assert_eq!(is_free(store, one, offset, offset).await, free, "day {offset}");
        assert!(is_free(store, other, offset, offset).await);
    }
}

/// A day has one occupant, be it an order, a block, a feed or a preparation; an order takes none of these days.
pub async fn an_occupied_day_is_refused_whatever_occupies_it(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place_prepared(store, house, guest, (1, 1), 1).await.unwrap();
    claim(store, house, Claim::Block, &[3]).await;
    claim(store, house, feed(1), &[4]).await;
    for offset in 1..=4 {
        let error = reserve(store, house, order, &[offset]).await.unwrap_err();
        assert!(matches!(&error, StoreError::DaysTaken(days) if *days == [day(offset)]), "{offset}: {error:?}");
        let placed = try_place(store, guest, &new_order(house, stay(offset, offset))).await;
        assert_eq!(unless_taken(placed), None, "day {offset}");
    }
    let by = [Occupant::Order(order), Occupant::Preparation, Occupant::Block, Occupant::Feed];
    let expected: Vec<_> = (1..).map(day).zip(by).collect();
    assert_eq!(occupied(store, house).await, expected);
}

/// All days or none.
pub async fn a_refused_reservation_leaves_nothing(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place(store, house, guest, stay(20, 20)).await;
    claim(store, house, feed(1), &[5]).await;
    reserve(store, house, order, &[3, 4, 5, 6]).await.unwrap_err();
    assert!(is_free(store, house, 3, 4).await && is_free(store, house, 6, 6).await);
    let nothing = HouseId::new(i64::MAX).unwrap();
    let error = reserve(store, nothing, order, &[1]).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// The days that are taken are named, whatever occupies them, and no others; not those that the same unit of work took.
pub async fn a_refusal_names_the_taken_days(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let order = place(store, one, guest, stay(4, 5)).await;
    claim(store, one, Claim::Block, &[7, 20]).await;
    claim(store, other, feed(1), &[3]).await;
    for (wanted, expected) in [(3, vec![4, 5, 7]), (5, vec![5, 7]), (6, vec![7])] {
        let error = try_place(store, guest, &new_order(one, stay(wanted, 9))).await.unwrap_err();
        let expected: Vec<_> = expected.into_iter().map(day).collect();
        assert!(matches!(&error, StoreError::DaysTaken(days) if *days == expected), "{wanted}: {error:?}");
        let error = reserve(store, one, order, &[3, 4, 5, 7]).await.unwrap_err();
        assert!(matches!(&error, StoreError::DaysTaken(days) if *days == [day(4), day(5), day(7)]), "{error:?}");
    }
}

/// Releasing an order frees its own days only; releasing none succeeds, and returns 0.
pub async fn releasing_frees_the_days_of_one_order_only(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (gone, kept) = (place(store, house, guest, stay(1, 3)).await, place(store, house, guest, stay(5, 5)).await);
    claim(store, house, Claim::Block, &[4]).await;
    let mut unit = store.begin().await.unwrap();
    let gone = unit.orders().find(gone).await.unwrap().unwrap();
    assert_eq!(unit.occupancy().release(&gone).await.unwrap(), 3);
    assert_eq!(unit.occupancy().release(&gone).await.unwrap(), 0);
    let missing = Order { id: OrderId::new(i64::MAX).unwrap(), ..gone };
    assert_eq!(unit.occupancy().release(&missing).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert!(is_free(store, house, 1, 3).await);
    assert!(!is_free(store, house, 4, 4).await && !is_free(store, house, 5, 5).await);
    assert!(store.read().await.unwrap().orders().find(kept).await.unwrap().unwrap().status.holds_days());
}

/// No days are a reservation, a claim and a preparation that change nothing.
pub async fn no_days_reserve_nothing(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place_prepared(store, house, guest, (401, 401), 0).await.unwrap();
    reserve(store, house, order, &[]).await.unwrap();
    claim(store, house, Claim::Block, &[]).await;
    unclaim(store, house, Claim::Block, &[]).await;
    assert!(is_free(store, house, 0, 400).await);
}

/// The days of a house between two days, both included, each with what occupies it.
pub async fn occupied_days_read_back(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let order = place(store, one, guest, stay(4, 5)).await;
    claim(store, one, Claim::Block, &[9, 2]).await;
    claim(store, one, feed(1), &[7]).await;
    claim(store, other, Claim::Block, &[3]).await;
    let mut session = store.read_own().await.unwrap();
    let found = session.occupancy().occupied(one, day(2), day(7)).await.unwrap();
    let by = Occupant::Order(order);
    assert_eq!(found, [(day(2), Occupant::Block), (day(4), by), (day(5), by), (day(7), Occupant::Feed)]);
    assert_eq!(session.occupancy().occupied(one, day(3), day(3)).await.unwrap(), []);
    let claims = session.occupancy().claims(one, day(2), day(8)).await.unwrap();
    assert_eq!(claims, [(day(2), Claim::Block), (day(7), feed(1))]);
}

/// Days that orders hold are counted with the prices of the orders, of one house and of all.
pub async fn booked_days_have_the_prices_of_their_orders(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    place(store, one, guest, stay(4, 5)).await;
    let dated = stay(6, 8);
    let lines = vec![
        QuoteLine::days(day(6), 1, fen(100)).unwrap(),
        QuoteLine::days(day(7), 2, fen(300)).unwrap(),
        QuoteLine::fee(QuoteLineKind::Cleaning, &dated, 1, fen(50)).unwrap(),
    ];
    let quote = Quote::of_lines(lines).unwrap();
    try_place(store, guest, &NewOrder { quote, ..new_order(other, dated) }).await.unwrap();
    place(store, one, guest, stay(7, 7)).await;
    claim(store, other, Claim::Block, &[9, 5]).await;
    let mut session = store.read_own().await.unwrap();
    let booked = |offset, houses, fen| BookedDay { date: day(offset), houses, fen };
    let all = session.occupancy().booked(None, day(5), day(9)).await.unwrap();
    assert_eq!(all, [booked(5, 1, 19_999), booked(6, 1, 100), booked(7, 2, 20_299), booked(8, 1, 300)]);
    let of_one = session.occupancy().booked(Some(one), day(0), day(9)).await.unwrap();
    assert_eq!(of_one, [booked(4, 1, 19_999), booked(5, 1, 19_999), booked(7, 1, 19_999)]);
    assert_eq!(session.occupancy().booked(Some(other), day(9), day(9)).await.unwrap(), []);
}

/// A day is free when no order and no claim covers it: whatever goes first, the day goes to what is left.
pub async fn a_day_goes_to_the_claims_that_are_left(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place_prepared(store, house, guest, (1, 2), 2).await.unwrap();
    // A feed has a day of the stay and the first day of preparation, a block the second one.
    claim(store, house, feed(1), &[2, 3]).await;
    claim(store, house, feed(2), &[3]).await;
    claim(store, house, Claim::Block, &[4]).await;
    let by = Occupant::Order(order);
    let of_order = [(day(1), by), (day(2), by), (day(3), Occupant::Preparation), (day(4), Occupant::Preparation)];
    assert_eq!(occupied(store, house).await, of_order);
    reject(store, order).await;
    let left = [(day(2), Occupant::Feed), (day(3), Occupant::Feed), (day(4), Occupant::Block)];
    assert_eq!(occupied(store, house).await, left);
    unclaim(store, house, feed(1), &[2, 3]).await;
    assert_eq!(occupied(store, house).await, [(day(3), Occupant::Feed), (day(4), Occupant::Block)]);
    unclaim(store, house, feed(2), &[1, 2, 3]).await;
    unclaim(store, house, Claim::Block, &[4]).await;
    assert_eq!(occupied(store, house).await, []);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.occupancy().claims(house, day(0), day(9)).await.unwrap(), []);
}

/// Preparation takes no day of another order, and may lie on a day that is closed already; another order cannot begin
/// on it.
pub async fn preparation_follows_the_stay(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let next = place(store, house, guest, stay(5, 6)).await;
    let refused = place_prepared(store, house, guest, (1, 3), 2).await.unwrap_err();
    assert!(matches!(&refused, StoreError::DaysTaken(days) if *days == [day(5)]), "{refused:?}");
    assert!(is_free(store, house, 1, 4).await);
    claim(store, house, Claim::Block, &[4]).await;
    let order = place_prepared(store, house, guest, (1, 3), 1).await.unwrap();
    unclaim(store, house, Claim::Block, &[4]).await;
    assert_eq!(occupied(store, house).await[3], (day(4), Occupant::Preparation));
    assert_eq!(unless_taken(try_place(store, guest, &new_order(house, stay(4, 4))).await), None);
    reject(store, order).await;
    let by = Occupant::Order(next);
    assert_eq!(occupied(store, house).await, [(day(5), by), (day(6), by)]);
}

/// A calendar is locked by its landlord alone, and only where there is such a house.
pub async fn a_calendar_is_its_landlords(store: &dyn Store) {
    let (landlord, stranger) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (mut unit, locked) = LockedLandlord::begin(store, stranger).await.unwrap().unwrap();
    assert_eq!(locked.with_calendar(unit.as_mut(), house).await.unwrap(), None);
    drop(unit);
    let (mut unit, locked) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    assert_eq!(locked.with_calendar(unit.as_mut(), HouseId::new(i64::MAX).unwrap()).await.unwrap(), None);
    let calendar = locked.with_calendar(unit.as_mut(), house).await.unwrap().unwrap();
    assert_eq!((calendar.house(), calendar.landlord()), (house, landlord));
}

/// However orders, their ends, claims and their ends meet, a day is occupied exactly by an order or by a claim.
pub async fn simultaneous_claims_and_orders_leave_no_day_behind(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let mut guests = vec![];
    for number in 2..6 {
        guests.push(user(store, number).await);
    }
    for round in 0..6_u64 {
        let orders = guests.iter().zip(0..).map(async |(guest, number)| {
            let first = (round + number * 3) % 8;
            if let Ok(order) = place_prepared(store, house, *guest, (first, first + 1), 2).await {
                reject(store, order).await;
            }
        });
        let claims = (0..3).map(async |number| {
            let own = if number == 0 { Claim::Block } else { feed(number) };
            let first = (round + number.unsigned_abs()) % 6;
            let offsets: Vec<_> = (first..first + 5).collect();
            claim(store, house, own, &offsets).await;
            unclaim(store, house, own, &offsets[1..4]).await;
        });
        futures_util::future::join(join_all(orders), join_all(claims)).await;
        let mut session = store.read_own().await.unwrap();
        let claimed: BTreeSet<_> = session
            .occupancy()
            .claims(house, day(0), day(400))
            .await
            .unwrap()
            .into_iter()
            .map(|(day, _)| day)
            .collect();
        let closed: BTreeSet<_> = occupied(store, house).await.into_iter().map(|(day, _)| day).collect();
        assert_eq!(closed, claimed, "round {round}");
    }
}
