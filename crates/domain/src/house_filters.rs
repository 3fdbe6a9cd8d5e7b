//! Filters of a search in addition to district, days and order.

use crate::{FacilityId, Field, HouseDraft, Invalid, Money, SearchWords};

/// Filters of a search; a house must match all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct HouseFilters {
    /// The price of a day.
    pub price: PriceRange,
    /// Room for at least so many guests.
    pub capacity: Option<AtLeast>,
    /// At least so many rooms.
    pub room_count: Option<AtLeast>,
    /// All of these.
    pub facilities: WantedFacilities,
    /// All of these.
    pub words: Option<SearchWords>,
}

impl HouseFilters {
    /// Whether no filter is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A range of prices of a day, both ends included; either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PriceRange {
    min: Option<Money>,
    max: Option<Money>,
}

impl PriceRange {
    /// Prices from `min` to `max`.
    ///
    /// # Errors
    /// [`Field::Price`] when the greatest price lies below the least.
    pub fn new(min: Option<Money>, max: Option<Money>) -> Result<Self, Invalid> {
        match (min, max) {
            (Some(min), Some(max)) if max < min => Err(Invalid::range(Field::Price)),
            _ => Ok(Self { min, max }),
        }
    }

    /// The prices of a day at which so many days cost what lies in this range.
    #[must_use]
    pub fn per_day(self, days: u32) -> Self {
        let days = i64::from(days.max(1));
        // No amount of money becomes larger, so each stays one.
        let each = |money: Money, fen: i64| Money::from_fen(fen).unwrap_or(money);
        let up = |money: Money| each(money, money.fen() / days + i64::from(money.fen() % days != 0));
        Self { min: self.min.map(up), max: self.max.map(|money| each(money, money.fen() / days)) }
    }

    /// The least price.
    pub const fn min(self) -> Option<Money> {
        self.min
    }

    /// The greatest price.
    pub const fn max(self) -> Option<Money> {
        self.max
    }
}

/// A least number of guests or rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtLeast(u32);

impl AtLeast {
    /// Room for so many guests: 1 to 1,000, as houses have them.
    ///
    /// # Errors
    /// [`Field::Capacity`].
    pub fn guests(number: u64) -> Result<Self, Invalid> {
        Self::new(number, HouseDraft::MAX_CAPACITY, Field::Capacity)
    }

    /// So many rooms: 1 to 100, as houses have them.
    ///
    /// # Errors
    /// [`Field::RoomCount`].
    pub fn rooms(number: u64) -> Result<Self, Invalid> {
        Self::new(number, HouseDraft::MAX_ROOM_COUNT, Field::RoomCount)
    }

    fn new(number: u64, most: i64, field: Field) -> Result<Self, Invalid> {
        match u32::try_from(number) {
            Ok(number) if number >= 1 && i64::from(number) <= most => Ok(Self(number)),
            _ => Err(Invalid::range(field)),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The facilities that a house must have, each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct WantedFacilities(Vec<FacilityId>);

impl WantedFacilities {
    /// The most different ones in a search; the site has hardly more.
    pub const MOST: usize = 32;
    /// The most ids in a search, duplicates included, as for the facilities of a house.
    pub const MOST_NAMED: usize = HouseDraft::MAX_FACILITIES;

    /// Takes ids in any order; doubles count once. It stops reading at the first id too many.
    ///
    /// # Errors
    /// [`Field::Facility`] for more ids than [`Self::MOST_NAMED`], or more than [`Self::MOST`] different ones;
    /// and the error of an id.
    pub fn new(named: impl IntoIterator<Item = Result<FacilityId, Invalid>>) -> Result<Self, Invalid> {
        let mut ids = Vec::new();
        for (place, id) in named.into_iter().enumerate() {
            if place == Self::MOST_NAMED {
                return Err(Invalid::range(Field::Facility));
            }
            let id = id?;
            if let Err(place) = ids.binary_search(&id) {
                if ids.len() == Self::MOST {
                    return Err(Invalid::range(Field::Facility));
                }
                ids.insert(place, id);
            }
        }
        Ok(Self(ids))
    }

    /// The ids, ascending.
    pub fn ids(&self) -> &[FacilityId] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_totals_is_one_of_prices() {
        let range = |min: i64, max: i64| PriceRange {
            min: Some(Money::from_fen(min).unwrap()),
            max: Some(Money::from_fen(max).unwrap()),
        };
        for days in 1..=7_u32 {
            let prices = range(100, 200).per_day(days);
            for price in 0..=220_i64 {
                let total = price * i64::from(days);
                let is_in = prices.min.unwrap().fen() <= price && price <= prices.max.unwrap().fen();
                assert_eq!(is_in, (100..=200).contains(&total), "{days} days at {price}");
            }
        }
        assert_eq!(PriceRange::default().per_day(3), PriceRange::default());
    }
    use proptest::prelude::*;

    fn fen(fen: i64) -> Money {
        Money::from_fen(fen).unwrap()
    }

    fn facilities(ids: impl IntoIterator<Item = i64>) -> Result<WantedFacilities, Invalid> {
        WantedFacilities::new(ids.into_iter().map(FacilityId::new))
    }

    #[test]
    fn prices_are_a_range_with_open_ends() {
        let range = PriceRange::new(Some(fen(100)), Some(fen(100))).unwrap();
        assert_eq!((range.min(), range.max()), (Some(fen(100)), Some(fen(100))));
        assert_eq!(PriceRange::new(None, None), Ok(PriceRange::default()));
        assert_eq!(PriceRange::new(Some(fen(2)), Some(fen(1))), Err(Invalid::range(Field::Price)));
    }

    #[test]
    fn least_numbers_are_those_that_houses_can_have() {
        assert_eq!(AtLeast::guests(1000).map(AtLeast::get), Ok(1000));
        assert_eq!(AtLeast::rooms(100).map(AtLeast::get), Ok(100));
        for bad in [0, 1001, 4_294_967_297, u64::MAX] {
            assert_eq!(AtLeast::guests(bad), Err(Invalid::range(Field::Capacity)), "{bad}");
        }
        assert_eq!(AtLeast::rooms(101), Err(Invalid::range(Field::RoomCount)));
    }

    #[test]
    fn facilities_are_bounded() {
        assert_eq!(facilities(1..=33), Err(Invalid::range(Field::Facility)));
        assert!(facilities(1..=32).is_ok());
        assert!(facilities([5; 100]).is_ok());
        assert_eq!(facilities([5; 101]), Err(Invalid::range(Field::Facility)));
        assert!(facilities([1, 0]).is_err());
    }

    proptest! {
        #[test]
        fn facilities_are_ascending_and_each_once(ids in prop::collection::vec(1..40i64, 1..60)) {
            let expected: std::collections::BTreeSet<_> = ids.iter().copied().collect();
            match facilities(ids) {
                Ok(wanted) => prop_assert!(wanted.ids().iter().map(|id| id.get()).eq(expected)),
                Err(_) => prop_assert!(expected.len() > WantedFacilities::MOST),
            }
        }
    }
}
