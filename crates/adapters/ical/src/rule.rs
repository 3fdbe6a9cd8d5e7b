//! Rules of series: checked here, followed by `calcard`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use calcard::{
    Entry, Parser,
    common::timezone::Tz,
    icalendar::{ICalendar, ICalendarValue, dates::CalendarExpand},
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use minsu_domain::ReadingFault;

use crate::{budget::Budget, limits, values::Moment};

/// A rule that can be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The parts but UNTIL, as they are written.
    parts: String,
    until: Option<Moment>,
    is_yearly: bool,
}

/// The parts that are lists of numbers: their names, the largest number, and whether the numbers may be below zero.
const NUMBERS: [(&str, u32, bool); 8] = [
    ("BYSECOND", 59, false),
    ("BYMINUTE", 59, false),
    ("BYHOUR", 23, false),
    ("BYMONTHDAY", 31, true),
    ("BYYEARDAY", 366, true),
    ("BYWEEKNO", 53, true),
    ("BYMONTH", 12, false),
    ("BYSETPOS", 366, true),
];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Rule {
    /// Reads a rule strictly: an unknown part, one that is given twice or a number outside its range would make other
    /// days of it.
    pub fn parse(text: &str) -> Result<Self, ReadingFault> {
        let text = text.trim().to_ascii_uppercase();
        let (mut parts, mut until, mut seen, mut times_a_day) = (Vec::new(), None, Vec::new(), 1usize);
        let mut is_yearly = false;
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(ReadingFault::Rule)?;
            let (name, value) = (name.trim(), value.trim());
            if seen.contains(&name) {
                return Err(ReadingFault::Rule);
            }
            seen.push(name);
            is_yearly |= (name, value) == ("FREQ", "YEARLY");
            match name {
                "UNTIL" => until = Some(Moment::parse(value).ok_or(ReadingFault::Rule)?),
                "RSCALE" if value == "GREGORIAN" => {}
                "SKIP" if value == "OMIT" => {}
                _ => {
                    check(name, value)?;
                    parts.push(format!("{name}={}", value.replace('+', "")));
                }
            }
            if matches!(name, "BYHOUR" | "BYMINUTE" | "BYSECOND") {
                times_a_day = times_a_day.saturating_mul(value.split(',').count());
            }
        }
        if !seen.contains(&"FREQ") {
            return Err(ReadingFault::Rule);
        }
        if times_a_day > limits::TIMES_A_DAY {
            return Err(ReadingFault::RuleTooFine);
        }
        Ok(Self { parts: parts.join(";"), until, is_yearly })
    }

    /// Whether it repeats by the year, as changes of the clock do.
    pub fn is_yearly(&self) -> bool {
        self.is_yearly
    }

    /// The starts of the occurrences up to `last`, by the clock of the series: fewer than `most`, and what the budget
    /// has left. `local` turns a time in UTC into that clock.
    pub fn starts(
        &self,
        first: NaiveDateTime,
        last: NaiveDateTime,
        local: impl FnOnce(NaiveDateTime) -> NaiveDateTime,
        most: usize,
        budget: &Budget,
    ) -> Result<Vec<NaiveDateTime>, ReadingFault> {
        let most = most.min(budget.occurrences());
        if most == 0 || !budget.has_time() {
            return Err(ReadingFault::RuleTooLong);
        }
        let until = match self.until {
            None => last,
            Some(Moment::Date(day)) => end_of(day).min(last),
            Some(Moment::Local(time)) => time.min(last),
            Some(Moment::Utc(time)) => local(time).min(last),
        };
        if until < first {
            return Ok(Vec::new());
        }
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{}\nRRULE:{};UNTIL={}\nEND:VEVENT\nEND:VCALENDAR\n",
            written(first),
            self.parts,
            written(until),
        );
        // A defect of the library must not lose the other events.
        let expanded =
            catch_unwind(AssertUnwindSafe(|| expand(&text, most))).ok().flatten().ok_or(ReadingFault::Rule)?;
        if !expanded.errors.is_empty() {
            return Err(ReadingFault::Rule);
        }
        budget.take(expanded.events.len());
        if expanded.events.len() >= most {
            return Err(ReadingFault::RuleTooLong);
        }
        Ok(expanded.events.iter().map(|event| event.start.naive_local()).collect())
    }
}

fn expand(text: &str, most: usize) -> Option<CalendarExpand> {
    match Parser::new(text).entry() {
        // A rule that is not understood is no error there: it is left out.
        Entry::ICalendar(calendar) if has_rule(&calendar) => Some(calendar.expand_dates(Tz::Floating, most)),
        _ => None,
    }
}

fn has_rule(calendar: &ICalendar) -> bool {
    let values = calendar.components.iter().flat_map(|part| &part.entries).flat_map(|entry| &entry.values);
    values.into_iter().any(|value| matches!(value, ICalendarValue::RecurrenceRule(_)))
}

fn written(time: NaiveDateTime) -> String {
    time.format("%Y%m%dT%H%M%S").to_string()
}

fn end_of(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + chrono::TimeDelta::seconds(86_399)
}

