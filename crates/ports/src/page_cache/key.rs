//! Which pages there are, and what they depend on.

use std::{
    fmt::{Display, Formatter, Result},
    ops::RangeInclusive,
};

use chrono::NaiveDate;
use minsu_domain::{AreaId, DateRange, HouseFilter, HouseId, PageNumber, SortKey};

/// Something that pages show and that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What lists show of houses: a new house, a first picture, a completed order.
    Offers,
    /// Which days are free: an order placed, rejected or cancelled.
    Availability,
    /// What the page of one house shows: a picture, a comment.
    House(HouseId),
    /// Names and portraits: a rename, a new portrait.
    People,
}

/// A page that is the same for every visitor. It is made of parsed values only: no text of a
/// client becomes part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageKey {
    form: &'static str,
    subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Areas,
    Slides,
    House(HouseId),
    Search(Listed, SortKey, PageNumber),
    Matches(Listed),
}

/// A search without wishes, of which there are not too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Listed {
    area: Option<AreaId>,
    free: DateRange,
}

impl Listed {
    /// There are none for wishes, nor for days that nobody can book: visitors could name any number
    /// of them.
    fn of(filter: &HouseFilter, bookable: impl FnOnce() -> RangeInclusive<NaiveDate>) -> Option<Self> {
        let dates = [filter.free.first(), filter.free.last()];
        // Which day is today is worth asking only where days are named.
        let sensible = filter.free.is_open() || {
            let bookable = bookable();
            dates.into_iter().flatten().all(|day| bookable.contains(&day))
        };
        (sensible && filter.wishes.is_empty()).then_some(Self { area: filter.area, free: filter.free })
    }
}

impl Listed {
    fn availability(self) -> Option<Scope> {
        (!self.free.is_open()).then_some(Scope::Availability)
    }
}

impl Display for Listed {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for day in [self.free.first(), self.free.last()] {
            f.write_str("_")?;
            day.map_or(Ok(()), |day| write!(f, "{}", day.format("%Y-%m-%d")))?;
        }
        f.write_str("_")?;
        self.area.map_or(Ok(()), |area| write!(f, "{area}"))
    }
}

impl PageKey {
    /// The last page of a search that has a key.
    pub const LAST_PAGE: u32 = 1_000;

    /// The districts. `form` says who rendered it: a dialect of the API.
    pub const fn areas(form: &'static str) -> Self {
        Self { form, subject: Subject::Areas }
    }

    /// The slides of the home page.
    pub const fn slides(form: &'static str) -> Self {
        Self { form, subject: Subject::Slides }
    }

    /// What every visitor sees of a house.
    pub const fn house(form: &'static str, id: HouseId) -> Self {
        Self { form, subject: Subject::House(id) }
    }

    /// A page of a search. There is no key for one with wishes, for days that nobody can book, nor for
    /// pages beyond [`Self::LAST_PAGE`]: visitors could name any number of them.
    pub fn search(
        form: &'static str,
        filter: HouseFilter,
        page: PageNumber,
        bookable: impl FnOnce() -> RangeInclusive<NaiveDate>,
    ) -> Option<Self> {
        let listed = Listed::of(&filter, bookable).filter(|_| page.get() <= Self::LAST_PAGE)?;
        Some(Self { form, subject: Subject::Search(listed, filter.sort, page) })
    }

    /// How many houses a search finds, a number in decimal digits: the same for all its pages and
    /// orders, and for every dialect. There is a key where there is one for the first page.
    pub fn matches(filter: &HouseFilter, bookable: impl FnOnce() -> RangeInclusive<NaiveDate>) -> Option<Self> {
        Some(Self { form: "any", subject: Subject::Matches(Listed::of(filter, bookable)?) })
    }

    /// What makes the page out of date when it changes.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> + Clone + use<> {
        let scopes = match self.subject {
            Subject::Areas => [None; 3],
            Subject::Slides => [Some(Scope::Offers), None, None],
            Subject::House(id) => [Some(Scope::House(id)), Some(Scope::People), None],
            Subject::Search(listed, ..) => [Some(Scope::Offers), Some(Scope::People), listed.availability()],
            Subject::Matches(listed) => [Some(Scope::Offers), None, listed.availability()],
        };
        scopes.into_iter().flatten()
    }

    /// Pages of one search share a name (document 002 keeps them in one hash) and differ by
    /// their field.
    pub fn field(&self) -> u32 {
        match self.subject {
            Subject::Search(_, _, page) => page.get(),
            Subject::Areas | Subject::Slides | Subject::House(_) | Subject::Matches(_) => 0,
        }
    }
}

