//! A search finds exactly the houses in which the stay can be booked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use minsu_domain::{
    BookingPolicy, Claim, Cursor, HouseFilter, HouseFilters, HouseId, HouseSchedule, HouseTerms, Neighbours, Occupant,
    OrderStatus, PriceRange, SearchTerms, SortKey, Stay, StayLimits, StayRequest, StayRule, UserId, WantedStay,
};

use super::{
    fixtures::{
        advance, area, day, exact, fen, filter, found, house_with, new_order, place, place_in, stay, unless_taken, user,
    },
    occupancy::{days, locked, try_prepared},
    ruled_houses::{Draw, put, with_rules},
};
use crate::{LockedGuest, NewOrder, OrderNote, PageStart, Store, StoreError};

/// A house as the slow model knows it.
struct Known {
    area: i64,
    schedule: HouseSchedule,
    held: BTreeMap<NaiveDate, Occupant>,
}

/// A site with houses, rules and orders, kept in memory too.
struct Site {
    policy: BookingPolicy,
    today: NaiveDate,
    guest: UserId,
    houses: HashMap<HouseId, Known>,
}

impl Site {
    async fn new(store: &dyn Store, rule: StayRule, draw: &mut Draw) -> Self {
        let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
        let short_gaps = draw.below(4) > 0;
        let policy = BookingPolicy { rule, max_stay_days: 8, horizon_days: 40, short_gaps, ..BookingPolicy::default() };
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
            let mut schedule = HouseSchedule::plain(terms);
            if number % 3 > 0 {
                schedule = with_rules(schedule, draw);
                put(store, id, &schedule).await;
            }
            houses.insert(id, Known { area: area_id, schedule, held: BTreeMap::new() });
        }
        let mut site = Self { policy, today: day(10), guest, houses };
        site.fill(store, draw).await;
        site
    }

    /// Orders, some of which were rejected, in the past and in the future, and blocks.
    async fn fill(&mut self, store: &dyn Store, draw: &mut Draw) {
        let mut ids: Vec<_> = self.houses.keys().copied().collect();
        ids.sort_unstable();
        for number in 0..70 {
            let (id, first) = (ids[usize::try_from(draw.below(18)).unwrap()], draw.below(60));
            let stay = stay(first, first + draw.below(5));
            let preparation = self.houses[&id].schedule.rules.preparation_days;
            let Some(placed) = unless_taken(try_prepared(store, self.guest, id, stay, preparation).await) else {
                continue;
            };
            if number % 4 == 0 {
                advance(store, placed, OrderStatus::WaitAccept, OrderStatus::Canceled, &OrderNote::None).await;
                continue;
            }
            let held = &mut self.houses.get_mut(&id).unwrap().held;
            held.extend(stay.occupied().map(|day| (day, Occupant::Order(placed))));
            for day in stay.last().iter_days().skip(1).take(preparation as usize) {
                held.entry(day).or_insert(Occupant::Preparation);
            }
        }
        for _ in 0..12 {
            let (id, first) = (ids[usize::try_from(draw.below(18)).unwrap()], draw.below(60));
            let (mut unit, calendar) = locked(store, id).await.unwrap();
            unit.occupancy().claim(&calendar, Claim::Block, &days([first, first + 3])).await.unwrap();
            unit.commit().await.unwrap();
            for offset in [first, first + 3] {
                self.houses.get_mut(&id).unwrap().held.entry(day(offset)).or_insert(Occupant::Block);
            }
        }
    }

    /// The stays in the house that the dates ask for: of both dates the one; of one date those of the shortest length.
    fn stays(&self, house: &Known, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Vec<Stay> {
        let rule = self.policy.rule;
        let shortest = |stay: &Stay| house.schedule.min_days_on(stay.start()) == stay.days();
        let lengths = (0..9).map(chrono::Days::new);
        match (start, end) {
            (Some(start), Some(end)) => vec![Stay::new(start, end, rule).unwrap()],
            (Some(start), None) => lengths
                .map(|more| Stay::new(start, rule.end_of(start + more), rule).unwrap())
                .filter(shortest)
                .collect(),
            (None, Some(end)) => {
                let last = rule.last_occupied(end);
                lengths.map(|more| Stay::new(last - more, end, rule).unwrap()).filter(shortest).collect()
            }
            (None, None) => panic!("no dates"),
        }
    }

    /// Whether the stay can be booked, according to the model. Gaps count only where both dates are named.
    fn is_bookable(&self, house: &Known, stay: &Stay, gaps: bool) -> bool {
        let preparation = house.schedule.rules.preparation_days;
        let held: Vec<_> = house.held.iter().map(|(day, by)| (*day, *by)).collect();
        let neighbours =
            if gaps { Neighbours::of(stay, preparation, self.today, &held) } else { Neighbours::default() };
        let asked = StayRequest { guest: Some(self.guest), stay, guests: 1, today: self.today, neighbours };
        let mut behind = stay.last().iter_days().skip(1).take(preparation as usize);
        house.schedule.allow(&asked, &self.policy).is_ok()
            && !stay.occupied().any(|day| house.held.contains_key(&day))
            && !behind.any(|day| matches!(house.held.get(&day), Some(Occupant::Order(_))))
    }

    /// A list that is sorted by the total of the stay has the order of the model, forwards and backwards, as a whole
    /// and behind a cursor, and bounds of the price are those of the total.
    async fn sorts_by_total(&self, store: &dyn Store, filter: HouseFilter, expected: &BTreeSet<HouseId>) {
        let WantedStay::Exact { first, last } = filter.stay else { panic!("no stay of both dates") };
        let stay = Stay::new(first, self.policy.rule.end_of(last), self.policy.rule).unwrap();
        let total = |id: &HouseId| self.houses[id].schedule.quote(&stay, 2).unwrap().total();
        let mut sorted: Vec<_> = expected.iter().map(|id| (total(id), std::cmp::Reverse(*id))).collect();
        sorted.sort_unstable();
        let ids: Vec<_> = sorted.iter().map(|(_, id)| id.0).collect();
        let terms = SearchTerms { total_for: Some(2), ..self.policy.search_terms(self.today) };
        let ascending = HouseFilter { terms, sort: SortKey::PriceAscending, ..filter };
        assert_eq!(found(store, &ascending).await, ids, "{stay:?}");
        let mut session = store.read().await.unwrap();
        if let Some((middle, id)) = sorted.get(sorted.len() / 2) {
            let cursor = Cursor::behind(SortKey::PriceAscending, middle.fen(), id.0).unwrap();
            let behind = session.houses().search(&ascending, PageStart::After(cursor), 100).await.unwrap();
            let behind: Vec<_> = behind.into_iter().map(|house| house.id).collect();
            assert_eq!(behind, ids[sorted.len() / 2 + 1..], "{stay:?}");
            let price = PriceRange::new(Some(*middle), Some(*middle)).unwrap();
            let filters = HouseFilters { price, ..HouseFilters::default() };
            let same: Vec<_> = sorted.iter().filter(|(total, _)| total == middle).map(|(_, id)| id.0).collect();
            let bounded = HouseFilter { filters, ..ascending.clone() };
            assert_eq!(found(store, &bounded).await, same, "{stay:?}");
        }
        let descending = HouseFilter { sort: SortKey::PriceDescending, ..ascending };
        sorted.sort_unstable_by_key(|(total, id)| (std::cmp::Reverse(*total), *id));
        assert_eq!(found(store, &descending).await, sorted.iter().map(|(_, id)| id.0).collect::<Vec<_>>(), "{stay:?}");
    }

    /// Whether the stay can be booked, by what the store has of the house, and by booking it and taking that back.
    async fn is_booked(&self, store: &dyn Store, id: HouseId, stay: &Stay) -> bool {
        let attempt = async || {
            let (mut unit, guest) = LockedGuest::begin(store, self.guest).await?.unwrap();
            let (parties, terms) = guest.with_landlord(unit.as_mut(), id).await?.unwrap();
            let schedule = HouseSchedule {
                terms,
                rules: unit.schedules().rules(id).await?,
                seasons: unit.schedules().seasons(id).await?,
                dates: unit.schedules().dates(id, stay.start(), stay.end()).await?,
            };
            let preparation = schedule.rules.preparation_days;
            let (from, to) = Neighbours::days(stay, preparation);
            let occupied = unit.occupancy().occupied(id, from, to).await?;
            let neighbours = Neighbours::of(stay, preparation, self.today, &occupied);
            let asked = StayRequest { guest: Some(self.guest), stay, guests: 1, today: self.today, neighbours };
            if schedule.allow(&asked, &self.policy).is_err() {
                return Ok(false);
            }
            let order = NewOrder { quote: schedule.quote(stay, 1).unwrap(), ..new_order(id, *stay) };
            let placed = async {
                let order = place_in(unit.as_mut(), &parties, &order).await?;
                let behind = stay.last().iter_days().skip(1).take(preparation as usize).collect();
                unit.occupancy().prepare(id, order, &behind).await
            };
            match placed.await {
                Ok(()) => Ok(true),
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
        _ => (Some(day(first)), Some(rule.end_of(day(first + draw.below(9))))),
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
            let terms = site.policy.search_terms(site.today);
            let filter = HouseFilter { area: within.map(area), stay, terms, ..filter(sort) };
            shown.extend(found(store, &filter).await);
        }
        let is_exact = start.is_some() && end.is_some();
        let houses = site.houses.iter().filter(|(_, house)| within.is_none_or(|area| house.area == area));
        let mut expected = BTreeSet::new();
        for (id, house) in houses {
            for stay in site.stays(house, start, end) {
                let bookable = site.is_bookable(house, &stay, is_exact);
                if is_exact && number % 10 == 0 {
                    assert_eq!(site.is_booked(store, *id, &stay).await, bookable, "{stay:?} in {:?}", house.schedule);
                }
                if bookable {
                    expected.insert(*id);
                }
            }
        }
        assert_eq!(shown, expected, "{start:?} to {end:?} on {:?}: {wanted:?}", site.today);
        if let (true, Some(stay)) = (is_exact, wanted) {
            let filter = HouseFilter { area: within.map(area), stay, ..HouseFilter::default() };
            site.sorts_by_total(store, filter, &expected).await;
        }
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
