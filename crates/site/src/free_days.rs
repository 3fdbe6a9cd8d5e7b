//! What the picker of days knows of a house: which days can be chosen, and how long a stay can be.

use std::fmt::Write as _;

use chrono::NaiveDate;
use minsu_application::{
    App,
    houses::{self, BookableDay, BookableDays},
};
use minsu_domain::{HouseId, Principal, StayRule};
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
    /// A hexadecimal digit for each day from the first one on, the sum of what holds: 1 it is taken, 2 no stay may
    /// begin on it, 4 no stay may end on it, 8 occupied days follow a stay that ends on it.
    pub days: String,
    /// The fewest and the most days of a stay that begins on each day, with how many days follow each other that have
    /// the same: `2-180*30 7-180*8`.
    pub lengths: String,
    /// Whether nights are charged: the day of departure may be taken.
    pub nights: bool,
    /// Whether a gap between occupied days may be booked whole where it is shorter than the shortest stay.
    pub gaps: bool,
}

impl FreeDays {
    /// Of the days of a house.
    pub fn new(app: &App, found: &BookableDays) -> Self {
        let (booking, days) = (&app.policy.booking, &found.days);
        let date = |day: Option<&BookableDay>| day.map_or_else(|| app.today(), |day| day.date).to_string();
        Self {
            first: date(days.first()),
            last: date(days.last()),
            days: days.iter().map(digit).collect(),
            lengths: lengths(days),
            nights: booking.rule == StayRule::Nights,
            gaps: booking.short_gaps,
        }
    }
}

fn digit(day: &BookableDay) -> char {
    let BookableDay { date: _, is_taken, arrival, departure, ends_gap, min_days: _, max_days: _ } = *day;
    let holds = [is_taken, !arrival, !departure, ends_gap];
    let sum = (0..).zip(holds).map(|(place, holds)| u32::from(holds) << place).sum();
    char::from_digit(sum, 16).unwrap_or('0')
}

fn lengths(days: &[BookableDay]) -> String {
    let mut text = String::new();
    for run in days.chunk_by(|one, next| (one.min_days, one.max_days) == (next.min_days, next.max_days)) {
        if let Some(BookableDay { min_days, max_days, .. }) = run.first() {
            let blank = if text.is_empty() { "" } else { " " };
            // Writing to a text cannot fail.
            let _ = write!(text, "{blank}{min_days}-{max_days}*{}", run.len());
        }
    }
    text
}

/// The days of a house, as far ahead as the picker looks.
///
/// # Errors
/// [`minsu_application::ListingError::NotFound`] for a house that is not on the site.
pub async fn of(app: &App, house: HouseId, viewer: Option<Principal>) -> Result<BookableDays, ApiError> {
    Ok(houses::bookable_days(app, house, AHEAD, viewer).await?)
}

/// Whether a day is taken; `None` for one that the picker does not offer.
pub fn is_taken(days: &[BookableDay], date: NaiveDate) -> Option<bool> {
    let place = days.binary_search_by_key(&date, |day| day.date).ok()?;
    days.get(place).map(|day| day.is_taken)
}

#[cfg(test)]
mod tests {
    use minsu_domain::parse_day;

    use super::*;

    #[test]
    fn days_are_digits_and_lengths_are_runs() {
        let day = |date, is_taken, departure, min_days| BookableDay {
            date: parse_day(date).unwrap(),
            is_taken,
            arrival: !is_taken,
            departure,
            ends_gap: !departure,
            min_days,
            max_days: 180,
        };
        let days =
            [day("2026-12-30", false, true, 2), day("2026-12-31", true, true, 2), day("2027-01-01", false, false, 3)];
        assert_eq!(days.iter().map(digit).collect::<String>(), "03c");
        assert_eq!(lengths(&days), "2-180*2 3-180*1");
        assert_eq!(lengths(&[]), "");
        let taken = |date| is_taken(&days, parse_day(date).unwrap());
        assert_eq!([taken("2026-12-30"), taken("2026-12-31"), taken("2027-01-02")], [Some(false), Some(true), None]);
    }
}