impl Display for PageKey {
    /// The name, for a search that of document 002: `houses_{sd}_{ed}_{aid}_{sk}`, where what is
    /// absent is empty.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { form, subject } = self;
        match subject {
            Subject::Areas => write!(f, "{form}:areas"),
            Subject::Slides => write!(f, "{form}:slides"),
            Subject::House(id) => write!(f, "{form}:house_{id}"),
            Subject::Search(listed, sort, _) => write!(f, "{form}:houses{listed}_{}", sort.name()),
            Subject::Matches(listed) => write!(f, "{form}:matches{listed}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::{AreaId, StayRule, Wishes, parse_day};

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn filter(start: Option<&str>, end: Option<&str>) -> HouseFilter {
        let free = DateRange::new(start.map(day), end.map(day), StayRule::Days).unwrap();
        HouseFilter {
            area: Some(AreaId::new(3).unwrap()),
            free,
            sort: SortKey::PriceAscending,
            wishes: Wishes::default(),
        }
    }

    fn search(filter: HouseFilter, page: &str) -> Option<PageKey> {
        let bookable = day("2026-11-21")..=day("2031-11-21");
        PageKey::search("v1", filter, PageNumber::parse(page).unwrap(), || bookable)
    }

    fn matches(filter: &HouseFilter) -> Option<PageKey> {
        PageKey::matches(filter, || day("2026-11-21")..=day("2031-11-21"))
    }

    fn scopes(key: PageKey) -> Vec<Scope> {
        key.scopes().collect()
    }

    #[test]
    fn a_search_has_the_name_of_document_002_and_a_field_a_page() {
        let key = search(filter(Some("2026-12-01"), Some("2026-12-03")), "4").unwrap();
        assert_eq!((key.to_string().as_str(), key.field()), ("v1:houses_2026-12-01_2026-12-03_3_price-inc", 4));
        let everything = HouseFilter { area: None, sort: SortKey::New, ..filter(None, None) };
        assert_eq!(search(everything, "1").unwrap().to_string(), "v1:houses____new");
        let open = search(filter(None, Some("2026-12-03")), "1").unwrap();
        assert_eq!(open.to_string(), "v1:houses__2026-12-03_3_price-inc");
    }

    #[test]
    fn absurd_searches_have_no_key() {
        assert!(search(filter(Some("2026-11-21"), Some("2031-11-21")), "1000").is_some());
        assert!(search(filter(Some("2026-11-20"), None), "1").is_none());
        assert!(search(filter(None, Some("2031-11-22")), "1").is_none());
        assert!(search(filter(None, None), "1001").is_none());
        assert!(search(filter(None, None), "99999999999").is_none());
    }

    #[test]
    fn searches_with_wishes_have_no_key() {
        let wishes = Wishes { capacity: Some(minsu_domain::AtLeast::guests("2").unwrap()), ..Wishes::default() };
        let wished = HouseFilter { wishes, ..filter(None, None) };
        assert!(search(wished.clone(), "1").is_none());
        assert!(matches(&wished).is_none());
        assert!(matches(&filter(Some("2026-11-20"), None)).is_none());
        assert!(matches(&filter(Some("2026-11-21"), None)).is_some());
    }

    #[test]
    fn pages_depend_on_what_they_show() {
        let house = HouseId::new(7).unwrap();
        assert_eq!(scopes(PageKey::areas("v1")), []);
        assert_eq!(scopes(PageKey::slides("v1")), [Scope::Offers]);
        assert_eq!(scopes(PageKey::house("v1", house)), [Scope::House(house), Scope::People]);
        assert_eq!(scopes(search(filter(None, None), "1").unwrap()), [Scope::Offers, Scope::People]);
        let dated = search(filter(Some("2026-12-01"), None), "1").unwrap();
        assert_eq!(scopes(dated), [Scope::Offers, Scope::People, Scope::Availability]);
        assert_eq!(scopes(matches(&filter(None, None)).unwrap()), [Scope::Offers]);
        let dated = matches(&filter(None, Some("2026-12-01"))).unwrap();
        assert_eq!(scopes(dated), [Scope::Offers, Scope::Availability]);
    }

    #[test]
    fn every_page_has_a_name_and_field_of_its_own() {
        let house = |id| PageKey::house("v1", HouseId::new(id).unwrap());
        let undated = filter(None, None);
        let mut keys =
            vec![PageKey::areas("v1"), PageKey::slides("v1"), PageKey::slides("classic"), house(1), house(11)];
        for dates in [(None, None), (Some("2026-12-01"), None), (None, Some("2026-12-01"))] {
            keys.extend(search(filter(dates.0, dates.1), "1"));
        }
        keys.extend(search(undated.clone(), "2"));
        keys.extend(search(HouseFilter { area: None, ..undated.clone() }, "1"));
        keys.extend(search(HouseFilter { sort: SortKey::Booking, ..undated.clone() }, "1"));
        keys.extend([matches(&undated), matches(&HouseFilter { area: None, ..undated.clone() })].into_iter().flatten());
        // The order makes no other number.
        keys.extend(matches(&HouseFilter { sort: SortKey::Booking, ..undated }));
        let names: std::collections::HashSet<_> = keys.iter().map(|key| (key.to_string(), key.field())).collect();
        assert_eq!(names.len(), 13);
    }
}
