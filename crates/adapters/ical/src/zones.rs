//! Time zones: of the site, by their IANA or Windows names, or as the calendar defines them.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use calcard::common::timezone::Tz as NamedZone;
use chrono::{FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::{
    components::{Calendar, ZoneLines},
    content_line::ContentLine,
    rule::Rule,
    values::{Moment, offset},
};

/// A zone in which times are written.
#[derive(Debug, Clone)]
pub(crate) enum Zone {
    Named(Tz),
    /// From when on which offset counts, sorted; never empty.
    Defined(Rc<Vec<Onset>>),
}

/// The beginning of an offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Onset {
    /// By the clock that is then changed.
    at: NaiveDateTime,
    before: FixedOffset,
    behind: FixedOffset,
}

impl Zone {
    /// A time of this zone in UTC. One that a change of the clock skips is as much later, one that it repeats is the
    /// first of the two.
    pub fn utc(&self, local: NaiveDateTime) -> NaiveDateTime {
        let offset = match self {
            Self::Named(zone) => match zone.offset_from_local_datetime(&local) {
                MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset.fix(),
                MappedLocalTime::None => {
                    let before = local.checked_sub_signed(TimeDelta::days(1)).unwrap_or(local);
                    zone.offset_from_local_datetime(&before).earliest().map_or_else(zero, |offset| offset.fix())
                }
            },
            Self::Defined(onsets) => offset_of(onsets, |onset| onset.at <= local),
        };
        local.checked_sub_offset(offset).unwrap_or(local)
    }

    /// A time in UTC by the clock of this zone.
    pub fn local(&self, utc: NaiveDateTime) -> NaiveDateTime {
        let offset = match self {
            Self::Named(zone) => zone.offset_from_utc_datetime(&utc).fix(),
            Self::Defined(onsets) => {
                offset_of(onsets, |onset| onset.at.checked_sub_offset(onset.before).unwrap_or(onset.at) <= utc)
            }
        };
        utc.checked_add_offset(offset).unwrap_or(utc)
    }
}

fn zero() -> FixedOffset {
    chrono::Utc.fix()
}

fn offset_of(onsets: &[Onset], has_begun: impl Fn(&Onset) -> bool) -> FixedOffset {
    match onsets.partition_point(has_begun) {
        0 => onsets.first().map_or_else(zero, |onset| onset.before),
        count => onsets[count - 1].behind,
    }
}

/// The zones that a calendar names.
pub(crate) struct Zones<'a> {
    calendar: &'a Calendar,
    site: Tz,
    /// Up to when the changes of defined zones are followed.
    last: NaiveDateTime,
    known: RefCell<HashMap<String, Option<Zone>>>,
}

impl<'a> Zones<'a> {
    pub fn new(calendar: &'a Calendar, site: Tz, last: NaiveDateTime) -> Self {
        Self { calendar, site, last, known: RefCell::default() }
    }

    /// The zone of the site.
    pub fn site(&self) -> Zone {
        Zone::Named(self.site)
    }

    /// The zone of times with this TZID, of those without one that of the calendar, and whether it is known; if not,
    /// it is that of the site.
    pub fn of(&self, tzid: Option<&str>) -> (Zone, bool) {
        let Some(name) = tzid.or(self.calendar.zone.as_deref()).filter(|name| !name.is_empty()) else {
            return (self.site(), true);
        };
        let mut known = self.known.borrow_mut();
        let zone = match known.get(name) {
            Some(zone) => zone.clone(),
            None => known.entry(name.to_owned()).or_insert(self.find(name)).clone(),
        };
        let is_known = zone.is_some();
        (zone.unwrap_or_else(|| self.site()), is_known)
    }

    fn find(&self, name: &str) -> Option<Zone> {
        named(name).map(Zone::Named).or_else(|| {
            let zone = self.calendar.zones.iter().find(|zone| plain(&zone.tzid) == plain(name))?;
            defined(zone, self.last)
        })
    }
}

fn plain(tzid: &str) -> &str {
    tzid.trim().trim_matches('"').trim_start_matches('/').trim()
}

