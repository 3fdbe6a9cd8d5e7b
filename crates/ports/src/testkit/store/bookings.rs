//! Many guests at once: one day of a house has one order, whatever happens.

use futures_util::future::join_all;
use minsu_domain::{HouseId, OrderStatus, Stay, UserId};

use super::fixtures::{advance, house, is_free, new_order, place, stay, try_place, unless_taken, user};
use crate::{OrderNote, Store};

/// Guests at once.
const GUESTS: u32 = 16;

async fn scene(store: &dyn Store) -> (HouseId, Vec<UserId>) {
    let landlord = user(store, 1).await;
    let mut guests = vec![];
    for number in 0..GUESTS {
        guests.push(user(store, 100 + number).await);
    }
    (house(store, landlord, 0).await, guests)
}

/// Each guest places an order at the same time; returns the stays of those that succeeded.
async fn race(store: &dyn Store, house: HouseId, attempts: Vec<(UserId, Stay)>) -> Vec<Stay> {
    let attempts = attempts
        .into_iter()
        .map(async |(guest, stay)| unless_taken(try_place(store, guest, &new_order(house, stay)).await).map(|_| stay));
    join_all(attempts).await.into_iter().flatten().collect()
}

/// Sixteen connections want the same days: one gets them, fifteen get the error that they are taken.
pub async fn same_days_go_to_one_of_sixteen(store: &dyn Store) {
    let (house, guests) = scene(store).await;
    for round in 0..10 {
        let wanted = stay(round * 5, round * 5 + 4);
        let placed = race(store, house, guests.iter().map(|guest| (*guest, wanted)).collect()).await;
        assert_eq!(placed, [wanted], "round {round}");
    }
    let mut session = store.read().await.unwrap();
    let mut orders = 0;
    for guest in guests {
        orders += session.orders().of_guest(guest, 100).await.unwrap().len();
    }
    assert_eq!(orders, 10);
}

/// Sixteen connections want stays that overlap in every way: no two that succeed share a day, and
/// each that was refused shares one with a stay that succeeded.
pub async fn overlapping_stays_never_share_a_day(store: &dyn Store) {
    let (house, guests) = scene(store).await;
    for round in 0..10u64 {
        let attempts: Vec<_> = (0..u64::from(GUESTS))
            .map(|number| {
                let first = round * 30 + (number * 7 + round) % 13;
                stay(first, first + (number * 5) % 6)
            })
            .collect();
        let placed = race(store, house, guests.iter().copied().zip(attempts.clone()).collect()).await;
        let days: Vec<_> = placed.iter().flat_map(Stay::occupied).collect();
        let distinct: std::collections::HashSet<_> = days.iter().collect();
        assert_eq!(distinct.len(), days.len(), "round {round}: {placed:?}");
        for filter in attempts {
            assert!(
                placed.iter().any(|stay| stay.clashes(&filter)),
                "round {round}: {filter:?} was refused for nothing"
            );
        }
    }
}

/// While an order is being rejected sixteen others want its days: at most one gets them, and
/// afterwards they belong to exactly one.
pub async fn freed_days_go_to_one_of_sixteen(store: &dyn Store) {
    let (house, guests) = scene(store).await;
    let wanted = stay(1, 3);
    for round in 0..5 {
        let held = place(store, house, guests[0], wanted).await;
        let reject = advance(store, held, OrderStatus::WaitAccept, OrderStatus::Rejected, &OrderNote::None);
        let attempts = guests.iter().map(|guest| (*guest, wanted)).collect();
        let (rejected, placed) = futures_util::future::join(reject, race(store, house, attempts)).await;
        assert!(rejected && placed.len() <= 1, "round {round}: {placed:?}");
        assert_eq!(is_free(store, house, 1, 3).await, placed.is_empty());
        for guest in &guests {
            let orders = store.read().await.unwrap().orders().of_guest(*guest, 100).await.unwrap();
            for order in orders.iter().filter(|order| order.status.holds_days()) {
                advance(store, order.id, order.status, OrderStatus::Canceled, &OrderNote::None).await;
            }
        }
    }
}

/// The longest stay takes every one of its days, and frees every one.
pub async fn a_stay_may_take_a_year(store: &dyn Store) {
    let (house, guests) = scene(store).await;
    let year = place(store, house, guests[0], stay(0, 365)).await;
    for day in [0, 1, 183, 365] {
        assert!(!is_free(store, house, day, day).await);
    }
    assert!(is_free(store, house, 366, 366).await);
    assert!(advance(store, year, OrderStatus::WaitAccept, OrderStatus::Rejected, &OrderNote::None).await);
    assert!(is_free(store, house, 0, 365).await);
}
