//! A cursor as `next` and `after` spell it: a letter for the order, the value that it compares and the id, in
//! hexadecimal digits.

use std::fmt;

use minsu_domain::{Cursor, Field, HouseId, Invalid, SortKey};

/// The longest cursor in bytes: a letter, two numbers of 16 digits, a hyphen, rounded up.
const MAX_LENGTH: usize = 40;

/// Prints a cursor.
pub(crate) struct CursorText(pub(crate) Cursor);

impl fmt::Display for CursorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:x}-{:x}", letter(self.0.sort()), self.0.value(), self.0.id().get())
    }
}

/// Reads a cursor that an answer in the same order gave.
///
/// # Errors
/// [`Field::Cursor`] for anything else, a cursor of another order included.
pub(crate) fn parse(text: &str, sort: SortKey) -> Result<Cursor, Invalid> {
    let malformed = Invalid::format(Field::Cursor);
    if text.len() > MAX_LENGTH {
        return Err(malformed);
    }
    let (value, id) = text.strip_prefix(letter(sort)).and_then(|rest| rest.split_once('-')).ok_or(malformed)?;
    let number = |text: &str| {
        let is_hex = !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { i64::from_str_radix(text, 16).map_err(|_| malformed) } else { Err(malformed) }
    };
    let id = HouseId::new(number(id)?).map_err(|_| malformed)?;
    Cursor::behind(sort, number(value)?, id)
}

const fn letter(sort: SortKey) -> char {
    match sort {
        SortKey::New => 'n',
        SortKey::Booking => 'o',
        SortKey::Popular => 's',
        SortKey::PriceAscending => 'i',
        SortKey::PriceDescending => 'p',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_is_no_cursor_is_refused() {
        for bad in
            ["", "n", "n-", "n1", "n1-", "n-1", "n1-0", "n-1-1", "n1--1", "N1-1", "n1-G", "nF-1", "n1-1 ", "n+1-1"]
        {
            assert_eq!(parse(bad, SortKey::New), Err(Invalid::format(Field::Cursor)), "{bad:?}");
        }
        assert!(parse("n1-1", SortKey::New).is_ok());
        assert!(parse("o1-1", SortKey::New).is_err());
        assert_eq!(parse("n7fffffffffffffff-1", SortKey::New), Err(Invalid::range(Field::Cursor)));
        assert!(parse(&"n".repeat(1_000_000), SortKey::New).is_err());
    }

    proptest! {
        #[test]
        fn a_printed_cursor_reads_back_in_its_own_order_only(
            order in 0..SortKey::ALL.len(), value in 0..253_402_300_799_999_999_i64, id in 1..i64::MAX,
        ) {
            let cursor = Cursor::behind(SortKey::ALL[order], value, HouseId::new(id).unwrap()).unwrap();
            for sort in SortKey::ALL {
                let read = parse(&CursorText(cursor).to_string(), sort);
                prop_assert_eq!(read.ok(), (sort == SortKey::ALL[order]).then_some(cursor));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,50}") {
            let _ = parse(&text, SortKey::Booking);
        }
    }
}
