//! A search finds exactly the houses in which the stay can be booked.

use minsu_domain::{HouseFilter, SortKey, StayLimits, StayRule, WantedStay};

use super::{
    fixtures::{day, exact, filter, found, house_with, place, stay, user},
    random_site::Site,
    ruled_houses::Draw,
};
use crate::Store;

async fn search_and_booking_agree(store: &dyn Store, rule: StayRule, mut draw: Draw) {
    let mut site = Site::new(store, rule, &mut draw, 18).await;
    site.fill(store, &mut draw).await;
    let mut seen = 0;
    for number in 0..160 {
        seen += site.search(store, &mut draw, number % 10 == 0).await;
    }
    assert!(seen > 100, "too little was found to tell anything: {seen}");
}

/// Whatever houses allow and hold, whichever dates a search has: it finds the houses in which placing the
/// stay succeeds, where days are counted.
pub async fn a_search_finds_what_can_be_booked(store: &dyn Store) {
    search_and_booking_agree(store, StayRule::Days, Draw(7)).await;
}

/// The same where nights are counted.
pub async fn a_search_finds_the_nights_that_can_be_booked(store: &dyn Store) {
    search_and_booking_agree(store, StayRule::Nights, Draw(11)).await;
}

/// A search for two days shows no house that is let for three to five only, and one for six days neither.
pub async fn the_bounds_of_a_house_narrow(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let bounded = house_with(store, landlord, |house| house.limits = StayLimits::new(3, 5).unwrap()).await;
    let free = house_with(store, landlord, |house| house.limits = StayLimits::new(1, 0).unwrap()).await;
    for (last, shown) in [(0, false), (1, false), (2, true), (4, true), (5, false), (300, false)] {
        let wanted = HouseFilter { stay: exact(0, last), ..filter(SortKey::New) };
        let expected = if shown { vec![free, bounded] } else { vec![free] };
        assert_eq!(found(store, &wanted).await, expected, "{last}");
    }
}

/// One date alone: a shortest stay of the house fits behind it or before it.
pub async fn one_date_asks_for_a_shortest_stay(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let busy = house_with(store, landlord, |house| house.limits = StayLimits::new(3, 0).unwrap()).await;
    place(store, busy, guest, stay(10, 12)).await;
    let from = |first, longest| WantedStay::From { first: day(first), longest };
    let until = |last, longest| WantedStay::Until { last: day(last), longest };
    for (stay, shown) in [
        (from(7, 99), true),
        (from(8, 99), false),
        (from(12, 99), false),
        (from(13, 99), true),
        (from(13, 3), true),
        (from(13, 2), false),
        (until(9, 99), true),
        (until(10, 99), false),
        (until(14, 99), false),
        (until(15, 99), true),
        (until(15, 2), false),
    ] {
        let wanted = HouseFilter { stay, ..filter(SortKey::New) };
        assert_eq!(!found(store, &wanted).await.is_empty(), shown, "{stay:?}");
    }
}
