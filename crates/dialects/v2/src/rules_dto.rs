//! Rules and seasons, as the document shows them and as answers have them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minsu_domain::{HouseRules, Money, Season, Seasons, WeekdayPrices, Weekdays};
use serde::Serialize;
use utoipa::ToSchema;

use crate::values as native;

/// The rules of a listing; what is absent is as a listing without rules has it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct RulesBody {
    /// Prices of weekdays, in 分; none where absent.
    #[schema(value_type = Option<native::WeekdayPrices>, nullable = false)]
    weekday_prices: Option<BTreeMap<String, i64>>,
    /// The weekdays on which a stay may begin; all where absent.
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    arrival_days: Option<Vec<i64>>,
    /// The weekdays on which a stay may end; all where absent.
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    departure_days: Option<Vec<i64>>,
    /// A stay begins so many days after the day of booking at the earliest; 0 where absent.
    #[schema(value_type = Option<native::NoticeDays>, nullable = false)]
    notice_days: Option<i64>,
    /// A stay begins so many days after the day of booking at the latest; 0, or absent, for the site's bound alone.
    #[schema(value_type = Option<native::WindowDays>, nullable = false)]
    window_days: Option<i64>,
    /// So many days after a stay are kept free; 0 where absent.
    #[schema(value_type = Option<native::PreparationDays>, nullable = false)]
    preparation_days: Option<i64>,
    /// Whether orders need no answer of the landlord; they do where absent.
    #[schema(nullable = false, examples(false))]
    instant: Option<bool>,
    /// The cancellation policy; `moderate` where absent.
    #[schema(value_type = Option<native::Cancellation>, nullable = false)]
    cancellation: Option<String>,
    /// A fee for each stay, in 分; 0 where absent.
    #[schema(value_type = Option<native::Deposit>, nullable = false)]
    cleaning_fee: Option<i64>,
    /// The guests that the price of a day includes; 1 where absent.
    #[schema(value_type = Option<native::Guests>, nullable = false)]
    guests_included: Option<i64>,
    /// A fee for each further guest and day, in 分; 0 where absent.
    #[schema(value_type = Option<native::Deposit>, nullable = false)]
    extra_guest_fee: Option<i64>,
    /// The discount of stays of 7 days and more, in basis points; 0 where absent.
    #[schema(value_type = Option<native::BasisPoints>, nullable = false)]
    weekly_discount: Option<i64>,
    /// The discount of stays of 28 days and more, in basis points; 0, or absent, for the weekly one.
    #[schema(value_type = Option<native::BasisPoints>, nullable = false)]
    monthly_discount: Option<i64>,
}

/// The rules of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesData {
    /// Prices of weekdays, in 分.
    #[schema(value_type = native::WeekdayPrices)]
    weekday_prices: BTreeMap<String, i64>,
    /// The weekdays on which a stay may begin.
    #[schema(value_type = native::Weekdays)]
    arrival_days: Vec<u8>,
    /// The weekdays on which a stay may end.
    #[schema(value_type = native::Weekdays)]
    departure_days: Vec<u8>,
    /// A stay begins so many days after the day of booking at the earliest.
    #[schema(examples(1))]
    notice_days: u32,
    /// A stay begins so many days after the day of booking at the latest; 0 for the site's bound alone.
    #[schema(examples(180))]
    window_days: u32,
    /// So many days after a stay are kept free.
    #[schema(examples(1))]
    preparation_days: u32,
    /// Whether orders need no answer of the landlord.
    #[schema(examples(false))]
    instant: bool,
    /// The cancellation policy.
    #[schema(value_type = native::Cancellation, examples("moderate"))]
    cancellation: &'static str,
    /// A fee for each stay, in 分.
    #[schema(examples(5000))]
    cleaning_fee: i64,
    /// The guests that the price of a day includes.
    #[schema(examples(2))]
    guests_included: u32,
    /// A fee for each further guest and day, in 分.
    #[schema(examples(3000))]
    extra_guest_fee: i64,
    /// The discount of stays of 7 days and more, in basis points.
    #[schema(examples(1000))]
    weekly_discount: u16,
    /// The discount of stays of 28 days and more, in basis points; 0 for the weekly one.
    #[schema(examples(2500))]
    monthly_discount: u16,
}

