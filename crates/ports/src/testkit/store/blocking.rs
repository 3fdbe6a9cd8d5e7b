//! Landlords who block days while guests book them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};
use minsu_domain::{Claim, HouseId, Occupant, OrderId, OrderStatus, Stay, UserId};

use super::{
    fixtures::{advance, day, house, retried, stay, unless_taken, user},
    occupancy::{days, locked, try_prepared},
    ruled_houses::Draw,
};
use crate::{OrderNote, Store};

/// How many guests book at once, and how often each tries.
const GUESTS: u32 = 16;
const TRIES: u64 = 4;
/// The days that everybody wants.
const DAYS: u64 = 24;

/// Blocks or frees some days.
async fn block(store: &dyn Store, house: HouseId, offsets: BTreeSet<u64>, blocked: bool) {
    retried(async || {
        let (mut unit, calendar) = locked(store, house).await?;
        if blocked {
            unit.occupancy().claim(&calendar, Claim::Block, &days(offsets.iter().copied())).await?;
        } else {
            unit.occupancy().unclaim(&calendar, Claim::Block, &days(offsets.iter().copied())).await?;
        }
        unit.commit().await
    })
    .await;
}

/// A guest who books stays, and takes every third one back. Returns the orders that are left.
async fn book(store: &dyn Store, house: HouseId, guest: UserId, mut draw: Draw) -> Vec<(OrderId, Stay)> {
    let mut kept = Vec::new();
    for number in 0..TRIES {
        let first = draw.below(DAYS);
        let wanted = stay(first, first + draw.below(3));
        let preparation = u32::try_from(draw.below(2)).unwrap();
        let Some(order) = unless_taken(try_prepared(store, guest, house, wanted, preparation).await) else { continue };
        if number % 3 == 2 {
            assert!(advance(store, order, OrderStatus::WaitAccept, OrderStatus::Canceled, &OrderNote::None).await);
        } else {
            kept.push((order, wanted));
        }
    }
    kept
}

/// Sixteen guests book while the landlord blocks and frees the same days: no day is had twice, none of an order that
/// was placed is lost, no block is lost, and nothing else is closed.
pub async fn blocking_while_sixteen_guests_book_loses_no_day(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut guests = vec![];
    for number in 0..GUESTS {
        guests.push(user(store, 2 + number).await);
    }
    let mut placed = 0;
    for round in 0..3 {
        let house = house(store, landlord, i64::try_from(round).unwrap()).await;
        let booking =
            guests.iter().zip(0..).map(|(guest, number)| book(store, house, *guest, Draw(round * 100 + number)));
        let blocking = async {
            let (mut draw, mut blocked) = (Draw(round + 7), BTreeSet::new());
            for number in 0..12 {
                let first = draw.below(DAYS);
                let offsets: BTreeSet<_> = (first..first + 4).collect();
                let closes = number % 3 < 2;
                block(store, house, offsets.clone(), closes).await;
                blocked.retain(|day| closes || !offsets.contains(day));
                blocked.extend(offsets.into_iter().filter(|_| closes));
            }
            blocked
        };
        let (orders, blocked) = join(join_all(booking), blocking).await;
        let mut of_orders = BTreeMap::new();
        for (order, stay) in orders.into_iter().flatten() {
            placed += 1;
            for day in stay.occupied() {
                assert_eq!(of_orders.insert(day, order), None, "round {round}: {day} was had twice");
            }
        }
        let mut session = store.read_own().await.unwrap();
        let occupied = session.occupancy().occupied(house, day(0), day(400)).await.unwrap();
        let of_store = occupied.iter().filter_map(|(day, by)| match by {
            Occupant::Order(order) => Some((*day, *order)),
            Occupant::Block | Occupant::Feed | Occupant::Preparation => None,
        });
        assert_eq!(of_store.collect::<BTreeMap<_, _>>(), of_orders, "round {round}");
        let claims = session.occupancy().claims(house, day(0), day(400)).await.unwrap();
        let blocks = claims.iter().filter(|(_, claim)| *claim == Claim::Block).map(|(day, _)| *day);
        assert_eq!(blocks.collect::<BTreeSet<_>>(), days(blocked), "round {round}");
        let covered: BTreeSet<_> = claims.iter().map(|(day, _)| *day).chain(of_orders.into_keys()).collect();
        assert_eq!(occupied.iter().map(|(day, _)| *day).collect::<BTreeSet<_>>(), covered, "round {round}");
    }
    assert!(placed > 10, "too few orders to tell anything: {placed}");
}
