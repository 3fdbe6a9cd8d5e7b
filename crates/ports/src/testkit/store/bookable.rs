//! A search finds exactly the houses in which the stay can be booked.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use minsu_domain::{
    BookingPolicy, HouseFilter, HouseId, HouseTerms, OrderStatus, SortKey, Stay, StayLimits, StayRule, UserId,
    WantedStay,
};

use super::fixtures::{
    advance, area, day, exact, fen, filter, found, house_with, new_order, place, place_in, stay, try_place,
    unless_taken, user,
};
use crate::{LockedGuest, NewOrder, OrderNote, Store, StoreError};

/// Numbers that look random and are the same in every run (splitmix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }
}

/// A house as the slow model knows it.
struct Known {
    area: i64,
    terms: HouseTerms,
    held: BTreeSet<NaiveDate>,
}

/// A site with houses and orders, kept in memory too.
struct Site {
    policy: BookingPolicy,
    today: NaiveDate,
    guest: UserId,
    houses: HashMap<HouseId, Known>,
}

impl Site {
    async fn new(store: &dyn Store, rule: StayRule, draw: &mut Draw) -> Self {
        let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
        let policy = BookingPolicy { rule, max_stay_days: 8, horizon_days: 40, ..BookingPolicy::default() };
        let mut houses = HashMap::new();
        for number in 0..18 {
            // Some have a shortest stay that the site does not take.
            let min = 1 + u32::try_from(draw.below(10)).unwrap();
            let max = if draw.below(2) == 0 { 0 } else { min + u32::try_from(draw.below(4)).unwrap() };
            let limits = StayLimits::new(min, max).unwrap();
            let (price, area_id) = (fen(100 + number % 5), 1 + number % 2);
            let id = house_with(store, landlord, |house| {
                (house.limits, house.price, house.area) = (limits, price, area(area_id));
                house.dwelling.capacity = 2;
            })
            .await;
            let terms = HouseTerms { landlord, price, deposit: fen(50_000), limits, capacity: 2, has_rules: false };
            houses.insert(id, Known { area: area_id, terms, held: BTreeSet::new() });
        }
        let mut site = Self { policy, today: day(10), guest, houses };
        site.fill(store, draw).await;
        site
    }

    /// Orders, some of which were rejected, in the past and in the future.
    async fn fill(&mut self, store: &dyn Store, draw: &mut Draw) {
        let mut ids: Vec<_> = self.houses.keys().copied().collect();
        ids.sort_unstable();
        for number in 0..70 {
            let (id, first) = (ids[usize::try_from(draw.below(18)).unwrap()], draw.below(60));
            let stay = stay(first, first + draw.below(5));
            let order = new_order(id, stay);
            let Some(placed) = unless_taken(try_place(store, self.guest, &order).await) else { continue };
            if number % 4 == 0 {
                advance(store, placed, OrderStatus::WaitAccept, OrderStatus::Canceled, &OrderNote::None).await;
            } else {
                self.houses.get_mut(&id).unwrap().held.extend(stay.occupied());
            }
        }
    }

    /// The stay in the house that the dates ask for.
    fn stay(&self, house: &Known, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Stay {
        let rule = self.policy.rule;
        let more = chrono::Days::new(u64::from(house.terms.limits.min_days()) - 1);
        let (start, end) = match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, rule.end_of(start + more)),
            (None, Some(end)) => (rule.last_occupied(end) - more, end),
            (None, None) => panic!("no dates"),
        };
        Stay::new(start, end, rule).unwrap()
    }

    /// Whether the stay can be booked, according to the model.
    fn is_bookable(&self, house: &Known, stay: &Stay) -> bool {
        house.terms.quote(self.guest, stay, self.today, &self.policy).is_ok()
            && !stay.occupied().any(|day| house.held.contains(&day))
    }

    /// Whether the stay can be booked, by booking it and taking that back.
    async fn is_booked(&self, store: &dyn Store, id: HouseId, stay: &Stay) -> bool {
        let attempt = async || {
            let (mut unit, guest) = LockedGuest::begin(store, self.guest).await?.unwrap();
            let (parties, terms) = guest.with_landlord(unit.as_mut(), id).await?.unwrap();
            let Ok(quote) = terms.quote(self.guest, stay, self.today, &self.policy) else { return Ok(false) };
            let order = NewOrder { quote, ..new_order(id, *stay) };
            match place_in(unit.as_mut(), &parties, &order).await {
                Ok(_) => Ok(true),
                Err(StoreError::DaysTaken(_)) => Ok(false),
                Err(error) => Err(error),
            }
        };
        loop {
            match attempt().await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    }
}

/// Dates as a visitor may name them: both, or one of them alone.
fn dates(draw: &mut Draw, rule: StayRule) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let first = draw.below(52) + 5;
    match draw.below(4) {
        0 => (Some(day(first)), None),
        1 => (None, Some(day(first))),
        _ => (Some(day(first)), Some(rule.end_of(day(first + draw.below(11))))),
    }
}

async fn search_and_booking_agree(store: &dyn Store, rule: StayRule, mut draw: Draw) {
    let site = Site::new(store, rule, &mut draw).await;
    let sorts = SortKey::ALL;
    let mut seen = 0;
    for number in 0..160 {
        let (start, end) = dates(&mut draw, rule);
        let within = (draw.below(3) == 0).then_some(1);
        let wanted = site.policy.window(site.today).wanted(start, end).unwrap();
        let mut shown = BTreeSet::new();
        if let Some(stay) = wanted {
            let sort = sorts[usize::try_from(draw.below(4)).unwrap()];
            let filter = HouseFilter { area: within.map(area), stay, ..filter(sort) };
            shown.extend(found(store, &filter).await);
        }
        let houses = site.houses.iter().filter(|(_, house)| within.is_none_or(|area| house.area == area));
        let mut expected = BTreeSet::new();
        for (id, house) in houses {
            let stay = site.stay(house, start, end);
            let bookable = site.is_bookable(house, &stay);
            if number % 20 == 0 {
                assert_eq!(site.is_booked(store, *id, &stay).await, bookable, "{stay:?} in {:?}", house.terms);
            }
            if bookable {
                expected.insert(*id);
            }
        }
        assert_eq!(shown, expected, "{start:?} to {end:?} on {:?}: {wanted:?}", site.today);
        seen += shown.len();
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
