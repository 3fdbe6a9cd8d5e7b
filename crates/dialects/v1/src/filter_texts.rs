//! The filters of a search as the query spells them: decimal digits, ids with commas between them.

use minsu_domain::{AtLeast, FacilityId, Field, Invalid, Money, PriceRange, WantedFacilities};

/// Reads both ends of a price range, in 分.
///
/// # Errors
/// [`Field::Price`] for anything but digits, for sums above [`Money::MAX`], and when the greatest price lies
/// below the least.
pub(crate) fn price_range(min: Option<&str>, max: Option<&str>) -> Result<PriceRange, Invalid> {
    let fen = |text: &str| {
        let fen = i64::try_from(digits(text, Field::Price)?).map_err(|_| Invalid::range(Field::Price))?;
        Money::from_fen(fen).map_err(|_| Invalid::range(Field::Price))
    };
    PriceRange::new(min.map(fen).transpose()?, max.map(fen).transpose()?)
}

/// Reads a least number of guests.
///
/// # Errors
/// [`Field::Capacity`], see [`AtLeast::guests`].
pub(crate) fn guests(text: &str) -> Result<AtLeast, Invalid> {
    AtLeast::guests(digits(text, Field::Capacity)?)
}

/// Reads a least number of rooms.
///
/// # Errors
/// [`Field::RoomCount`], see [`AtLeast::rooms`].
pub(crate) fn rooms(text: &str) -> Result<AtLeast, Invalid> {
    AtLeast::rooms(digits(text, Field::RoomCount)?)
}

/// Reads ids with commas between them; doubles count once.
///
/// # Errors
/// [`Field::Facility`] for anything but ids, and for too many, see [`WantedFacilities::new`].
pub(crate) fn facilities(text: &str) -> Result<WantedFacilities, Invalid> {
    WantedFacilities::new(text.split(',').map(|id| {
        let id = i64::try_from(digits(id, Field::Facility)?).map_err(|_| Invalid::range(Field::Facility))?;
        FacilityId::new(id).map_err(|_| Invalid::range(Field::Facility))
    }))
}

/// A number of decimal digits; one that is too large for any field is the largest there is.
fn digits(text: &str, field: Field) -> Result<u64, Invalid> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid::format(field));
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_digits() {
        let range = price_range(Some("100"), Some("100")).unwrap();
        assert_eq!((range.min().unwrap().fen(), range.max().unwrap().fen()), (100, 100));
        assert_eq!(price_range(None, None), Ok(PriceRange::default()));
        assert_eq!(price_range(Some("0"), None).unwrap().min(), Some(Money::ZERO));
        for bad in ["-1", "1.5", "", "abc", "1e3", "９"] {
            assert_eq!(price_range(Some(bad), None), Err(Invalid::format(Field::Price)), "{bad:?}");
        }
        for (min, max) in [("2", "1"), ("0", "99999999999999"), ("0", "99999999999999999999999")] {
            assert_eq!(price_range(Some(min), Some(max)), Err(Invalid::range(Field::Price)), "{min} {max}");
        }
    }

    #[test]
    fn least_numbers_are_digits() {
        assert_eq!(guests("1000").map(AtLeast::get), Ok(1000));
        assert_eq!(rooms("100").map(AtLeast::get), Ok(100));
        for bad in ["0", "1001", "4294967297", "99999999999999999999"] {
            assert_eq!(guests(bad), Err(Invalid::range(Field::Capacity)), "{bad}");
        }
        assert_eq!(rooms("+1"), Err(Invalid::format(Field::RoomCount)));
    }

    #[test]
    fn facilities_come_with_commas() {
        let ids = |text: &str| facilities(text).map(|wanted| wanted.ids().iter().map(|id| id.get()).collect());
        assert_eq!(ids("7,1,3,1"), Ok(vec![1, 3, 7]));
        for bad in ["", ",", "1,", "1, 2", "a", "-1", "1;2"] {
            assert_eq!(ids(bad), Err(Invalid::format(Field::Facility)), "{bad:?}");
        }
        for bad in ["0", "9223372036854775808"] {
            assert_eq!(ids(bad), Err(Invalid::range(Field::Facility)), "{bad:?}");
        }
    }
}
