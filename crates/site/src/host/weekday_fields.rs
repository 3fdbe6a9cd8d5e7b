//! The fields of a form that there are seven of: prices and permissions of the weekdays.

use minsu_domain::{Field, Invalid, Money, WeekdayPrices, Weekdays};
use minsu_web::{api_error::ApiError, language::Language};

use crate::{calendar, form::Fields};

/// The fields of a weekday.
pub(super) struct WeekdayFields {
    /// 1 (Monday) to 7 (Sunday).
    pub(super) number: u8,
    pub(super) name: &'static str,
    /// Its price in 元, as it stands in the form.
    pub(super) price: String,
    pub(super) arrival: bool,
    pub(super) departure: bool,
}

/// The weekdays as a form has them.
pub(super) fn shown(language: Language, fields: &Fields) -> Vec<WeekdayFields> {
    let names = calendar::weekdays(language).map(|(_, long)| long);
    let is_chosen = |list: &str, number: u8| fields.all(list).any(|text| text == number.to_string());
    let weekday = |(number, name)| WeekdayFields {
        number,
        name,
        price: fields.get(&price_name(number)).to_owned(),
        arrival: is_chosen("arrival_days", number),
        departure: is_chosen("departure_days", number),
    };
    (1..).zip(names).map(weekday).collect()
}

fn price_name(number: u8) -> String {
    format!("price_{number}")
}

/// The prices that a form names, as pairs of a weekday's number and 分.
///
/// # Errors
/// An amount that cannot be read.
pub(super) fn prices(fields: &Fields) -> Result<Vec<(i64, i64)>, ApiError> {
    let mut prices = vec![];
    for number in 1..=7 {
        if let Some(text) = fields.filled(&price_name(number)) {
            prices.push((i64::from(number), fen(text)?));
        }
    }
    Ok(prices)
}

/// An amount in 元, in 分.
///
/// # Errors
/// One that cannot be read.
pub(super) fn fen(text: &str) -> Result<i64, ApiError> {
    Ok(Money::from_yuan_text(text.trim())?.fen())
}

/// The weekdays of a list of checkboxes.
///
/// # Errors
/// What is no number.
pub(super) fn chosen(fields: &Fields, list: &str, field: Field) -> Result<Vec<i64>, ApiError> {
    fields.all(list).map(|text| Ok(text.parse().map_err(|_| Invalid::format(field))?)).collect()
}

/// The fields of prices, as a form shows them.
pub(super) fn written_prices(prices: &WeekdayPrices) -> Vec<(String, String)> {
    prices.numbers().map(|(number, price)| (price_name(number), crate::format::yuan(price))).collect()
}

/// The fields of a list of checkboxes.
pub(super) fn written(list: &str, days: Weekdays) -> Vec<(String, String)> {
    days.numbers().map(|number| (list.to_owned(), number.to_string())).collect()
}
