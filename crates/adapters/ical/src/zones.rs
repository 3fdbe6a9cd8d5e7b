//! Time zones: of the site, by their IANA or Windows names, or as the calendar defines them.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::LazyLock};

use calcard::common::timezone::Tz as NamedZone;
use chrono::{FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::{
    budget::Budget,
    components::{Calendar, ZoneLines},
    content_line::ContentLine,
    limits,
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
    /// The definitions of the calendar; of two with one name the first.
    defined: HashMap<&'a str, &'a ZoneLines>,
    site: Tz,
    /// Up to when the changes of defined zones are followed.
    last: NaiveDateTime,
    budget: &'a Budget,
    /// By the plain name: many ways to write one name must not follow its zone many times.
    found: RefCell<HashMap<String, (Zone, bool)>>,
}

impl<'a> Zones<'a> {
    pub fn new(calendar: &'a Calendar, site: Tz, last: NaiveDateTime, budget: &'a Budget) -> Self {
        let defined = calendar.zones.iter().rev().map(|zone| (plain(&zone.tzid), zone)).collect();
        Self { calendar, defined, site, last, budget, found: RefCell::default() }
    }

    /// The zone of the site.
    pub fn site(&self) -> Zone {
        Zone::Named(self.site)
    }

    /// The zone of times with this TZID, of those without one that of the calendar, and whether it is known. An unknown
    /// one is that of the site; one with a rule that is not followed has the changes that are left.
    pub fn of(&self, tzid: Option<&str>) -> (Zone, bool) {
        let Some(name) = tzid.or(self.calendar.zone.as_deref()).filter(|name| !name.is_empty()) else {
            return (self.site(), true);
        };
        if name.len() > limits::ZONE_NAME {
            return (self.site(), false);
        }
        let name = plain(name);
        let mut found = self.found.borrow_mut();
        match found.get(name) {
            Some(zone) => zone.clone(),
            None => found.entry(name.to_owned()).or_insert(self.find(name)).clone(),
        }
    }

    fn find(&self, name: &str) -> (Zone, bool) {
        let named = named(name).map(|zone| (Zone::Named(zone), true));
        let defined = || self.defined.get(name).and_then(|zone| self.follow(zone));
        named.or_else(defined).unwrap_or_else(|| (self.site(), false))
    }

    /// A zone as the calendar defines it, and whether all its rules were followed.
    fn follow(&self, zone: &ZoneLines) -> Option<(Zone, bool)> {
        let (mut onsets, mut is_whole) = (Vec::new(), true);
        for lines in &zone.observances {
            is_whole &= self.add_onsets(lines, &mut onsets);
        }
        onsets.sort_by_key(|onset: &Onset| onset.at);
        (!onsets.is_empty()).then(|| (Zone::Defined(Rc::new(onsets)), is_whole))
    }

    /// Adds the changes to one offset, the first and those by its rule, and says whether its rule was followed.
    fn add_onsets(&self, lines: &[ContentLine], onsets: &mut Vec<Onset>) -> bool {
        let mut rules = lines.iter().filter(|line| line.name == "RRULE");
        let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.value.as_str());
        let Some(behind) = value("TZOFFSETTO").and_then(offset) else { return true };
        let before = value("TZOFFSETFROM").and_then(offset).unwrap_or(behind);
        let first = match value("DTSTART").and_then(Moment::parse) {
            Some(Moment::Local(time) | Moment::Utc(time)) => Some(time),
            Some(Moment::Date(day)) => Some(day.into()),
            None => None,
        };
        onsets.push(Onset { at: first.unwrap_or(NaiveDateTime::MIN), before, behind });
        let Some(rule) = rules.next() else { return true };
        let local = |utc: NaiveDateTime| utc.checked_add_offset(before).unwrap_or(utc);
        let most = limits::ONSETS.saturating_sub(onsets.len());
        // Clocks change by the year. A rule of another kind would be followed for thousands of days.
        let rule = Rule::parse(&rule.value).ok().filter(Rule::is_yearly);
        let starts =
            first.zip(rule).and_then(|(first, rule)| rule.starts(first, self.last, local, most, self.budget).ok());
        let is_followed = starts.is_some() && rules.next().is_none();
        onsets.extend(starts.into_iter().flatten().map(|at| Onset { at, before, behind }));
        is_followed
    }
}

fn plain(tzid: &str) -> &str {
    tzid.trim().trim_matches('"').trim_start_matches('/').trim()
}

/// A zone by its IANA name, which may have a registry before it, or by a name of Windows.
fn named(tzid: &str) -> Option<Tz> {
    static BY_NAME: LazyLock<HashMap<String, Tz>> =
        LazyLock::new(|| TZ_VARIANTS.iter().map(|zone| (zone.name().to_ascii_lowercase(), *zone)).collect());
    let iana = |name: &str| BY_NAME.get(name).copied();
    let name = plain(tzid);
    let lower = name.to_ascii_lowercase();
    let behind_registry = || {
        let ends = lower.match_indices('/').map(|(place, _)| &lower[place + 1..]);
        ends.filter(|end| end.contains('/')).find_map(iana)
    };
    iana(&lower).or_else(behind_registry).or_else(|| {
        // What stands before a name in brackets is only the offset of winter.
        let name = name.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(name, |(_, name)| name.trim());
        match name.parse() {
            Ok(NamedZone::Tz(zone)) if !name.starts_with('(') => Some(zone),
            _ => None,
        }
    })
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
        let budget = Budget::new(std::time::Duration::from_secs(60));
        let zones = Zones::new(&calendars[0], Tz::Asia__Shanghai, time("20311201T000000"), &budget);
        let (defined, is_known) = zones.of(Some("Customized Time Zone"));
        assert!(is_known);
        for local in ["20270314T015959", "20270314T030000", "20270701T120000", "20271107T030000", "20280101T000000"] {
            let local = time(local);
            let named = Zone::Named(Tz::America__New_York);
            assert_eq!(defined.utc(local), named.utc(local), "{local}");
            assert_eq!(defined.local(defined.utc(local)), local);
        }
        let (Zone::Defined(one), (Zone::Defined(other), true)) = (defined, zones.of(Some("//Customized Time Zone")))
        else {
            panic!("a name that is written in another way")
        };
        assert!(Rc::ptr_eq(&one, &other), "followed twice");
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
