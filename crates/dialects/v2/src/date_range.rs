//! The parameters `from` and `to` of calendars.

use chrono::{Days, NaiveDate};
use minsu_application::App;
use minsu_web::{api_error::ApiError, native_fault::FieldRule};
use utoipa::IntoParams;

use crate::{
    query::{Query, day},
    values,
};

/// The most days of a calendar.
pub(crate) const MOST_DAYS: u64 = 400;
/// How many days there are where `to` is absent.
const USUAL_DAYS: u64 = 31;

/// Which days, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct RangeParams {
    /// The first day; today where absent.
    #[param(inline, value_type = Option<values::Day>)]
    from: Option<String>,
    /// The last day, included, at most 400 days in all; 31 days where absent.
    #[param(inline, value_type = Option<values::Day>)]
    to: Option<String>,
}

/// Reads the days, both included.
pub(crate) fn read(app: &App, query: &str) -> Result<(NaiveDate, NaiveDate), ApiError> {
    let mut query = Query::of(query);
    let (from, to) = (query.may("from", day), query.may("to", day));
    let from = from.unwrap_or_else(|| app.today());
    let last = |days: u64| from.checked_add_days(Days::new(days - 1)).unwrap_or(NaiveDate::MAX);
    let to = to.unwrap_or_else(|| last(USUAL_DAYS));
    if to < from || to > last(MOST_DAYS) {
        query.fault("to", FieldRule::Range);
    }
    query.finish()?;
    Ok((from, to))
}
