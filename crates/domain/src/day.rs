//! Days as the API writes them.

use chrono::NaiveDate;

use crate::{Field, Invalid};

/// Parses `YYYY-MM-DD`: ten ASCII characters, a day that exists, from year 1 to 9999.
///
/// # Errors
/// [`Field::Day`] for anything else, `2026-02-30` and `2026-2-3` included.
pub fn parse_day(text: &str) -> Result<NaiveDate, Invalid> {
    let malformed = Invalid::format(Field::Day);
    let shape =
        text.bytes().enumerate().all(|(i, byte)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if text.len() != 10 || !shape {
        return Err(malformed);
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().map_err(|_| malformed);
    let year = i32::try_from(part(0..4)?).map_err(|_| malformed)?;
    if year == 0 {
        return Err(malformed);
    }
    NaiveDate::from_ymd_opt(year, part(5..7)?, part(8..10)?).ok_or(malformed)
}

/// Prints a day as `YYYY-MM-DD`.
pub fn format_day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_one_spelling_of_days_that_exist() {
        assert_eq!(parse_day("2024-02-29").map(format_day), Ok("2024-02-29".to_owned()));
        assert!(parse_day("9999-12-31").is_ok());
        for bad in [
            "2026-02-30",
            "2026-2-3",
            "2026-13-01",
            "0000-01-01",
            "+026-01-01",
            "20260101",
            "2026-01-01 ",
            "2026/01/01",
            "undefined",
            "",
            "２026-01-0",
            "2026-01-0١",
        ] {
            assert_eq!(parse_day(bad), Err(Invalid::format(Field::Day)), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn every_day_reads_back(offset in 0u64..3_000_000) {
            let day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + chrono::Days::new(offset);
            prop_assert_eq!(parse_day(&format_day(day)), Ok(day));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,12}") {
            let _ = parse_day(&text);
        }
    }
}
