//! One event: when it begins, how long it is, how it repeats, whether it counts.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use minsu_domain::{DayKind, EventEnd, ReadingFault};

use crate::{
    content_line::ContentLine,
    rule::Rule,
    values::{Moment, duration, text},
    zones::{Zone, Zones},
};

/// How long an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// It does not say.
    Open,
    /// To the end of a day.
    Days(TimeDelta),
    /// To a time.
    Time(TimeDelta),
}

impl Length {
    /// The end of an event that begins at this time of the site.
    pub fn end(self, start: NaiveDateTime) -> Option<EventEnd> {
        Some(match self {
            Self::Open => EventEnd::Open,
            Self::Days(days) => EventEnd::Day(start.checked_add_signed(days)?.date()),
            Self::Time(length) => EventEnd::Time(start.checked_add_signed(length)?),
        })
    }

    fn of_dates(length: TimeDelta) -> Self {
        if length.num_seconds() % 86_400 == 0 { Self::Days(length) } else { Self::Time(length) }
    }
}

/// A point of time in a calendar, by the clock of the zone of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Wall {
    pub time: NaiveDateTime,
    pub is_date: bool,
}

/// A date that is added to a series, perhaps with a length of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Added {
    pub start: Wall,
    pub length: Option<Length>,
}

/// Which occurrence of its series an exception replaces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replaced {
    pub moment: Moment,
    pub is_this_and_future: bool,
}

/// An event that can be put into days.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub uid: Option<String>,
    pub kind: DayKind,
    /// Neither cancelled nor marked as free.
    pub is_busy: bool,
    pub zone: Zone,
    pub start: Wall,
    pub length: Length,
    pub rules: Vec<Rule>,
    pub added: Vec<Added>,
    pub left_out: Vec<Wall>,
    pub replaces: Option<(Replaced, Zone)>,
}

/// Reads the properties of an event and collects what cannot be read.
pub(crate) struct EventReader<'a> {
    lines: &'a [ContentLine],
    zones: &'a Zones<'a>,
    pub faults: Vec<ReadingFault>,
}

impl<'a> EventReader<'a> {
    pub fn new(lines: &'a [ContentLine], zones: &'a Zones<'a>) -> Self {
        Self { lines, zones, faults: Vec::new() }
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a ContentLine> + use<'a> {
        self.lines.iter().filter(move |line| line.name == name)
    }

