//! Searches of a random site, and what its model says of them.

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::NaiveDate;
use minsu_domain::{
    AtLeast, Cursor, HouseFilter, HouseFilters, HouseId, Money, PriceRange, SearchTerms, SortKey, Stay, StayRule,
    WantedStay,
};

use super::{
    fixtures::{area, day, filter, found},
    random_site::Site,
    ruled_houses::Draw,
};
use crate::{PageStart, Store};

/// Dates as a visitor may name them: both, or one of them alone.
fn dates(draw: &mut Draw, rule: StayRule) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let first = draw.below(52) + 5;
    match draw.below(4) {
        0 => (Some(day(first)), None),
        1 => (None, Some(day(first))),
        _ => (Some(day(first)), Some(rule.end_of(day(first + draw.below(9))))),
    }
}

impl Site {
    /// Searches for any dates: what is found is what the model says can be booked. Where `books`, every house is booked,
    /// too, and that taken back. Returns how many houses were found.
    pub(super) async fn search(&self, store: &dyn Store, draw: &mut Draw, books: bool) -> usize {
        let (start, end) = dates(draw, self.policy.rule);
        let within = (draw.below(3) == 0).then_some(1);
        let wanted = self.policy.window(self.today).wanted(start, end).unwrap();
        let mut shown = BTreeSet::new();
        if let Some(stay) = wanted {
            let sort = SortKey::ALL[usize::try_from(draw.below(5)).unwrap()];
            let terms = self.policy.search_terms(self.today);
            let filter = HouseFilter { area: within.map(area), stay, terms, ..filter(sort) };
            shown.extend(found(store, &filter).await);
        }
        let is_exact = start.is_some() && end.is_some();
        let mut expected = BTreeSet::new();
        for (id, house) in self.houses.iter().filter(|(_, house)| within.is_none_or(|area| house.area == area)) {
            for stay in self.stays(house, start, end) {
                let bookable = self.is_bookable(house, &stay, is_exact);
                if is_exact && books {
                    assert_eq!(self.is_booked(store, *id, &stay).await, bookable, "{stay:?} in {:?}", house.schedule);
                }
                if bookable {
                    expected.insert(*id);
                }
            }
        }
        assert_eq!(shown, expected, "{start:?} to {end:?} on {:?}: {wanted:?}", self.today);
        if let (true, Some(stay)) = (is_exact, wanted) {
            let filter = HouseFilter { area: within.map(area), stay, ..HouseFilter::default() };
            self.sorts_by_total(store, filter, &expected).await;
        }
        shown.len()
    }

    /// A list that is sorted by the total of the stay has the order of the model, forwards and backwards, as a whole,
    /// behind a cursor and in pages, and bounds of the price are those of the total.
    async fn sorts_by_total(&self, store: &dyn Store, filter: HouseFilter, expected: &BTreeSet<HouseId>) {
        let WantedStay::Exact { first, last } = filter.stay else { panic!("no stay of both dates") };
        let stay = Stay::new(first, self.policy.rule.end_of(last), self.policy.rule).unwrap();
        let total = |id: &HouseId| self.houses[id].schedule.quote(&stay, 2).unwrap().total();
        let mut sorted: Vec<_> = expected.iter().map(|id| (total(id), Reverse(*id))).collect();
        sorted.sort_unstable();
        let terms = SearchTerms { total_for: Some(2), ..self.policy.search_terms(self.today) };
        let capacity = AtLeast::guests(2).ok();
        let filters = HouseFilters { capacity, ..HouseFilters::default() };
        let ascending = HouseFilter { terms, sort: SortKey::PriceAscending, filters, ..filter };
        in_order(store, &ascending, &sorted).await;
        if let Some((middle, _)) = sorted.get(sorted.len() / 2) {
            let price = PriceRange::new(Some(*middle), Some(*middle)).unwrap();
            let filters = HouseFilters { price, capacity, ..HouseFilters::default() };
            let same: Vec<_> = sorted.iter().filter(|(total, _)| total == middle).map(|(_, id)| id.0).collect();
            for sort in [SortKey::PriceAscending, SortKey::PriceDescending, SortKey::New] {
                let bounded = HouseFilter { filters: filters.clone(), sort, ..ascending.clone() };
                let found = found(store, &bounded).await;
                assert_eq!(BTreeSet::from_iter(found), BTreeSet::from_iter(same.clone()), "{stay:?} {sort:?}");
            }
        }
        sorted.sort_unstable_by_key(|(total, id)| (Reverse(*total), *id));
        let descending = HouseFilter { sort: SortKey::PriceDescending, ..ascending };
        in_order(store, &descending, &sorted).await;
        // Without room for all guests that are priced no bound from above is known.
        let any_capacity = HouseFilter { filters: HouseFilters::default(), ..descending };
        in_order(store, &any_capacity, &sorted).await;
    }
}

/// The list as a whole, by offsets and by cursors.
async fn in_order(store: &dyn Store, filter: &HouseFilter, sorted: &[(Money, Reverse<HouseId>)]) {
    let ids: Vec<_> = sorted.iter().map(|(_, id)| id.0).collect();
    assert_eq!(found(store, filter).await, ids, "{filter:?}");
    let mut session = store.read().await.unwrap();
    for limit in [1, 3] {
        let mut from = PageStart::Offset(0);
        for (place, page) in ids.chunks(limit).enumerate() {
            let size = u32::try_from(limit).unwrap();
            let by_cursor = session.houses().search(filter, from, size).await.unwrap();
            assert_eq!(by_cursor.into_iter().map(|house| house.id).collect::<Vec<_>>(), page, "{filter:?}");
            let offset = place * limit;
            if place % 3 == 0 {
                let by_offset = session.houses().search(filter, PageStart::Offset(offset as u64), size).await.unwrap();
                assert_eq!(by_offset.into_iter().map(|house| house.id).collect::<Vec<_>>(), page, "{filter:?}");
            }
            let (total, id) = sorted[offset + page.len() - 1];
            from = PageStart::After(Cursor::behind(filter.sort, total.fen(), id.0).unwrap());
        }
        assert_eq!(session.houses().search(filter, from, 3).await.unwrap(), []);
    }
}
