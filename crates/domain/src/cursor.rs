//! Cursors: the place where the next page of a list begins.

use crate::{Field, HouseId, Invalid, SortKey};

/// The place of a house in a sorted list: a page that begins after it neither repeats nor leaves out a
/// house, whatever was published meanwhile, and costs the same at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    sort: SortKey,
    value: i64,
    id: HouseId,
}

impl Cursor {
    /// The end of the year 9999, the last that databases can write, in microseconds.
    const LAST_INSTANT: i64 = 253_402_300_799_999_999;

    /// The place after a house. `value` is the first sort value: the publication in
    /// microseconds since 1970, the guests that the order counts, or the price in 分.
    ///
    /// # Errors
    /// [`Field::Cursor`] for values that no house has.
    pub const fn behind(sort: SortKey, value: i64, id: HouseId) -> Result<Self, Invalid> {
        let most = match sort {
            SortKey::New => Self::LAST_INSTANT,
            SortKey::Booking | SortKey::Popular | SortKey::PriceAscending | SortKey::PriceDescending => i64::MAX,
        };
        if value < 0 || value > most { Err(Invalid::range(Field::Cursor)) } else { Ok(Self { sort, value, id }) }
    }

    /// The order that it is a place in.
    pub const fn sort(self) -> SortKey {
        self.sort
    }

    /// The first sort value, see [`Self::behind`].
    pub const fn value(self) -> i64 {
        self.value
    }

    /// The house after which the list goes on.
    pub const fn id(self) -> HouseId {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_that_houses_have() {
        let house = HouseId::new(1).unwrap();
        for (sort, value, good) in [
            (SortKey::New, 253_402_300_799_999_999, true),
            (SortKey::New, i64::MAX, false),
            (SortKey::Booking, i64::MAX, true),
            (SortKey::PriceAscending, -1, false),
        ] {
            assert_eq!(Cursor::behind(sort, value, house).is_ok(), good, "{sort:?} {value}");
        }
    }
}