    fn first(&self, name: &'static str) -> Option<&'a ContentLine> {
        self.all(name).next()
    }

    fn value(&self, name: &'static str) -> Option<&'a str> {
        self.first(name).map(|line| line.value.as_str())
    }

    /// The identifier, where there is one.
    pub fn uid(&self) -> Option<&'a str> {
        self.value("UID").filter(|uid| !uid.is_empty())
    }

    /// The event; `None` where it has no start that can be read, which is a fault unless it does not count anyway.
    pub fn event(&mut self) -> Option<Event> {
        let is = |name, value: &str| self.value(name).is_some_and(|text| text.eq_ignore_ascii_case(value));
        let is_busy = !is("STATUS", "CANCELLED") && !is("TRANSP", "TRANSPARENT");
        let replaces = self.replaced();
        let start_line = self.first("DTSTART").or_else(|| self.first("RECURRENCE-ID"));
        let moment = start_line.and_then(|line| Moment::parse(&line.value));
        let (Some(line), Some(moment)) = (start_line, moment) else {
            self.faults.extend(is_busy.then_some(ReadingFault::Start));
            return None;
        };
        if self.all("DTSTART").count() > 1 {
            self.faults.push(ReadingFault::Start);
        }
        let zone = self.zone(moment, line);
        let start = wall(moment, &zone, &zone);
        let length = self.length(start, &zone);
        Some(Event {
            uid: self.uid().map(str::to_owned),
            kind: DayKind::of_summary(&text(self.value("SUMMARY").unwrap_or_default())),
            is_busy,
            start,
            length,
            rules: if replaces.is_some() { Vec::new() } else { self.rules() },
            added: self.added(&zone),
            left_out: self.left_out(&zone),
            replaces,
            zone,
        })
    }

    /// The zone of a value; the unknown ones are a fault.
    fn zone(&mut self, moment: Moment, line: &ContentLine) -> Zone {
        match moment {
            // Days are the same in every zone.
            Moment::Date(_) => self.zones.site(),
            Moment::Utc(_) => Zone::Named(chrono_tz::UTC),
            Moment::Local(_) => {
                let (zone, is_known) = self.zones.of(line.tzid.as_deref());
                self.faults.extend((!is_known).then_some(ReadingFault::Zone));
                zone
            }
        }
    }

    fn replaced(&mut self) -> Option<(Replaced, Zone)> {
        let line = self.first("RECURRENCE-ID")?;
        let Some(moment) = Moment::parse(&line.value) else {
            self.faults.push(ReadingFault::SeriesDate);
            return None;
        };
        let zone = self.zone(moment, line);
        Some((Replaced { moment, is_this_and_future: line.is_this_and_future }, zone))
    }

    /// The length by the clock of the site.
    fn length(&mut self, start: Wall, zone: &Zone) -> Length {
        if let Some(line) = self.first("DTEND") {
            let Some(moment) = Moment::parse(&line.value) else {
                self.faults.push(ReadingFault::End);
                return Length::Open;
            };
            let end_zone = self.zone(moment, line);
            let site = self.zones.site();
            let begun = self.at_site(start, zone);
            let end = wall(moment, &end_zone, &site);
            let length = end.time - begun;
            return if start.is_date && end.is_date { Length::Days(length) } else { Length::Time(length) };
        }
        let Some(text) = self.value("DURATION") else { return Length::Open };
        match duration(text) {
            None => {
                self.faults.push(ReadingFault::Duration);
                Length::Open
            }
            Some(length) if length <= TimeDelta::zero() => Length::Open,
            Some(length) if start.is_date => Length::of_dates(length),
            Some(length) => Length::Time(length),
        }
    }

    /// A time by the clock of the site.
    pub fn at_site(&self, wall: Wall, zone: &Zone) -> NaiveDateTime {
        if wall.is_date { wall.time } else { self.zones.site().local(zone.utc(wall.time)) }
    }

    fn rules(&mut self) -> Vec<Rule> {
        // What a rule leaves out is not read any more: the days stay occupied.
        if self.first("EXRULE").is_some() {
            self.faults.push(ReadingFault::Rule);
        }
        let mut rules = Vec::new();
        for line in self.all("RRULE") {
            match Rule::parse(&line.value) {
                Ok(rule) => rules.push(rule),
                Err(fault) => self.faults.push(fault),
            }
        }
        rules
    }

    fn dates(&self, name: &'static str) -> Vec<(&'a str, &'a ContentLine)> {
        let lines = self.all(name);
        lines
            .flat_map(|line| line.value.split(',').map(str::trim).map(move |text| (text, line)))
            .filter(|(text, _)| !text.is_empty())
            .collect()
    }

    fn left_out(&mut self, zone: &Zone) -> Vec<Wall> {
        let dates = self.dates("EXDATE");
        dates.into_iter().filter_map(|(text, line)| self.wall(text, line, zone)).collect()
    }

    fn wall(&mut self, text: &str, line: &ContentLine, zone: &Zone) -> Option<Wall> {
        let Some(moment) = Moment::parse(text) else {
            self.faults.push(ReadingFault::SeriesDate);
            return None;
        };
        let of = self.zone(moment, line);
        Some(wall(moment, &of, zone))
    }

    fn added(&mut self, zone: &Zone) -> Vec<Added> {
        let dates = self.dates("RDATE");
        dates.into_iter().filter_map(|(text, line)| self.added_date(text, line, zone)).collect()
    }

    fn added_date(&mut self, text: &str, line: &ContentLine, zone: &Zone) -> Option<Added> {
        let Some((start, end)) = text.split_once('/') else {
            return self.wall(text, line, zone).map(|start| Added { start, length: None });
        };
        let start = self.wall(start, line, zone)?;
        let length = match duration(end) {
            Some(length) => length,
            None => self.wall(end, line, zone)?.time - start.time,
        };
        Some(Added { start, length: Some(Length::Time(length)) })
    }
}

/// A moment of one zone by the clock of another.
pub(crate) fn wall(moment: Moment, of: &Zone, by: &Zone) -> Wall {
    match moment {
        Moment::Date(day) => Wall { time: day.and_time(NaiveTime::MIN), is_date: true },
        Moment::Local(time) if same(of, by) => Wall { time, is_date: false },
        Moment::Local(time) => Wall { time: by.local(of.utc(time)), is_date: false },
        Moment::Utc(time) => Wall { time: by.local(time), is_date: false },
    }
}

/// Whether two zones are one: the same name, or the same definition.
fn same(one: &Zone, other: &Zone) -> bool {
    match (one, other) {
        (Zone::Named(one), Zone::Named(other)) => one == other,
        (Zone::Defined(one), Zone::Defined(other)) => std::rc::Rc::ptr_eq(one, other),
        _ => false,
    }
}