/// A zone by its IANA name, which may have a registry before it, or by a name of Windows.
fn named(tzid: &str) -> Option<Tz> {
    let name = plain(tzid);
    let iana = |name: &str| TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied();
    let behind_registry = || {
        let ends = name.match_indices('/').map(|(place, _)| &name[place + 1..]);
        ends.filter(|end| end.contains('/')).find_map(iana)
    };
    iana(name).or_else(behind_registry).or_else(|| {
        // What stands before a name in brackets is only the offset of winter.
        let name = name.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(name, |(_, name)| name.trim());
        match name.parse() {
            Ok(NamedZone::Tz(zone)) if !name.starts_with('(') => Some(zone),
            _ => None,
        }
    })
}

fn defined(zone: &ZoneLines, last: NaiveDateTime) -> Option<Zone> {
    let mut onsets: Vec<Onset> = zone.observances.iter().flat_map(|lines| onsets(lines, last)).collect();
    onsets.sort_by_key(|onset| onset.at);
    (!onsets.is_empty()).then(|| Zone::Defined(Rc::new(onsets)))
}

/// The changes to one offset: the first, and those by its rule.
fn onsets(lines: &[ContentLine], last: NaiveDateTime) -> Vec<Onset> {
    let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.value.as_str());
    let Some(behind) = value("TZOFFSETTO").and_then(offset) else { return Vec::new() };
    let before = value("TZOFFSETFROM").and_then(offset).unwrap_or(behind);
    let first = match value("DTSTART").and_then(Moment::parse) {
        Some(Moment::Local(time) | Moment::Utc(time)) => time,
        Some(Moment::Date(day)) => day.into(),
        None => return vec![Onset { at: NaiveDateTime::MIN, before, behind }],
    };
    let local = |utc: NaiveDateTime| utc.checked_add_offset(before).unwrap_or(utc);
    let rule = value("RRULE").and_then(|text| Rule::parse(text).ok());
    let by_rule = rule.and_then(|rule| rule.starts(first, last, local).ok()).unwrap_or_default();
    [first].into_iter().chain(by_rule).map(|at| Onset { at, before, behind }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::calendars;

    fn time(text: &str) -> NaiveDateTime {
        match Moment::parse(text).unwrap() {
            Moment::Local(time) | Moment::Utc(time) => time,
            Moment::Date(day) => day.into(),
        }
    }

    #[test]
    fn zones_are_known_by_many_names() {
        use Tz::{America__Argentina__Buenos_Aires, America__New_York, Asia__Calcutta, Asia__Shanghai};
        for (name, zone) in [
            ("Asia/Shanghai", Some(Asia__Shanghai)),
            ("\"asia/shanghai\"", Some(Asia__Shanghai)),
            ("/Asia/Shanghai", Some(Asia__Shanghai)),
            ("/freeassociation.sourceforge.net/Asia/Shanghai", Some(Asia__Shanghai)),
            ("/mozilla.org/20050126_1/America/New_York", Some(America__New_York)),
            ("/a.example/America/Argentina/Buenos_Aires", Some(America__Argentina__Buenos_Aires)),
            ("China Standard Time", Some(Asia__Shanghai)),
            ("India Standard Time", Some(Asia__Calcutta)),
            ("(UTC+05:30) India Standard Time", Some(Asia__Calcutta)),
            ("(UTC+05:30) Nowhere", None),
            ("Customized Time Zone", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(named(name), zone, "{name}");
        }
    }

    #[test]
    fn a_defined_zone_has_the_offsets_of_its_rules() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
            BEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n\
            RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\n\
            BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n\
            RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\nEND:VCALENDAR\n";
        let calendars = calendars(text.as_bytes()).unwrap();
        let zones = Zones::new(&calendars[0], Tz::Asia__Shanghai, time("20311201T000000"));
        let (defined, is_known) = zones.of(Some("Customized Time Zone"));
        assert!(is_known);
        for local in ["20270314T015959", "20270314T030000", "20270701T120000", "20271107T030000", "20280101T000000"] {
            let local = time(local);
            let named = Zone::Named(Tz::America__New_York);
            assert_eq!(defined.utc(local), named.utc(local), "{local}");
            assert_eq!(defined.local(defined.utc(local)), local);
        }
        assert!(!zones.of(Some("Another")).1);
        assert!(zones.of(None).1);
    }

    #[test]
    fn a_time_that_the_clock_skips_or_repeats_is_a_time() {
        let zone = Zone::Named(Tz::America__New_York);
        assert_eq!(zone.utc(time("20270314T023000")), time("20270314T073000"));
        assert_eq!(zone.utc(time("20271107T013000")), time("20271107T053000"));
    }
}
