//! Months as tables.

use chrono::{Datelike, Days, Months, NaiveDate};
use minsu_web::language::Language;

use crate::{format, language::say};

/// What a day of a public calendar is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is over, or further ahead than the site takes orders.
    Outside,
    /// It can be booked.
    Free,
    /// It is occupied.
    Taken,
}

impl Mark {
    /// Its class in the stylesheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Outside => "past",
            Self::Free => "free",
            Self::Taken => "taken",
        }
    }
}

/// A day of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<M> {
    /// The day of the month.
    pub number: u32,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What it is shown as.
    pub mark: M,
}

/// A month.
pub struct Month<M> {
    /// Its name.
    pub title: String,
    /// Its weeks from Monday on; days of other months are empty.
    pub weeks: Vec<Vec<Option<Cell<M>>>>,
}

impl<M: Clone> Month<M> {
    /// The month of a day.
    pub fn of(language: Language, day: NaiveDate, mark: impl Fn(NaiveDate) -> M) -> Self {
        let first = first_of(day);
        let empty = first.weekday().num_days_from_monday() as usize;
        let days = first.iter_days().take_while(|day| day.month() == first.month());
        let cells = days.map(|day| Some(Cell { number: day.day(), date: day.to_string(), mark: mark(day) }));
        let mut cells: Vec<_> = std::iter::repeat_n(None, empty).chain(cells).collect();
        cells.resize(cells.len().next_multiple_of(7), None);
        let weeks = cells.chunks(7).map(<[_]>::to_vec).collect();
        Self { title: format::month(language, first), weeks }
    }
}

/// The first day of a month.
pub fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The last day of a month.
pub fn last_of(day: NaiveDate) -> NaiveDate {
    first_of(day) + Months::new(1) - Days::new(1)
}

/// The weekdays from Monday on: short, and whole for who does not see the table.
pub const fn weekdays(language: Language) -> [(&'static str, &'static str); 7] {
    [
        (say(language, "一", "Mo"), say(language, "星期一", "Monday")),
        (say(language, "二", "Tu"), say(language, "星期二", "Tuesday")),
        (say(language, "三", "We"), say(language, "星期三", "Wednesday")),
        (say(language, "四", "Th"), say(language, "星期四", "Thursday")),
        (say(language, "五", "Fr"), say(language, "星期五", "Friday")),
        (say(language, "六", "Sa"), say(language, "星期六", "Saturday")),
        (say(language, "日", "Su"), say(language, "星期日", "Sunday")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_whole_weeks_and_each_day_once() {
        for (year, month, weeks, first) in [(2026, 2, 5, 6), (2027, 2, 4, 0), (2026, 11, 6, 6), (2028, 2, 5, 1)] {
            let day = NaiveDate::from_ymd_opt(year, month, 15).unwrap();
            let shown = Month::of(Language::Chinese, day, |_| Mark::Free);
            assert_eq!(shown.weeks.len(), weeks, "{day}");
            assert!(shown.weeks.iter().all(|week| week.len() == 7));
            let numbers: Vec<_> = shown.weeks.iter().flatten().flatten().map(|cell| cell.number).collect();
            assert_eq!(numbers, (1..=last_of(day).day()).collect::<Vec<_>>());
            assert_eq!(shown.weeks[0].iter().position(Option::is_some), Some(first), "{day}");
        }
    }
}
