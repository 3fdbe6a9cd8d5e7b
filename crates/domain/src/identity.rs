//! Real-name data: written once, shown to its owner alone.

use chrono::NaiveDate;

use crate::{
    Field, Invalid, Rule,
    text::{Kind, checked, fold_typed},
};

/// Weights of the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the weighted sum modulo 11 (GB 11643-1999).
const CHECK: &[u8; 11] = b"10X98765432";

/// A citizen identity number of 18 characters: a region, a date of birth, a sequence number and
/// a check character (GB 11643-1999). A small `x` is taken and kept as `X`; white space around it and
/// full-width characters are folded first.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber(String);

impl IdentityNumber {
    /// Checks shape, date of birth and check character. `today` is the date in the site's time
    /// zone: a date of birth after it is refused.
    ///
    /// # Errors
    /// [`Field::IdentityNumber`] with the rule that broke.
    pub fn new(text: &str, today: NaiveDate) -> Result<Self, Invalid> {
        let invalid = |rule| Invalid { field: Field::IdentityNumber, rule };
        let text = fold_typed(text).to_ascii_uppercase();
        let bytes = text.as_bytes();
        let (Some((digits, [check])), 18) = (bytes.split_at_checked(17), bytes.len()) else {
            return Err(invalid(Rule::Format));
        };
        if digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) || !(check.is_ascii_digit() || *check == b'X') {
            return Err(invalid(Rule::Format));
        }
        let number = |range: std::ops::Range<usize>| {
            digits[range].iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'))
        };
        let born = i32::try_from(number(6..10))
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, number(10..12), number(12..14)))
            .ok_or(invalid(Rule::Format))?;
        // 1800: no holder of a number was born earlier, and a typing error should not pass as one.
        if born > today || number(6..10) < 1800 {
            return Err(invalid(Rule::Range));
        }
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        if CHECK[(sum % 11) as usize] != *check {
            return Err(invalid(Rule::CheckDigit));
        }
        Ok(Self(text))
    }

    /// The whole number: for its owner and the sealer only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A stored number as it is shown: its first four and its last four characters, the others as asterisks. One
    /// of eight characters or fewer shows nothing.
    pub fn masked(stored: &str) -> String {
        let count = stored.chars().count();
        let is_shown = |place: usize| count > 8 && (place < 4 || place + 4 >= count);
        stored.chars().enumerate().map(|(place, c)| if is_shown(place) { c } else { '*' }).collect()
    }

    /// Whether these are the last four characters of a stored number, as people type them.
    pub fn ends_with(stored: &str, typed: &str) -> bool {
        let typed = fold_typed(typed).to_ascii_uppercase();
        typed.chars().count() == 4 && stored.ends_with(&typed)
    }
}

impl std::fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityNumber(…)")
    }
}

/// A real name: 2 to 32 characters in their compatibility form (NFKC), none of them invisible.
#[derive(Clone, PartialEq, Eq)]
pub struct RealName(String);

