//! Field values as pages really send them: numbers as strings, strings as numbers.

use std::fmt;

use minsu_application::houses::SearchHouses;
use minsu_domain::{AreaId, Field, HouseFilters, Invalid, PageNumber, SortKey, parse_day};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// Text that may arrive as a JSON number; a number keeps the digits it was written with as far
/// as JSON itself does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

/// A whole number that may arrive as a JSON string of decimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Int(pub i64);

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Text, E> {
        Ok(Text(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }

    /// The shortest decimal that reads back as the same number: `19.99` stays `19.99`.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Ok(Text(number.to_string()))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct IntVisitor;

impl Visitor<'_> for IntVisitor {
    type Value = Int;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Int, E> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(E::custom("not a whole number"));
        }
        text.parse().map(Int).map_err(|_| E::custom("number out of range"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Int, E> {
        Ok(Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Int, E> {
        i64::try_from(number).map(Int).map_err(|_| E::custom("number out of range"))
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor)
    }
}

/// An id as a path or a query carries it: decimal digits.
///
/// # Errors
/// [`Field::Id`].
pub fn parse_id<T: TryFrom<i64, Error = Invalid>>(text: &str) -> Result<T, Invalid> {
    let malformed = Invalid::format(Field::Id);
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed);
    }
    text.parse::<i64>().map_err(|_| malformed).and_then(T::try_from)
}

/// The number of a page: a positive decimal number. One that is too large for any list is a page, too.
///
/// # Errors
/// [`Field::Page`] for anything but digits, and for zero.
fn page_number(text: &str) -> Result<PageNumber, Invalid> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid::format(Field::Page));
    }
    PageNumber::new(text.parse().unwrap_or(u32::MAX))
}

/// The parameters of the house search that every dialect has: district, dates, order, page.
///
/// # Errors
/// [`Field::Id`], [`Field::Day`], [`Field::Page`].
pub fn search_query(
    aid: &Option<String>,
    sd: &Option<String>,
    ed: &Option<String>,
    sort: SortKey,
    p: &Option<String>,
) -> Result<SearchHouses, Invalid> {
    Ok(SearchHouses {
        area: present(aid).map(parse_id::<AreaId>).transpose()?,
        start: present(sd).map(parse_day).transpose()?,
        end: present(ed).map(parse_day).transpose()?,
        sort,
        filters: HouseFilters::default(),
        page: present(p).map(page_number).transpose()?.unwrap_or(PageNumber::FIRST),
        after: None,
        limit: None,
        priced_for: None,
    })
}

/// A query parameter of the house search: empty and the literal `undefined` count as absent.
pub fn present(parameter: &Option<String>) -> Option<&str> {
    parameter.as_deref().filter(|text| !text.is_empty() && *text != "undefined")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_are_taken_for_each_other() {
        let int = |json: &str| serde_json::from_str::<Int>(json).ok().map(|int| int.0);
        assert_eq!((int("5"), int("\"5\""), int("\"-5\"")), (Some(5), Some(5), Some(-5)));
        for bad in [
            "5.5",
            "\"5.5\"",
            "\"\"",
            "\"+5\"",
            "\" 5\"",
            "9223372036854775808",
            "\"9223372036854775808\"",
            "true",
            "null",
            "[]",
            "{}",
            "1e3",
        ] {
            assert_eq!(int(bad), None, "{bad}");
        }
        let text = |json: &str| serde_json::from_str::<Text>(json).ok().map(|text| text.0);
        assert_eq!(text("19.99").as_deref(), Some("19.99"));
        assert_eq!(text("100").as_deref(), Some("100"));
        assert_eq!(text("0.1").as_deref(), Some("0.1"));
        assert_eq!(text("\"ä\"").as_deref(), Some("ä"));
        assert_eq!(text("null"), None);
        assert_eq!(text("[1]"), None);
    }

    #[test]
    fn pages_count_from_one_and_end_nowhere() {
        assert_eq!(page_number("1"), Ok(PageNumber::FIRST));
        assert_eq!(page_number("99999999999999999999").map(PageNumber::get), Ok(u32::MAX));
        for bad in ["0", "-1", "", "1.5", "abc", "undefined", " 1"] {
            assert!(page_number(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn empty_and_undefined_are_absent() {
        assert_eq!(present(&Some(String::new())), None);
        assert_eq!(present(&Some("undefined".into())), None);
        assert_eq!(present(&None), None);
        assert_eq!(present(&Some("3".into())), Some("3"));
    }
}
