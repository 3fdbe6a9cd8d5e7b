//! Which pages are cached, under which keys, and what invalidates them.

use std::fmt::{Display, Formatter, Result};

use chrono::NaiveDate;
use minsu_application::houses::CacheableSearch;
use minsu_domain::{HouseId, SortKey, WantedStay};
use minsu_ports::{CommonTag, EntryKey, InvalidationTag};

/// What lists show of houses: a new house, a first picture, a completed order.
pub const OFFERS: InvalidationTag = InvalidationTag::Common(CommonTag::new(0, "offers"));
/// Which days are free: an order placed, rejected or cancelled.
pub const AVAILABILITY: InvalidationTag = InvalidationTag::Common(CommonTag::new(1, "availability"));
/// Names and portraits: a rename, a new portrait.
pub const PEOPLE: InvalidationTag = InvalidationTag::Common(CommonTag::new(2, "people"));

/// The page of one house: a picture, a comment.
pub const fn of_house(id: HouseId) -> InvalidationTag {
    InvalidationTag::Individual { kind: "house", id: id.get() }
}

/// The key of a page that is the same for every visitor. `form` names the dialect that rendered it, and whether
/// for visitors with or without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    entry: EntryKey,
    dated: bool,
}

impl PageKey {
    /// The districts.
    pub fn areas(form: &'static str) -> Option<Self> {
        Self::undated(EntryKey::new(form, format_args!("areas"), 0, [None; 3])?)
    }

    /// The facilities.
    pub fn facilities(form: &'static str) -> Option<Self> {
        Self::undated(EntryKey::new(form, format_args!("facilities"), 0, [None; 3])?)
    }

    /// What a client has to know of the site.
    pub fn site(form: &'static str) -> Option<Self> {
        Self::undated(EntryKey::new(form, format_args!("site"), 0, [None; 3])?)
    }

    /// The slides of the home page.
    pub fn slides(form: &'static str) -> Option<Self> {
        Self::undated(EntryKey::new(form, format_args!("slides"), 0, [Some(OFFERS), None, None])?)
    }

    /// The page of a house, without the viewer.
    pub fn house(form: &'static str, id: HouseId) -> Option<Self> {
        let tags = [Some(of_house(id)), Some(PEOPLE), None];
        Self::undated(EntryKey::new(form, format_args!("house_{id}"), 0, tags)?)
    }

    /// The page of a house for people, with the days that are free from `day` on.
    pub fn listing(form: &'static str, id: HouseId, day: NaiveDate) -> Option<Self> {
        let tags = [Some(of_house(id)), Some(PEOPLE), Some(AVAILABILITY)];
        Self::undated(EntryKey::new(form, format_args!("listing_{id}_{day}"), 0, tags)?)
    }

    /// The days of a house from one to another, with their prices, as they can be booked on the day `today`.
    pub fn calendar(
        form: &'static str,
        id: HouseId,
        (from, to): (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> Option<Self> {
        let tags = [Some(of_house(id)), Some(AVAILABILITY), None];
        let entry = EntryKey::new(form, format_args!("calendar_{id}_{from}_{to}@{today}"), 0, tags)?;
        Some(Self { entry, dated: true })
    }

    /// A page of a search, if the page is cacheable. Its name is that of document 002,
    /// `houses_{sd}_{ed}_{aid}_{sk}`, where an absent part is empty; behind a lone date comes how long a stay may be,
    /// and a search with dates ends with the day on which it was made, because notice and booking windows count from
    /// that day. Pages of one search differ by their field.
    pub fn search(form: &'static str, search: &CacheableSearch) -> Option<Self> {
        let dated = search.stay.is_dated();
        let tags = [Some(OFFERS), Some(PEOPLE), dated.then_some(AVAILABILITY)];
        let name = format_args!("houses{}_{}{}", Listed(search), sort_name(search.sort), Made(search));
        Some(Self { entry: EntryKey::new(form, name, search.page?.get(), tags)?, dated })
    }

    /// How many houses a search finds, a number in decimal digits: the same for all its pages and orders,
    /// and for every dialect.
    pub fn matches(search: &CacheableSearch) -> Option<Self> {
        let dated = search.stay.is_dated();
        let tags = [Some(OFFERS), dated.then_some(AVAILABILITY), None];
        Some(Self {
            entry: EntryKey::new("any", format_args!("matches{}{}", Listed(search), Made(search)), 0, tags)?,
            dated,
        })
    }

    fn undated(entry: EntryKey) -> Option<Self> {
        Some(Self { entry, dated: false })
    }

    /// The key in the cache.
    pub const fn entry(&self) -> &EntryKey {
        &self.entry
    }

    /// Whether the page is about days: a request that led to it may lead elsewhere tomorrow, because days
    /// that are past cannot be booked.
    pub const fn is_dated(&self) -> bool {
        self.dated
    }
}

/// The days and the district of a search as its name has them.
struct Listed<'a>(&'a CacheableSearch);

impl Display for Listed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0.stay {
            WantedStay::Any => f.write_str("__")?,
            WantedStay::Exact { first, last } => write!(f, "_{first}_{last}")?,
            WantedStay::From { first, longest } => write!(f, "_{first}~{longest}_")?,
            WantedStay::Until { last, longest } => write!(f, "__{last}~{longest}")?,
        }
        f.write_str("_")?;
        self.0.area.map_or(Ok(()), |area| write!(f, "{area}"))
    }
}

/// The day of a search with dates; nothing for one without.
struct Made<'a>(&'a CacheableSearch);

impl Display for Made<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.0.stay.is_dated() { write!(f, "@{}", self.0.today) } else { Ok(()) }
    }
}

