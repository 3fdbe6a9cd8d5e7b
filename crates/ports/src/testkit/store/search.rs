//! The search for free houses.

use minsu_domain::{
    AtLeast, Cursor, FacilityId, HouseFilter, HouseFilters, HouseId, PriceRange, SearchWords, SortKey, WantedFacilities,
};

use super::fixtures::{
    area, complete, exact, fen, filter, found, house, house_like, house_with, instant, place, stay, user,
};
use crate::{HouseSummary, PageStart, Store};

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
        let wanted = HouseFilter { stay: exact(first, last), ..filter(SortKey::New) };
        let expected = if shown { vec![busy, free] } else { vec![free] };
        assert_eq!(found(store, &wanted).await, expected, "{first} to {last}");
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
        // Of the two guests of the third house one stayed.
        (SortKey::Popular, [3, 2, 0, 4, 1]),
        (SortKey::PriceAscending, [3, 1, 2, 4, 0]),
        (SortKey::PriceDescending, [4, 0, 2, 3, 1]),
    ] {
        assert_eq!(found(store, &filter(sort)).await, expected(order), "{sort:?}");
    }
    // The newest house is the one published last, not the one written last.
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
    for sort in SortKey::ALL {
        for (area, total) in [(None, 23), (Some(area(1)), 12)] {
            let filter = HouseFilter { area, ..filter(sort) };
            let whole = found(store, &filter).await;
            assert_eq!(whole.len(), total);
            let mut pages: Vec<HouseId> = vec![];
            for offset in (0..40).step_by(5) {
                let page = session.houses().search(&filter, PageStart::Offset(offset), 5).await.unwrap();
                assert!(page.len() <= 5);
                pages.extend(page.iter().map(|house| house.id));
            }
            assert_eq!(pages, whole, "{sort:?}");
            let beyond =
                session.houses().search(&filter, PageStart::Offset(u64::from(u32::MAX) * 1000), 5).await.unwrap();
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
    for sort in SortKey::ALL {
        let filter = HouseFilter { area: Some(area(2)), stay: exact(4, 6), ..filter(sort) };
        let mut ids = found(store, &filter).await;
        ids.sort_unstable();
        assert_eq!(ids, free, "{sort:?}");
    }
}

fn wishing(filters: HouseFilters) -> HouseFilter {
    HouseFilter { filters, ..HouseFilter::default() }
}

fn words(text: &str) -> HouseFilter {
    wishing(HouseFilters { words: Some(SearchWords::parse(text).unwrap()), ..HouseFilters::default() })
}

/// Prices are a range with both ends, guests and rooms at least so many, facilities all of them.
pub async fn filters_narrow(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let small = house_with(store, landlord, |house| {
        (house.price, house.dwelling.capacity, house.dwelling.room_count) = (fen(100), 1, 1);
        house.facilities = vec![];
    })
    .await;
    let large = house_with(store, landlord, |house| {
        (house.price, house.dwelling.capacity, house.dwelling.room_count) = (fen(200), 8, 4);
        house.facilities = [1, 2, 5].map(|id| FacilityId::new(id).unwrap()).to_vec();
    })
    .await;
    let price = |min: Option<i64>, max: Option<i64>| HouseFilters {
        price: PriceRange::new(min.map(fen), max.map(fen)).unwrap(),
        ..HouseFilters::default()
    };
    let guests = |least| HouseFilters { capacity: Some(AtLeast::guests(least).unwrap()), ..HouseFilters::default() };
    let rooms = |least| HouseFilters { room_count: Some(AtLeast::rooms(least).unwrap()), ..HouseFilters::default() };
    let all_of = |ids: &[i64]| HouseFilters {
        facilities: WantedFacilities::new(ids.iter().map(|id| FacilityId::new(*id))).unwrap(),
        ..HouseFilters::default()
    };
    let both = HouseFilters { price: price(Some(150), None).price, ..guests(8) };
    for (filters, expected) in [
        (HouseFilters::default(), vec![large, small]),
        (price(Some(100), Some(200)), vec![large, small]),
        (price(Some(101), None), vec![large]),
        (price(None, Some(199)), vec![small]),
        (price(Some(101), Some(199)), vec![]),
        (guests(1), vec![large, small]),
        (guests(8), vec![large]),
        (guests(9), vec![]),
        (rooms(4), vec![large]),
        (rooms(5), vec![]),
        (all_of(&[5]), vec![large]),
        (all_of(&[1, 2, 5]), vec![large]),
        (all_of(&[1, 3]), vec![]),
        (all_of(&[99]), vec![]),
        (both.clone(), vec![large]),
        (HouseFilters { facilities: all_of(&[3]).facilities, ..both }, vec![]),
    ] {
        assert_eq!(found(store, &wishing(filters.clone())).await, expected, "{filters:?}");
    }
}

/// A house is found by any part of its title and its address.
pub async fn words_find_title_and_address(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let yard = house_with(store, landlord, |house| {
        (house.title, house.address) = ("什刹海四合院 近地铁".to_owned(), "西城区羊房胡同 12 号".to_owned());
    })
    .await;
    let loft = house_with(store, landlord, |house| {
        (house.title, house.address) = ("国贸 Loft".to_owned(), "朝阳区建国路 120 号".to_owned());
        (house.area, house.price) = (area(1), fen(1));
    })
    .await;
    for (text, expected) in [
        ("四合院", vec![yard]),
        ("刹海四", vec![yard]),
        ("地铁 什刹海", vec![yard]),
        ("羊房胡同 四合", vec![yard]),
        ("ｌｏｆｔ", vec![loft]),
        ("LOFT 国贸", vec![loft]),
        ("12", vec![loft, yard]),
        ("120", vec![loft]),
        ("院", vec![yard]),
        ("贸", vec![loft]),
        ("区", vec![loft, yard]),
        ("区 院", vec![yard]),
        ("路 Loft", vec![loft]),
        ("海 贸", vec![]),
        ("楼", vec![]),
        ("四合院 国贸", vec![]),
        ("海淀", vec![]),
        ("' OR 1=1 --", vec![]),
        ("%% __", vec![]),
    ] {
        if let Ok(words) = SearchWords::parse(text) {
            let filter = wishing(HouseFilters { words: Some(words), ..HouseFilters::default() });
            assert_eq!(found(store, &filter).await, expected, "{text}");
        }
    }
    let elsewhere = HouseFilter { area: Some(area(2)), ..words("12") };
    assert_eq!(found(store, &elsewhere).await, []);
    let cheapest = HouseFilter { sort: SortKey::PriceDescending, ..words("12") };
    assert_eq!(found(store, &cheapest).await, [yard, loft]);
}

fn behind(sort: SortKey, house: &HouseSummary) -> PageStart {
    let value = match sort {
        SortKey::New => house.created_at.timestamp_micros(),
        SortKey::Booking => i64::from(house.guests.completed),
        SortKey::Popular => i64::from(house.guests.stayed),
        SortKey::PriceAscending | SortKey::PriceDescending => house.price.fen(),
    };
    PageStart::After(Cursor::behind(sort, value, house.id).unwrap())
}

/// Going on behind the last house of each page lists every house once, in every order, also when
/// houses are published meanwhile, and with filters.
pub async fn a_cursor_goes_on_where_the_page_ended(store: &dyn Store) {
    let landlord = user(store, 1).await;
    for number in 0..17 {
        let id = house_with(store, landlord, |house| {
            (house.price, house.area) = (fen(100 + number % 3), area(1 + number % 2));
        })
        .await;
        complete(store, id, usize::try_from(number % 2).unwrap()).await;
    }
    house(store, landlord, 5).await;
    house(store, landlord, -5).await;
    for sort in SortKey::ALL {
        for wanted in
            [filter(sort), HouseFilter { area: Some(area(1)), ..filter(sort) }, HouseFilter { sort, ..words("中关村") }]
        {
            let whole = found(store, &wanted).await;
            let mut session = store.read().await.unwrap();
            let mut seen: Vec<HouseId> = vec![];
            let mut from = PageStart::Offset(0);
            loop {
                let page = session.houses().search(&wanted, from, 4).await.unwrap();
                seen.extend(page.iter().map(|house| house.id));
                match page.last() {
                    Some(last) if page.len() == 4 => from = behind(sort, last),
                    _ => break,
                }
            }
            assert_eq!(seen, whole, "{wanted:?}");
        }
    }
    let first = {
        let mut session = store.read().await.unwrap();
        session.houses().search(&filter(SortKey::New), PageStart::Offset(0), 3).await.unwrap()
    };
    house(store, landlord, 9).await;
    let from = behind(SortKey::New, &first[2]);
    let mut session = store.read().await.unwrap();
    let rest = session.houses().search(&filter(SortKey::New), from, 100).await.unwrap();
    assert_eq!(rest.len(), 19 - 3);
    assert!(rest.iter().all(|house| house.created_at <= instant(0)));
}
