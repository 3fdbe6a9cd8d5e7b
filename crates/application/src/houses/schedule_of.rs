//! A house with its rules.

use chrono::NaiveDate;
use minsu_domain::{HouseId, HouseSchedule, HouseTerms};
use minsu_ports::Session;

use crate::AppError;

/// A house with its rules, its seasons and the rules of the dates from `from` to `to`, both included. Without any,
/// nothing is read.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(crate) async fn schedule_of(
    session: &mut (impl Session + ?Sized),
    house: HouseId,
    terms: HouseTerms,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<HouseSchedule, AppError> {
    if !terms.has_rules {
        return Ok(HouseSchedule::plain(terms));
    }
    let schedules = session.schedules();
    Ok(HouseSchedule {
        terms,
        rules: schedules.rules(house).await?,
        seasons: schedules.seasons(house).await?,
        dates: schedules.dates(house, from, to).await?,
    })
}
