//! What visitors want of a house beside its district and its days.

use crate::{FacilityId, Field, Invalid, Money, SearchWords};

/// Everything else that narrows a search; a house must have all of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Wishes {
    /// What a day may cost.
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

impl Wishes {
    /// Whether nothing is wished for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a day may cost, both ends included; either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PriceRange {
    min: Option<Money>,
    max: Option<Money>,
}

impl PriceRange {
    /// Takes the ends in 分, as decimal digits.
    ///
    /// # Errors
    /// [`Field::Price`] for anything but digits, for sums above [`Money::MAX`], and when the greatest
    /// price lies below the least.
    pub fn parse(min: Option<&str>, max: Option<&str>) -> Result<Self, Invalid> {
        let fen = |text: &str| {
            let fen = i64::try_from(digits(text, Field::Price)?).map_err(|_| Invalid::range(Field::Price))?;
            Money::from_fen(fen).map_err(|_| Invalid::range(Field::Price))
        };
        let range = Self { min: min.map(fen).transpose()?, max: max.map(fen).transpose()? };
        match (range.min, range.max) {
            (Some(min), Some(max)) if max < min => Err(Invalid::range(Field::Price)),
            _ => Ok(range),
        }
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
    pub fn guests(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 1000, Field::Capacity)
    }

    /// So many rooms: 1 to 100, as houses have them.
    ///
    /// # Errors
    /// [`Field::RoomCount`].
    pub fn rooms(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 100, Field::RoomCount)
    }

    fn parse(text: &str, most: u64, field: Field) -> Result<Self, Invalid> {
        match u32::try_from(digits(text, field)?) {
            Ok(number) if number >= 1 && u64::from(number) <= most => Ok(Self(number)),
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
    /// The most that one search may ask for; there are not many more.
    pub const MOST: usize = 32;
    /// The most that one search may name, doubles included, as for the facilities of a house.
    pub const MOST_NAMED: usize = 100;

    /// Reads ids with commas between them; doubles count once.
    ///
    /// # Errors
    /// [`Field::Facility`] for anything but ids, and for more of them than [`Self::MOST_NAMED`] or
    /// [`Self::MOST`] different ones.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut ids = Vec::new();
        for (named, id) in text.split(',').enumerate() {
            if named == Self::MOST_NAMED {
                return Err(Invalid::range(Field::Facility));
            }
            let id = i64::try_from(digits(id, Field::Facility)?).map_err(|_| Invalid::range(Field::Facility))?;
            let id = FacilityId::new(id).map_err(|_| Invalid::range(Field::Facility))?;
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

/// A number of decimal digits; one that is too large for any field is a very large one.
fn digits(text: &str, field: Field) -> Result<u64, Invalid> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid::format(field));
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_are_a_range_with_open_ends() {
        let range = PriceRange::parse(Some("100"), Some("100")).unwrap();
        assert_eq!((range.min().unwrap().fen(), range.max().unwrap().fen()), (100, 100));
        assert_eq!(PriceRange::parse(None, None), Ok(PriceRange::default()));
        assert_eq!(PriceRange::parse(Some("0"), None).unwrap().min(), Some(Money::ZERO));
        for bad in ["-1", "1.5", "", "abc", "1e3", "９"] {
            assert_eq!(PriceRange::parse(Some(bad), None), Err(Invalid::format(Field::Price)), "{bad:?}");
        }
        for (min, max) in [("2", "1"), ("0", "99999999999999"), ("0", "99999999999999999999999")] {
            assert_eq!(PriceRange::parse(Some(min), Some(max)), Err(Invalid::range(Field::Price)), "{min} {max}");
        }
    }

    #[test]
    fn least_numbers_are_those_that_houses_can_have() {
        assert_eq!(AtLeast::guests("1000").map(AtLeast::get), Ok(1000));
        assert_eq!(AtLeast::rooms("100").map(AtLeast::get), Ok(100));
        for bad in ["0", "1001", "4294967297", "99999999999999999999"] {
            assert_eq!(AtLeast::guests(bad), Err(Invalid::range(Field::Capacity)), "{bad}");
        }
        assert_eq!(AtLeast::rooms("101"), Err(Invalid::range(Field::RoomCount)));
        assert_eq!(AtLeast::rooms("+1"), Err(Invalid::format(Field::RoomCount)));
    }

    #[test]
    fn facilities_come_with_commas() {
        let ids =
            |text: &str| WantedFacilities::parse(text).map(|wanted| wanted.ids().iter().map(|id| id.get()).collect());
        assert_eq!(ids("7,1,3,1"), Ok(vec![1, 3, 7]));
        for bad in ["", ",", "1,", "1, 2", "a", "-1", "1;2"] {
            assert_eq!(ids(bad), Err(Invalid::format(Field::Facility)), "{bad:?}");
        }
        for bad in ["0", "9223372036854775808"] {
            assert_eq!(ids(bad), Err(Invalid::range(Field::Facility)), "{bad:?}");
        }
        let many = (1..=33).map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(&many.join(",")), Err(Invalid::range(Field::Facility)));
        assert!(ids(&many[1..].join(",")).is_ok());
        assert_eq!(ids(&["5"; 100].join(",")), Ok(vec![5]));
        assert_eq!(ids(&["5"; 101].join(",")), Err(Invalid::range(Field::Facility)));
    }

    proptest! {
        #[test]
        fn whatever_is_read_as_a_price_range_is_in_order(min in "[0-9]{0,15}", max in "[0-9]{0,15}") {
            if let Ok(range) = PriceRange::parse(Some(&min), Some(&max)) {
                prop_assert!(range.min() <= range.max());
                prop_assert_eq!(range.min().map(Money::fen), min.parse().ok());
            }
        }

        #[test]
        fn facilities_are_ascending_and_each_once(ids in prop::collection::vec(1..40i64, 1..60)) {
            let text = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let expected: std::collections::BTreeSet<_> = ids.into_iter().collect();
            match WantedFacilities::parse(&text) {
                Ok(wanted) => prop_assert!(wanted.ids().iter().map(|id| id.get()).eq(expected)),
                Err(_) => prop_assert!(expected.len() > WantedFacilities::MOST),
            }
        }
    }
}
