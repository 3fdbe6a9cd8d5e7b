//! Which days an event occupies.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::DayRange;

/// When an event ends, in the time of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventEnd {
    /// It does not say: it occupies one day.
    Open,
    /// Before this day.
    Day(NaiveDate),
    /// At this time.
    Time(NaiveDateTime),
}

/// The rule by which events become days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventDays {
    /// From when on guests check in. The last day of an event that ends later is occupied.
    pub check_in: NaiveTime,
}

impl EventDays {
    /// The days from the one on which an event begins: at least one. A day on which it ends at a time is among them
    /// if that is later than check-in. A day that it ends before is not among them; an end that is not later than
    /// the start counts as none.
    pub fn of(self, first: NaiveDate, end: EventEnd) -> Option<DayRange> {
        let next = first.succ_opt()?;
        let end = match end {
            EventEnd::Open => next,
            EventEnd::Day(day) => day,
            EventEnd::Time(time) if time.time() > self.check_in => time.date().succ_opt()?,
            EventEnd::Time(time) => time.date(),
        };
        Some(DayRange { first, end: end.max(next) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    #[test]
    fn the_day_of_the_end_is_free_when_the_event_ends_by_check_in() {
        let rule = EventDays { check_in: NaiveTime::from_hms_opt(14, 0, 0).unwrap() };
        let day = |text| parse_day(text).unwrap();
        let days = |end| rule.of(day("2027-01-11"), end).unwrap().end;
        let time = |text, hour, second| EventEnd::Time(day(text).and_hms_opt(hour, 0, second).unwrap());
        assert_eq!(days(EventEnd::Open), day("2027-01-12"));
        assert_eq!(days(EventEnd::Day(day("2027-01-13"))), day("2027-01-13"));
        assert_eq!(days(EventEnd::Day(day("2027-01-11"))), day("2027-01-12"));
        assert_eq!(days(EventEnd::Day(day("2026-01-11"))), day("2027-01-12"));
        assert_eq!(days(time("2027-01-13", 0, 0)), day("2027-01-13"));
        assert_eq!(days(time("2027-01-13", 14, 0)), day("2027-01-13"));
        assert_eq!(days(time("2027-01-13", 14, 1)), day("2027-01-14"));
        assert_eq!(days(time("2027-01-11", 9, 0)), day("2027-01-12"));
        assert_eq!(rule.of(NaiveDate::MAX, EventEnd::Open), None);
    }
}