fn check(name: &str, value: &str) -> Result<(), ReadingFault> {
    let values = || value.split(',');
    let is_right = match name {
        "FREQ" => match value {
            "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" => true,
            "HOURLY" | "MINUTELY" | "SECONDLY" => return Err(ReadingFault::RuleTooFine),
            _ => false,
        },
        "COUNT" => natural(value, u32::MAX),
        "INTERVAL" => natural(value, u16::MAX.into()),
        "WKST" => WEEKDAYS.contains(&value),
        "BYDAY" => values().all(is_weekday),
        _ => {
            let known = NUMBERS.iter().find(|(known, ..)| *known == name).ok_or(ReadingFault::Rule)?;
            values().all(|value| is_number(value, *known))
        }
    };
    if is_right && values().count() <= limits::RULE_VALUES { Ok(()) } else { Err(ReadingFault::Rule) }
}

/// A number of digits from 1 to `most`.
fn natural(value: &str, most: u32) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
        && value.parse().is_ok_and(|number: u32| (1..=most).contains(&number))
}

fn is_number(value: &str, (_, most, is_signed): (&str, u32, bool)) -> bool {
    let digits = if is_signed { value.strip_prefix(['-', '+']).unwrap_or(value) } else { value };
    // What can be counted from the end has no zero, and months have none.
    natural(digits, most) || (digits.bytes().all(|byte| byte == b'0') && !digits.is_empty() && !is_signed && most != 12)
}

/// `MO`, `2MO`, `-1MO`.
fn is_weekday(value: &str) -> bool {
    let Some(place) = value.len().checked_sub(2).filter(|place| value.is_char_boundary(*place)) else { return false };
    let (number, weekday) = value.split_at(place);
    WEEKDAYS.contains(&weekday) && (number.is_empty() || natural(number.strip_prefix(['-', '+']).unwrap_or(number), 53))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        match Moment::parse(text).unwrap() {
            Moment::Date(day) => day.and_time(NaiveTime::MIN),
            Moment::Local(time) | Moment::Utc(time) => time,
        }
    }

    fn starts(rule: &str, first: &str) -> Result<Vec<String>, ReadingFault> {
        let in_china = |time| time + chrono::TimeDelta::hours(8);
        let budget = Budget::new(std::time::Duration::from_secs(60));
        let starts =
            Rule::parse(rule)?.starts(at(first), at("20311201T000000"), in_china, limits::OCCURRENCES, &budget)?;
        Ok(starts.into_iter().map(|time| time.format("%m-%d").to_string()).collect())
    }

    #[test]
    fn rules_are_followed_to_their_end() {
        let days = ["12-02", "12-09", "12-16"].map(str::to_owned);
        for rule in [
            "FREQ=WEEKLY;COUNT=3;BYDAY=WE",
            "freq=weekly;until=20261216;",
            "FREQ=WEEKLY;UNTIL=20261216T120000",
            "FREQ=WEEKLY;UNTIL=20261216T040000Z",
            "FREQ=WEEKLY;INTERVAL=1;WKST=SU;COUNT=3",
            "RSCALE=GREGORIAN;FREQ=DAILY;INTERVAL=7;COUNT=3",
        ] {
            assert_eq!(starts(rule, "20261202T120000").unwrap(), days, "{rule}");
        }
        assert_eq!(starts("FREQ=WEEKLY;UNTIL=20261216T035959Z", "20261202T120000").unwrap().len(), 2);
        assert_eq!(starts("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "20270129").unwrap(), ["01-29", "02-26"]);
        assert_eq!(starts("FREQ=DAILY", "19700101").unwrap().len(), 22_615);
        assert_eq!(starts("FREQ=DAILY", "20320101"), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        use ReadingFault::{Rule, RuleTooFine, RuleTooLong};
        for (rule, fault) in [
            ("", Rule),
            ("COUNT=3", Rule),
            ("FREQ=FORTNIGHTLY", Rule),
            ("FREQ=DAILY;COUNT=0", Rule),
            ("FREQ=DAILY;COUNT=+3", Rule),
            ("FREQ=DAILY;COUNT=99999999999", Rule),
            ("FREQ=DAILY;INTERVAL=0", Rule),
            ("FREQ=DAILY;COUNT=3;COUNT=4", Rule),
            ("FREQ=DAILY;UNTIL=2026", Rule),
            ("FREQ=DAILY;BYEASTER=1", Rule),
            ("FREQ=MONTHLY;BYMONTHDAY=32", Rule),
            ("FREQ=MONTHLY;BYMONTHDAY=0", Rule),
            ("FREQ=YEARLY;BYMONTH=0", Rule),
            ("FREQ=WEEKLY;BYDAY=XX", Rule),
            ("FREQ=WEEKLY;BYDAY=房", Rule),
            ("FREQ=WEEKLY;BYMONTHDAY=3", Rule),
            ("RSCALE=CHINESE;FREQ=YEARLY", Rule),
            ("FREQ=SECONDLY", RuleTooFine),
            ("FREQ=HOURLY;COUNT=2", RuleTooFine),
            ("FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,10,20,30,40", RuleTooFine),
            ("FREQ=DAILY;BYHOUR=0,6,12,18", RuleTooLong),
        ] {
            assert_eq!(starts(rule, "19700101"), Err(fault), "{rule}");
        }
        assert!(starts("FREQ=DAILY;BYHOUR=0,12;COUNT=4", "20261202").is_ok());
    }
}