impl RealName {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 2;
    /// The most characters.
    pub const MAX_CHARS: usize = 32;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::RealName`] for a name of one character, a too long one, one with markup, control or
    /// invisible characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let name = checked(text, Self::MAX_CHARS, Kind::Name, Field::RealName)?;
        if name.chars().count() < Self::MIN_CHARS {
            return Err(Invalid::range(Field::RealName));
        }
        Ok(Self(name))
    }

    /// The name: for its owner and the sealer only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RealName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RealName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> NaiveDate {
        crate::parse_day("2026-11-21").unwrap()
    }

    /// The check character computed the way the standard words it: the one that makes the sum
    /// over all 18 positions, the last one weighted 1 (X = 10), congruent to 1 modulo 11.
    fn check_character(digits: &str) -> char {
        let sum: u32 = digits
            .bytes()
            .enumerate()
            .map(|(i, digit)| u32::from(digit - b'0') * (0..17 - i).fold(1, |weight, _| weight * 2 % 11))
            .sum();
        match (12 - sum % 11) % 11 {
            10 => 'X',
            digit => char::from_digit(digit, 10).unwrap(),
        }
    }

    #[test]
    fn a_masked_number_shows_its_ends() {
        assert_eq!(IdentityNumber::masked("11010519491231002X"), "1101**********002X");
        assert_eq!(IdentityNumber::masked("12345678"), "********");
        assert!(IdentityNumber::ends_with("11010519491231002X", " ００2x"));
        for wrong in ["", "X", "02X", "1002X", "0021"] {
            assert!(!IdentityNumber::ends_with("11010519491231002X", wrong), "{wrong}");
        }
    }

    #[test]
    fn the_samples_of_the_standard_pass() {
        for sample in ["11010519491231002X", "11010519491231002x", "440524188001010014"] {
            assert_eq!(IdentityNumber::new(sample, today()).unwrap().reveal(), sample.to_uppercase());
        }
        for typed in [" 11010519491231002X\n", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002ｘ"]
        {
            assert_eq!(IdentityNumber::new(typed, today()).unwrap().reveal(), "11010519491231002X", "{typed:?}");
        }
    }

    #[test]
    fn shape_date_and_check_digit_are_told_apart() {
        let rule = |text: &str| IdentityNumber::new(text, today()).unwrap_err().rule;
        assert_eq!(rule("110105194912310021"), Rule::CheckDigit);
        assert_eq!(rule("11010519490231002X"), Rule::Format);
        assert_eq!(rule("11010520991231002X"), Rule::Range);
        assert_eq!(rule("110105491231002"), Rule::Format);
        assert_eq!(rule("110105194912 31002X"), Rule::Format);
        assert_eq!(rule("1101051949123100٢X"), Rule::Format);
        assert_eq!(rule(&"1".repeat(10_000)), Rule::Format);
        assert_eq!(rule(""), Rule::Format);
    }

    #[test]
    fn a_real_name_has_two_to_thirty_two_characters() {
        assert!(RealName::new("李雷").is_ok());
        assert!(RealName::new("李").is_err());
        assert!(RealName::new(&"李".repeat(33)).is_err());
        for bad in ["李\0雷", "\u{200b}\u{200b}", "李\u{200b}雷", "李\u{200b}", "<李雷>", "\u{3164}\u{3164}\u{3164}"]
        {
            assert!(RealName::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(RealName::new("Ｌｉ Ｌｅｉ").unwrap().reveal(), "Li Lei");
    }

    #[test]
    fn debug_tells_nothing() {
        let number = IdentityNumber::new("11010519491231002X", today()).unwrap();
        let name = RealName::new("韩梅梅").unwrap();
        assert_eq!(format!("{number:?} {name:?}"), "IdentityNumber(…) RealName(…)");
    }

    proptest! {
        #[test]
        fn exactly_one_check_character_fits(region in 110_000u32..660_000, day in 0i64..45_000, sequence in 0u32..1000) {
            let born = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(day.unsigned_abs());
            let digits = format!("{region}{}{sequence:03}", born.format("%Y%m%d"));
            let right = check_character(&digits);
            for check in "0123456789X".chars() {
                let verdict = IdentityNumber::new(&format!("{digits}{check}"), today());
                prop_assert_eq!(verdict.is_ok(), check == right && born <= today());
            }
        }

        #[test]
        fn no_input_panics(text in "\\PC{0,24}") {
            let _ = IdentityNumber::new(&text, today());
        }

        #[test]
        fn two_swapped_neighbours_are_noticed(sequence in 0u32..1000, at in 0usize..17) {
            let digits = format!("11010519900307{sequence:03}");
            let valid = format!("{digits}{}", check_character(&digits));
            let mut swapped: Vec<char> = valid.chars().collect();
            swapped.swap(at, at + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assume!(swapped != valid);
            prop_assert!(IdentityNumber::new(&swapped, today()).is_err());
        }
    }
}
