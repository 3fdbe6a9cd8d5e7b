//! Occupied days, whatever occupies them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use minsu_domain::{HouseId, Occupant};

use super::fixtures::{day, house, is_free, new_order, place, stay, try_place, unless_taken, user};
use crate::{Store, StoreError};

fn days(offsets: impl IntoIterator<Item = u64>) -> BTreeSet<NaiveDate> {
    offsets.into_iter().map(day).collect()
}

async fn reserve(store: &dyn Store, house: HouseId, by: Occupant, offsets: &[u64]) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    unit.occupancy().reserve(house, by, &days(offsets.iter().copied())).await?;
    unit.commit().await
}

/// Days without an order are occupied for the search, day by day and for this house only.
pub async fn reserved_days_hide_the_house(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    reserve(store, one, Occupant::Block, &[9, 1, 2, 3]).await.unwrap();
    for (offset, free) in [(0, true), (1, false), (3, false), (4, true), (8, true), (9, false), (10, true)] {
        assert_eq!(is_free(store, one, offset, offset).await, free, "day {offset}");
        assert!(is_free(store, other, offset, offset).await);
    }
}

/// A day has one occupant, be it an order, a block or a feed.
pub async fn an_occupied_day_is_refused_whatever_occupies_it(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place(store, house, guest, stay(1, 1)).await;
    reserve(store, house, Occupant::Block, &[2]).await.unwrap();
    reserve(store, house, Occupant::Feed, &[3]).await.unwrap();
    for offset in 1..=3 {
        for by in [Occupant::Order(order), Occupant::Block, Occupant::Feed] {
            let error = reserve(store, house, by, &[offset]).await.unwrap_err();
            assert!(
                matches!(&error, StoreError::DaysTaken(days) if *days == [day(offset)]),
                "{by:?} on {offset}: {error:?}"
            );
        }
        let placed = try_place(store, guest, &new_order(house, stay(offset, offset))).await;
        assert_eq!(unless_taken(placed), None, "day {offset}");
    }
}

/// All days or none.
pub async fn a_refused_reservation_leaves_nothing(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    reserve(store, house, Occupant::Feed, &[5]).await.unwrap();
    reserve(store, house, Occupant::Block, &[3, 4, 5, 6]).await.unwrap_err();
    assert!(is_free(store, house, 3, 4).await && is_free(store, house, 6, 6).await);
    let nothing = HouseId::new(i64::MAX).unwrap();
    let error = reserve(store, nothing, Occupant::Block, &[1]).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// The days that are taken are named, whatever occupies them, and no others; not those that the same unit of work took.
pub async fn a_refusal_names_the_taken_days(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    place(store, one, guest, stay(4, 5)).await;
    reserve(store, one, Occupant::Block, &[7, 20]).await.unwrap();
    reserve(store, other, Occupant::Feed, &[3]).await.unwrap();
    for (wanted, expected) in [(3, vec![4, 5, 7]), (5, vec![5, 7]), (6, vec![7])] {
        let error = try_place(store, guest, &new_order(one, stay(wanted, 9))).await.unwrap_err();
        let expected: Vec<_> = expected.into_iter().map(day).collect();
        assert!(matches!(&error, StoreError::DaysTaken(days) if *days == expected), "{wanted}: {error:?}");
        let error = reserve(store, one, Occupant::Block, &[3, 4, 5, 7]).await.unwrap_err();
        assert!(matches!(&error, StoreError::DaysTaken(days) if *days == [day(4), day(5), day(7)]), "{error:?}");
    }
}

/// Releasing an order frees its own days only; releasing none succeeds, and returns 0.
pub async fn releasing_frees_the_days_of_one_order_only(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (gone, kept) = (place(store, house, guest, stay(1, 3)).await, place(store, house, guest, stay(5, 5)).await);
    reserve(store, house, Occupant::Block, &[4]).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.occupancy().release(gone).await.unwrap(), 3);
    assert_eq!(unit.occupancy().release(gone).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert!(is_free(store, house, 1, 3).await);
    assert!(!is_free(store, house, 4, 4).await && !is_free(store, house, 5, 5).await);
    assert!(store.read().await.unwrap().orders().find(kept).await.unwrap().unwrap().status.holds_days());
}

/// No days are a reservation that changes nothing.
pub async fn no_days_reserve_nothing(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    reserve(store, house, Occupant::Block, &[]).await.unwrap();
    assert!(is_free(store, house, 0, 400).await);
}

/// The days of a house between two days, both included, each with what occupies it.
pub async fn occupied_days_read_back(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let order = place(store, one, guest, stay(4, 5)).await;
    reserve(store, one, Occupant::Block, &[9, 2]).await.unwrap();
    reserve(store, one, Occupant::Feed, &[7]).await.unwrap();
    reserve(store, other, Occupant::Block, &[3]).await.unwrap();
    let mut session = store.read_own().await.unwrap();
    let found = session.occupancy().occupied(one, day(2), day(7)).await.unwrap();
    let by = Occupant::Order(order);
    assert_eq!(found, [(day(2), Occupant::Block), (day(4), by), (day(5), by), (day(7), Occupant::Feed)]);
    assert_eq!(session.occupancy().occupied(one, day(3), day(3)).await.unwrap(), []);
}
