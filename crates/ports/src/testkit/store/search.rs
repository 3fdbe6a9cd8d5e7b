//! The search for free houses.

use minsu_domain::{HouseFilter, HouseId, SortKey};

use super::fixtures::{area, complete, filter, found, house, house_like, place, range, stay, user};
use crate::Store;

/// Every sort key.
const SORTS: [SortKey; 4] = [SortKey::New, SortKey::Booking, SortKey::PriceAscending, SortKey::PriceDescending];

/// An area shows its own houses, no area shows all, an unknown area none.
pub async fn the_area_narrows(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (east, west) = (house_like(store, landlord, 100, 1).await, house_like(store, landlord, 100, 2).await);
    let within = |id| HouseFilter { area: Some(area(id)), ..filter(SortKey::New) };
    assert_eq!(found(store, &within(1)).await, [east]);
    assert_eq!(found(store, &within(2)).await, [west]);
    assert_eq!(found(store, &within(999)).await, []);
    assert_eq!(found(store, &filter(SortKey::New)).await, [west, east]);
}

/// A stay from day 10 to 12 hides the house from every range that has one of these days.
pub async fn an_occupied_day_hides_the_house(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (busy, free) = (house(store, landlord, 1).await, house(store, landlord, 0).await);
    place(store, busy, guest, stay(10, 12)).await;
    for (first, last, shown) in [
        (8, 9, true),
        (9, 9, true),
        (9, 10, false),
        (10, 10, false),
        (11, 11, false),
        (12, 12, false),
        (12, 14, false),
        (8, 20, false),
        (13, 13, true),
        (13, 20, true),
    ] {
        let wanted = HouseFilter { free: range(Some(first), Some(last)), ..filter(SortKey::New) };
        let expected = if shown { vec![busy, free] } else { vec![free] };
        assert_eq!(found(store, &wanted).await, expected, "{first} to {last}");
    }
}

/// One date alone: free from that day on for ever, or free on every day up to that one.
pub async fn an_open_range_has_one_end(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let busy = house(store, landlord, 0).await;
    place(store, busy, guest, stay(10, 12)).await;
    for (first, last, shown) in [
        (Some(9), None, false),
        (Some(12), None, false),
        (Some(13), None, true),
        (None, Some(9), true),
        (None, Some(10), false),
        (None, Some(99), false),
    ] {
        let wanted = HouseFilter { free: range(first, last), ..filter(SortKey::New) };
        assert_eq!(!found(store, &wanted).await.is_empty(), shown, "{first:?} to {last:?}");
    }
}

/// Each order is right, and equal houses come newest first in all of them.
pub async fn every_order_breaks_ties_by_the_newest(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut ids = vec![];
    for (price, orders) in [(300, 1), (100, 0), (200, 2), (100, 1), (300, 0)] {
        let id = house_like(store, landlord, price, 1).await;
        complete(store, id, orders).await;
        ids.push(id);
    }
    let expected = |order: [usize; 5]| order.map(|number| ids[number]);
    for (sort, order) in [
        (SortKey::New, [4, 3, 2, 1, 0]),
        (SortKey::Booking, [2, 3, 0, 4, 1]),
        (SortKey::PriceAscending, [3, 1, 2, 4, 0]),
        (SortKey::PriceDescending, [4, 0, 2, 3, 1]),
    ] {
        assert_eq!(found(store, &filter(sort)).await, expected(order), "{sort:?}");
    }
    // Newest is what was published last, not what was written last.
    let old = house(store, landlord, -1).await;
    let new = house(store, landlord, 1).await;
    let all = found(store, &filter(SortKey::New)).await;
    assert_eq!((all.first(), all.last()), (Some(&new), Some(&old)));
}

/// In every order the pages put together are the whole list; past the end they are empty.
pub async fn pages_are_disjoint_and_complete(store: &dyn Store) {
    let landlord = user(store, 1).await;
    for number in 0..23 {
        house_like(store, landlord, 100 + number % 3, 1 + number % 2).await;
    }
    let mut session = store.read().await.unwrap();
    for sort in SORTS {
        for (area, total) in [(None, 23), (Some(area(1)), 12)] {
            let filter = HouseFilter { area, ..filter(sort) };
            let whole = found(store, &filter).await;
            assert_eq!(whole.len(), total);
            let mut pages: Vec<HouseId> = vec![];
            for offset in (0..40).step_by(5) {
                let page = session.houses().search(&filter, offset, 5).await.unwrap();
                assert!(page.len() <= 5);
                pages.extend(page.iter().map(|house| house.id));
            }
            assert_eq!(pages, whole, "{sort:?}");
            let beyond = session.houses().search(&filter, u64::from(u32::MAX) * 1000, 5).await.unwrap();
            assert_eq!(beyond, []);
        }
    }
}

/// The count is true up to the bound, and the bound above it.
pub async fn counting_stops_at_the_bound(store: &dyn Store) {
    let landlord = user(store, 1).await;
    for number in 0..7 {
        house(store, landlord, number).await;
    }
    let mut session = store.read().await.unwrap();
    for (at_most, count) in [(0, 0), (6, 6), (7, 7), (8, 7), (u64::MAX, 7)] {
        assert_eq!(session.houses().count(&filter(SortKey::New), at_most).await.unwrap(), count);
    }
}

/// Area and dates narrow together in every order.
pub async fn everything_narrows_together(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let mut free = vec![];
    for number in 0..12 {
        let id = house_like(store, landlord, 100 + number, 1 + number % 3).await;
        if number % 2 == 0 {
            place(store, id, guest, stay(3, 4)).await;
        } else if number % 3 == 1 {
            free.push(id);
        }
    }
    for sort in SORTS {
        let filter = HouseFilter { area: Some(area(2)), free: range(Some(4), Some(6)), sort };
        let mut ids = found(store, &filter).await;
        ids.sort_unstable();
        assert_eq!(ids, free, "{sort:?}");
    }
}
