//! What visitors search houses by.

use chrono::NaiveDate;

use crate::{AreaId, Field, Invalid, Stay, StayRule, Wishes};

/// The order of a house list; ties are broken by id, so that pages never overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    /// Newest first.
    #[default]
    New,
    /// Most completed orders first.
    Booking,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
}

impl SortKey {
    /// Reads the key as the API spells it; an unknown one means [`SortKey::New`].
    pub fn parse(text: &str) -> Self {
        match text {
            "booking" => Self::Booking,
            "price-inc" => Self::PriceAscending,
            "price-des" => Self::PriceDescending,
            _ => Self::New,
        }
    }

    /// The key as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Booking => "booking",
            Self::PriceAscending => "price-inc",
            Self::PriceDescending => "price-des",
        }
    }
}

/// The days on which a house must be free. A range with one end is open: free from that day on,
/// or free up to that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DateRange {
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

impl DateRange {
    /// Takes the arrival and departure that a visitor named.
    ///
    /// # Errors
    /// [`Field::DateRange`] when both are there and make no stay under the rule.
    pub fn new(start: Option<NaiveDate>, end: Option<NaiveDate>, rule: StayRule) -> Result<Self, Invalid> {
        if let (Some(start), Some(end)) = (start, end) {
            Stay::new(start, end, rule).map_err(|_| Invalid::range(Field::DateRange))?;
        }
        Ok(Self { first: start, last: end.map(|end| rule.last_occupied(end)) })
    }

    /// The first day that must be free; absent: from the beginning.
    pub const fn first(self) -> Option<NaiveDate> {
        self.first
    }

    /// The last day that must be free, included; absent: for ever.
    pub const fn last(self) -> Option<NaiveDate> {
        self.last
    }

    /// Whether any day is asked for.
    pub const fn is_open(self) -> bool {
        self.first.is_none() && self.last.is_none()
    }
}

/// A search of the house list without its page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct HouseFilter {
    /// Only this district.
    pub area: Option<AreaId>,
    /// Only houses that are free on all these days.
    pub free: DateRange,
    /// In this order.
    pub sort: SortKey,
    /// Only houses that are like this.
    pub wishes: Wishes,
}

/// The number of a page, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageNumber(u32);

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// Reads a positive decimal number. One that is too large for any list is still a page, an
    /// empty one.
    ///
    /// # Errors
    /// [`Field::Page`] for anything but digits, and for zero.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Invalid::format(Field::Page));
        }
        match text.parse().unwrap_or(u32::MAX) {
            0 => Err(Invalid::range(Field::Page)),
            page => Ok(Self(page)),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// How many entries stand on the pages before this one.
    pub const fn offset(self, page_size: u32) -> u64 {
        (self.0 as u64 - 1) * page_size as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    #[test]
    fn unknown_sort_keys_mean_newest_first() {
        for key in [SortKey::New, SortKey::Booking, SortKey::PriceAscending, SortKey::PriceDescending] {
            assert_eq!(SortKey::parse(key.name()), key);
        }
        assert_eq!(SortKey::parse("'; drop table"), SortKey::New);
    }

    #[test]
    fn one_end_alone_is_an_open_range() {
        let day = parse_day("2026-12-01").unwrap();
        let range = DateRange::new(Some(day), None, StayRule::Days).unwrap();
        assert_eq!((range.first(), range.last(), range.is_open()), (Some(day), None, false));
        assert!(DateRange::new(None, None, StayRule::Days).unwrap().is_open());
    }

    #[test]
    fn a_search_under_nights_leaves_the_departure_free() {
        let (start, end) = (parse_day("2026-12-01").unwrap(), parse_day("2026-12-02").unwrap());
        assert_eq!(DateRange::new(Some(start), Some(end), StayRule::Nights).unwrap().last(), Some(start));
        assert!(DateRange::new(Some(start), Some(start), StayRule::Nights).is_err());
        assert!(DateRange::new(Some(end), Some(start), StayRule::Days).is_err());
    }

    #[test]
    fn pages_are_positive_numbers_of_any_size() {
        assert_eq!(PageNumber::parse("1"), Ok(PageNumber::FIRST));
        assert_eq!(PageNumber::parse("99999999999999999999").map(PageNumber::get), Ok(u32::MAX));
        for bad in ["0", "-1", "", "1.5", "abc", "undefined", " 1"] {
            assert!(PageNumber::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(PageNumber::parse("3").unwrap().offset(20), 40);
    }
}
