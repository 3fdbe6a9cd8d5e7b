//! What the picker of days knows of a house: which days can be chosen.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use minsu_application::{App, houses};
use minsu_domain::{HouseId, Principal, StayLimits, StayRule};
use minsu_web::api_error::ApiError;

/// How many days ahead the picker looks at most, whatever the site takes: its days travel with the page. Later days
/// can be typed.
const AHEAD: u32 = 366;

/// The days of a house that a stay can have, as attributes of its form.
pub struct FreeDays {
    /// Today, as `YYYY-MM-DD`.
    pub first: String,
    /// The last day that the picker offers, as `YYYY-MM-DD`.
    pub last: String,
    /// The taken days, as ranges `YYYY-MM-DD/YYYY-MM-DD` that include both ends, with blanks between them.
    pub taken: String,
    /// The fewest days that are charged.
    pub least: u32,
    /// The most days that are charged.
    pub most: u32,
    /// Whether nights are charged: the day of departure may be taken.
    pub nights: bool,
}

impl FreeDays {
    /// The days from `today` on, which `taken` are taken of.
    pub fn new(app: &App, limits: StayLimits, today: NaiveDate, taken: &BTreeSet<NaiveDate>) -> Self {
        let booking = &app.policy.booking;
        Self {
            first: today.to_string(),
            last: horizon(app, today).to_string(),
            taken: ranges(taken).iter().map(|(from, to)| format!("{from}/{to}")).collect::<Vec<_>>().join(" "),
            least: limits.min_days(),
            most: Some(limits.max_days()).filter(|most| *most > 0).unwrap_or(u32::MAX).min(booking.max_stay_days),
            nights: booking.rule == StayRule::Nights,
        }
    }
}

/// The taken days of a house, as far ahead as the picker looks.
///
/// # Errors
/// [`minsu_application::AppError::StoreUnavailable`].
pub async fn taken(
    app: &App,
    house: HouseId,
    today: NaiveDate,
    viewer: Option<Principal>,
) -> Result<BTreeSet<NaiveDate>, ApiError> {
    Ok(houses::taken_days(app, house, today, horizon(app, today), viewer).await?)
}

fn horizon(app: &App, today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(app.policy.booking.horizon_days.min(AHEAD).into())).unwrap_or(today)
}

/// Days that follow each other, as the first and the last of them.
fn ranges(days: &BTreeSet<NaiveDate>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut ranges: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for &day in days {
        match ranges.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(day) => *last = day,
            _ => ranges.push((day, day)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use minsu_domain::parse_day;

    use super::*;

    #[test]
    fn neighbouring_days_are_one_range() {
        let day = |text| parse_day(text).unwrap();
        let days = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-03"].map(day).into();
        let expected = [("2026-12-30", "2027-01-01"), ("2027-01-03", "2027-01-03")];
        assert_eq!(ranges(&days), expected.map(|(from, to)| (day(from), day(to))));
        assert_eq!(ranges(&BTreeSet::new()), []);
    }
}
