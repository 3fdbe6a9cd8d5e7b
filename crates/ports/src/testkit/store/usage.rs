//! Usage: the counts that quotas bound.

use futures_util::future::join_all;
use minsu_domain::{
    HouseId,
    OrderStatus::{Rejected, WaitAccept, WaitComment},
    UserId,
};

use super::fixtures::{advance, day, house, instant, new_order, picture, place, place_in, reason, retried, stay, user};
use crate::{ListingUsage, LockedGuest, LockedLandlord, OrderBounds, OrderNote, Store, StoreError, WaitingOrder};

/// More than any guest here has.
const ALL: OrderBounds = OrderBounds { placed_since: 1_000, waiting: 1_000 };

async fn scene(store: &dyn Store) -> (UserId, UserId, HouseId) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    (landlord, guest, house(store, landlord, 0).await)
}

/// Houses and picture bytes are those of the landlord; houses count from an instant on, this included.
pub async fn a_landlords_listings_are_counted(store: &dyn Store) {
    let (landlord, other, first) = scene(store).await;
    let second = house(store, landlord, 5).await;
    house(store, other, 9).await;
    let (mut unit, locked) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    for (house, key, bytes) in [(first, "a.jpg", 1 << 40), (second, "b.jpg", 5), (second, "c.jpg", 7)] {
        unit.houses().add_picture(&locked, house, &picture(key), bytes).await.unwrap();
    }
    unit.commit().await.unwrap();
    let (mut unit, locked) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    for (since, published_since) in [(0, 2), (5, 1), (6, 0)] {
        let expected = ListingUsage { houses: 2, published_since, picture_bytes: (1 << 40) + 12 };
        assert_eq!(unit.usage().listings(&locked, instant(since)).await.unwrap(), expected, "{since}");
    }
    assert_eq!(unit.usage().pictures(&locked, first).await.unwrap(), 1);
    assert_eq!(unit.usage().pictures(&locked, second).await.unwrap(), 2);
    drop(unit);
    let (mut unit, locked) = LockedLandlord::begin(store, other).await.unwrap().unwrap();
    let expected = ListingUsage { houses: 1, published_since: 1, picture_bytes: 0 };
    assert_eq!(unit.usage().listings(&locked, instant(0)).await.unwrap(), expected);
}

/// Sixteen pictures at once, each added only while the house has fewer than four: four are.
pub async fn simultaneous_pictures_of_a_landlord_see_each_other(store: &dyn Store) {
    let (landlord, _, house) = scene(store).await;
    let attempt = async |number: u32| {
        retried(async || {
            let (mut unit, locked) = LockedLandlord::begin(store, landlord).await?.unwrap();
            if unit.usage().pictures(&locked, house).await? >= 4 {
                return Ok(false);
            }
            unit.houses().add_picture(&locked, house, &picture(&format!("{number}.jpg")), 1).await?;
            unit.commit().await.map(|()| true)
        })
        .await
    };
    let added = join_all((0..16).map(attempt)).await;
    assert_eq!(added.iter().filter(|added| **added).count(), 4);
}

/// Orders in every state count, from an instant on, and those of the guest alone.
pub async fn a_guests_orders_are_counted(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let rejected = place(store, house, guest, stay(1, 1)).await;
    advance(store, rejected, WaitAccept, Rejected, &reason("full")).await;
    place(store, house, guest, stay(2, 2)).await;
    for (party, since, expected) in [(guest, 0, 2), (landlord, 0, 0)] {
        let (mut unit, party) = LockedGuest::begin(store, party).await.unwrap().unwrap();
        assert_eq!(
            unit.usage().orders(&party, instant(since), day(0), instant(0), ALL).await.unwrap().placed_since,
            expected
        );
    }
    let (mut unit, party) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    assert_eq!(
        unit.usage().orders(&party, instant(1_000_000_000), day(0), instant(0), ALL).await.unwrap().placed_since,
        0
    );
}

/// Only waiting orders count, only the guest's own, and not those that end before the given day.
pub async fn waiting_orders_have_their_stays(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let rejected = place(store, house, guest, stay(1, 1)).await;
    advance(store, rejected, WaitAccept, Rejected, &reason("full")).await;
    let accepted = place(store, house, guest, stay(2, 2)).await;
    advance(store, accepted, WaitAccept, WaitComment, &OrderNote::None).await;
    for first in [8, 3, 5] {
        place(store, house, guest, stay(first, first + 1)).await;
    }
    for (party, ends) in [(guest, &[4_u64, 6, 9][..]), (landlord, &[])] {
        let (mut unit, party) = LockedGuest::begin(store, party).await.unwrap().unwrap();
        for from in [0, 4, 5, 9, 10] {
            let order =
                |end: &u64| WaitingOrder { start: day(end - 1), end: day(*end), expires_at: Some(instant(1_000)) };
            let expected: Vec<_> = ends.iter().filter(|end| **end >= from).map(order).collect();
            let mut waiting = unit.usage().waiting(&party, day(from), instant(999)).await.unwrap();
            waiting.sort_by_key(|order| order.start);
            assert_eq!(waiting, expected, "from {from}");
            let used = unit.usage().orders(&party, instant(0), day(from), instant(999), ALL).await.unwrap();
            let count = expected.len() as u64;
            assert_eq!((used.waiting, used.waiting_days), (count, 2 * count), "from {from}");
            // Counting stops at the bounds.
            for bound in 0..3 {
                let bounds = OrderBounds { placed_since: bound, waiting: bound };
                let used = unit.usage().orders(&party, instant(0), day(from), instant(999), bounds).await.unwrap();
                let (waiting, placed) = (count.min(bound), if party.guest() == guest { bound } else { 0 });
                assert_eq!((used.waiting, used.waiting_days, used.placed_since), (waiting, 2 * waiting, placed));
            }
            // All are expired a second later.
            assert_eq!(unit.usage().waiting(&party, day(from), instant(1_000)).await.unwrap(), []);
            let used = unit.usage().orders(&party, instant(0), day(from), instant(1_000), ALL).await.unwrap();
            assert_eq!((used.waiting, used.waiting_days), (0, 0), "from {from}");
        }
    }
}

/// Sixteen orders of one guest at once, each placed only while fewer than four wait: four are.
pub async fn simultaneous_orders_of_a_guest_see_each_other(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let attempt = async |first: u64| {
        loop {
            let result = async {
                let (mut unit, guest) = LockedGuest::begin(store, guest).await?.unwrap();
                if unit.usage().orders(&guest, instant(0), day(0), instant(0), ALL).await?.waiting >= 4 {
                    return Ok(false);
                }
                let (parties, _) = guest.with_landlord(unit.as_mut(), house).await?.unwrap();
                place_in(unit.as_mut(), &parties, &new_order(house, stay(first, first))).await?;
                unit.commit().await.map(|()| true)
            };
            match result.await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    };
    let placed = join_all((0..16).map(attempt)).await;
    assert_eq!(placed.iter().filter(|placed| **placed).count(), 4);
}