/// The order as document 002 names it.
const fn sort_name(sort: SortKey) -> &'static str {
    match sort {
        SortKey::New => "new",
        SortKey::Booking => "booking",
        SortKey::Popular => "popular",
        SortKey::PriceAscending => "price-inc",
        SortKey::PriceDescending => "price-des",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::{AreaId, BookingPolicy, PageNumber, parse_day};

    fn listed(start: Option<&str>, end: Option<&str>, page: &str) -> CacheableSearch {
        let day = |text| parse_day(text).unwrap();
        let window = BookingPolicy::default().window(day("2026-11-21"));
        CacheableSearch {
            area: Some(AreaId::new(3).unwrap()),
            stay: window.wanted(start.map(day), end.map(day)).unwrap().unwrap(),
            sort: SortKey::PriceAscending,
            page: PageNumber::new(page.parse().unwrap()).ok(),
            today: day("2026-11-21"),
        }
    }

    fn search(search: &CacheableSearch) -> PageKey {
        PageKey::search("v1", search).unwrap()
    }

    fn tags(key: Option<PageKey>) -> Vec<InvalidationTag> {
        key.unwrap().entry.tags().collect()
    }

    #[test]
    fn a_search_has_the_name_of_document_002_and_a_field_a_page() {
        let key = search(&listed(Some("2026-12-01"), Some("2026-12-03"), "4")).entry;
        assert_eq!(
            (key.to_string().as_str(), key.field()),
            ("v1:houses_2026-12-01_2026-12-03_3_price-inc@2026-11-21", 4)
        );
        let everything = CacheableSearch { area: None, sort: SortKey::New, ..listed(None, None, "1") };
        assert_eq!(search(&everything).entry.to_string(), "v1:houses____new");
        let until = search(&listed(None, Some("2026-12-03"), "1"));
        assert_eq!(until.entry.to_string(), "v1:houses__2026-12-03~13_3_price-inc@2026-11-21");
        let from = search(&listed(Some("2026-12-03"), None, "1"));
        assert_eq!(from.entry.to_string(), "v1:houses_2026-12-03~180__3_price-inc@2026-11-21");
    }

    #[test]
    fn pages_depend_on_what_they_show() {
        let house = HouseId::new(7).unwrap();
        assert_eq!(tags(PageKey::areas("v1")), []);
        assert_eq!(tags(PageKey::slides("v1")), [OFFERS]);
        assert_eq!(tags(PageKey::house("v1", house)), [of_house(house), PEOPLE]);
        let undated = listed(None, None, "1");
        assert_eq!((tags(PageKey::search("v1", &undated)), search(&undated).is_dated()), (vec![OFFERS, PEOPLE], false));
        let dated = listed(Some("2026-12-01"), None, "1");
        let expected = vec![OFFERS, PEOPLE, AVAILABILITY];
        assert_eq!((tags(PageKey::search("v1", &dated)), search(&dated).is_dated()), (expected, true));
        assert_eq!(tags(PageKey::matches(&undated)), [OFFERS]);
        assert_eq!(tags(PageKey::matches(&dated)), [OFFERS, AVAILABILITY]);
    }

    #[test]
    fn every_page_has_a_key_of_its_own() {
        let house = |id| PageKey::house("v1", HouseId::new(id).unwrap());
        let undated = listed(None, None, "1");
        let mut keys = vec![
            PageKey::areas("v1"),
            PageKey::facilities("v1"),
            PageKey::slides("v1"),
            PageKey::slides("classic"),
            house(1),
            house(11),
        ];
        for dates in [(None, None), (Some("2026-12-01"), None), (None, Some("2026-12-01"))] {
            keys.push(PageKey::search("v1", &listed(dates.0, dates.1, "1")));
        }
        keys.push(PageKey::search("v1", &listed(None, None, "2")));
        for other in [CacheableSearch { area: None, ..undated }, CacheableSearch { sort: SortKey::Booking, ..undated }]
        {
            keys.push(PageKey::search("v1", &other));
        }
        // Tomorrow another stay is too near; of searches without dates the day makes no other page.
        let dated = listed(Some("2026-12-01"), None, "1");
        let tomorrow = parse_day("2026-11-22").unwrap();
        keys.push(PageKey::search("v1", &CacheableSearch { today: tomorrow, ..dated }));
        keys.push(PageKey::search("v1", &CacheableSearch { today: tomorrow, ..undated }));
        keys.push(PageKey::matches(&dated));
        keys.push(PageKey::matches(&CacheableSearch { today: tomorrow, ..dated }));
        // The order makes no other number.
        for search in
            [undated, CacheableSearch { area: None, ..undated }, CacheableSearch { sort: SortKey::Booking, ..undated }]
        {
            keys.push(PageKey::matches(&search));
        }
        let keys: std::collections::HashSet<_> = keys.into_iter().map(|key| *key.unwrap().entry()).collect();
        assert_eq!(keys.len(), 17);
    }

    #[test]
    fn the_longest_names_have_room() {
        let longest = PageKey::house("classic-members", HouseId::new(i64::MAX).unwrap());
        assert!(longest.is_some());
        let dated = listed(Some("2026-12-01"), Some("2026-12-03"), "1000");
        let area = AreaId::new(i64::MAX).ok();
        assert!(PageKey::search("classic-members", &CacheableSearch { area, ..dated }).is_some());
        let day = parse_day("2026-12-01").unwrap();
        assert!(PageKey::calendar("classic-members", HouseId::new(i64::MAX).unwrap(), (day, day), day).is_some());
    }
}