impl From<&HouseRules> for RulesData {
    fn from(rules: &HouseRules) -> Self {
        let HouseRules {
            weekday_prices,
            arrival_days,
            departure_days,
            notice_days,
            window_days,
            preparation_days,
            instant,
            cancellation,
            cleaning_fee,
            guests_included,
            extra_guest_fee,
            weekly_discount,
            monthly_discount,
        } = rules;
        Self {
            weekday_prices: prices(weekday_prices),
            arrival_days: arrival_days.numbers().collect(),
            departure_days: departure_days.numbers().collect(),
            notice_days: *notice_days,
            window_days: window_days.unwrap_or(0),
            preparation_days: *preparation_days,
            instant: *instant,
            cancellation: cancellation.name(),
            cleaning_fee: cleaning_fee.fen(),
            guests_included: *guests_included,
            extra_guest_fee: extra_guest_fee.fen(),
            weekly_discount: weekly_discount.get(),
            monthly_discount: monthly_discount.get(),
        }
    }
}

fn prices(prices: &WeekdayPrices) -> BTreeMap<String, i64> {
    prices.numbers().map(|(number, price)| (number.to_string(), price.fen())).collect()
}

/// A season to be set; what is absent is as the listing has it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct SeasonBody {
    /// The first date.
    #[schema(value_type = native::Day)]
    from: String,
    /// The last date, included.
    #[schema(value_type = native::Day)]
    to: String,
    /// The price of a day, in 分.
    #[schema(value_type = Option<native::Price>, nullable = false)]
    price: Option<i64>,
    /// Prices of weekdays, in 分.
    #[schema(value_type = Option<native::WeekdayPrices>, nullable = false)]
    weekday_prices: Option<BTreeMap<String, i64>>,
    /// The shortest stay that begins in it.
    #[schema(value_type = Option<native::ShortestStay>, nullable = false)]
    min_days: Option<i64>,
    /// The longest stay that begins in it; 0 for no limit.
    #[schema(value_type = Option<native::LongestStay>, nullable = false)]
    max_days: Option<i64>,
    /// The weekdays of arrivals in it.
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    arrival_days: Option<Vec<i64>>,
    /// The weekdays of departures in it.
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    departure_days: Option<Vec<i64>>,
}

/// All seasons of a listing, at most 100; no two share a date.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct SeasonsBody {
    /// The seasons.
    seasons: Vec<SeasonBody>,
}

/// A season.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonData {
    /// The first date.
    #[schema(value_type = String, format = Date, examples("2027-02-05"))]
    from: NaiveDate,
    /// The last date, included.
    #[schema(value_type = String, format = Date, examples("2027-02-12"))]
    to: NaiveDate,
    /// The price of a day, in 分; absent where it is as the listing has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(49_999))]
    price: Option<i64>,
    /// Prices of weekdays, in 分; absent where there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Option<native::WeekdayPrices>, nullable = false)]
    weekday_prices: BTreeMap<String, i64>,
    /// The shortest stay that begins in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(3))]
    min_days: Option<u32>,
    /// The longest stay that begins in it; 0 for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(14))]
    max_days: Option<u32>,
    /// The weekdays of arrivals in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    arrival_days: Option<Vec<u8>>,
    /// The weekdays of departures in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<native::Weekdays>, nullable = false)]
    departure_days: Option<Vec<u8>>,
}

/// All seasons of a listing, by their first date.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonsData {
    /// The seasons.
    seasons: Vec<SeasonData>,
}

impl From<&Seasons> for SeasonsData {
    fn from(seasons: &Seasons) -> Self {
        let weekdays = |days: &Weekdays| days.numbers().collect();
        let season = |season: &Season| {
            let Season { from, to, price, weekday_prices, min_days, max_days, arrival_days, departure_days } = season;
            SeasonData {
                from: *from,
                to: *to,
                price: price.map(Money::fen),
                weekday_prices: prices(weekday_prices),
                min_days: *min_days,
                max_days: *max_days,
                arrival_days: arrival_days.as_ref().map(weekdays),
                departure_days: departure_days.as_ref().map(weekdays),
            }
        };
        Self { seasons: seasons.iter().map(season).collect() }
    }
}
