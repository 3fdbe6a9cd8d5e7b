//! Where a list goes on.

use std::fmt;

use crate::{Field, HouseId, Invalid, SortKey};

/// The place of a house in an order: a list that goes on behind it neither repeats nor leaves out a
/// house, whatever was published meanwhile, and costs the same however far it has come. To everybody
/// else it is a text without a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    sort: SortKey,
    value: i64,
    id: HouseId,
}

impl Cursor {
    /// The end of the year 9999, the last that databases can write, in microseconds.
    const LAST_INSTANT: i64 = 253_402_300_799_999_999;
    const MAX_LENGTH: usize = 40;

    /// The place behind a house. `value` is what the order compares first: the publication in
    /// microseconds since 1970, the completed orders, or the price in 分.
    ///
    /// # Errors
    /// [`Field::Cursor`] for values that no house has.
    pub const fn behind(sort: SortKey, value: i64, id: HouseId) -> Result<Self, Invalid> {
        let most = match sort {
            SortKey::New => Self::LAST_INSTANT,
            SortKey::Booking | SortKey::PriceAscending | SortKey::PriceDescending => i64::MAX,
        };
        if value < 0 || value > most { Err(Invalid::range(Field::Cursor)) } else { Ok(Self { sort, value, id }) }
    }

    /// Reads a cursor that an answer in the same order gave.
    ///
    /// # Errors
    /// [`Field::Cursor`] for anything else, a cursor of another order included.
    pub fn parse(text: &str, sort: SortKey) -> Result<Self, Invalid> {
        let malformed = Invalid::format(Field::Cursor);
        if text.len() > Self::MAX_LENGTH {
            return Err(malformed);
        }
        let (value, id) = text.strip_prefix(letter(sort)).and_then(|rest| rest.split_once('-')).ok_or(malformed)?;
        let number = |text: &str| {
            let is_hex = !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if is_hex { i64::from_str_radix(text, 16).map_err(|_| malformed) } else { Err(malformed) }
        };
        let id = HouseId::new(number(id)?).map_err(|_| malformed)?;
        Self::behind(sort, number(value)?, id)
    }

    /// What the order compares first.
    pub const fn value(self) -> i64 {
        self.value
    }

    /// The house behind which the list goes on.
    pub const fn id(self) -> HouseId {
        self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:x}-{:x}", letter(self.sort), self.value, self.id.get())
    }
}

const fn letter(sort: SortKey) -> char {
    match sort {
        SortKey::New => 'n',
        SortKey::Booking => 'o',
        SortKey::PriceAscending => 'i',
        SortKey::PriceDescending => 'p',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SORTS: [SortKey; 4] = [SortKey::New, SortKey::Booking, SortKey::PriceAscending, SortKey::PriceDescending];

    #[test]
    fn what_no_answer_gave_is_refused() {
        for bad in
            ["", "n", "n-", "n1", "n1-", "n-1", "n1-0", "n-1-1", "n1--1", "N1-1", "n1-G", "nF-1", "n1-1 ", "n+1-1"]
        {
            assert_eq!(Cursor::parse(bad, SortKey::New), Err(Invalid::format(Field::Cursor)), "{bad:?}");
        }
        assert!(Cursor::parse("n1-1", SortKey::New).is_ok());
        assert!(Cursor::parse("o1-1", SortKey::New).is_err());
        assert_eq!(Cursor::parse("n7fffffffffffffff-1", SortKey::New), Err(Invalid::range(Field::Cursor)));
        assert!(Cursor::parse(&"n".repeat(1_000_000), SortKey::New).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_in_its_own_order_only(
            order in 0..4usize, value in 0..Cursor::LAST_INSTANT, id in 1..i64::MAX,
        ) {
            let cursor = Cursor::behind(SORTS[order], value, HouseId::new(id).unwrap()).unwrap();
            for sort in SORTS {
                let read = Cursor::parse(&cursor.to_string(), sort);
                prop_assert_eq!(read.ok(), (sort == SORTS[order]).then_some(cursor));
            }
        }

        #[test]
        fn nothing_that_is_typed_panics(text in ".{0,50}") {
            let _ = Cursor::parse(&text, SortKey::Booking);
        }
    }
}
