//! Searches of the house list.

use crate::{AreaId, Field, HouseFilters, Invalid, SearchTerms, WantedStay};

/// The order of a house list; ties are broken by id, so that pages never overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    /// Newest first.
    #[default]
    New,
    /// Most guests with a completed order first.
    Booking,
    /// Most guests first whose stay had begun when they completed an order.
    Popular,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
}

impl SortKey {
    /// Every order.
    pub const ALL: [Self; 5] = [Self::New, Self::Booking, Self::Popular, Self::PriceAscending, Self::PriceDescending];
}

/// A search of the house list without its page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct HouseFilter {
    /// Only this district.
    pub area: Option<AreaId>,
    /// Only houses in which this stay can be booked.
    pub stay: WantedStay,
    /// In this order.
    pub sort: SortKey,
    /// Only houses that match these.
    pub filters: HouseFilters,
    /// What booking knows of the site; it matters for stays with dates.
    pub terms: SearchTerms,
}

/// How many entries a page of a list has at most: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageLimit(u32);

impl PageLimit {
    /// Where nothing else is asked for.
    pub const USUAL: Self = Self(20);
    /// The most.
    pub const MAX: u32 = 100;

    /// Takes a number of entries.
    ///
    /// # Errors
    /// [`Field::Page`] for zero and above [`Self::MAX`].
    pub const fn new(number: u32) -> Result<Self, Invalid> {
        if number == 0 || number > Self::MAX { Err(Invalid::range(Field::Page)) } else { Ok(Self(number)) }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The number of a page, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageNumber(u32);

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// The page with this number. One that is too large for any list is still a page, an empty one.
    ///
    /// # Errors
    /// [`Field::Page`] for zero.
    pub const fn new(number: u32) -> Result<Self, Invalid> {
        if number == 0 { Err(Invalid::range(Field::Page)) } else { Ok(Self(number)) }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// How many entries are on the pages before this one.
    pub const fn offset(self, page_size: u32) -> u64 {
        (self.0 as u64 - 1) * page_size as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_count_from_one() {
        assert_eq!(PageNumber::new(1), Ok(PageNumber::FIRST));
        assert_eq!(PageNumber::new(0), Err(Invalid::range(Field::Page)));
        assert_eq!(PageNumber::new(3).unwrap().offset(20), 40);
        assert_eq!(PageNumber::new(u32::MAX).map(PageNumber::get), Ok(u32::MAX));
    }
}
