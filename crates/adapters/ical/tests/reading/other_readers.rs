//! Calendars of this site as another library reads them.

use std::collections::BTreeSet;

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue};
use chrono::{DateTime, Days, NaiveDate, Utc};
use minsu_domain::{CalendarExport, DayRange};
use minsu_ports::CalendarFeeds as _;
use proptest::prelude::*;

use crate::support::{calendars, day};

/// The date of a property that has one, and no time.
fn date(event: &ICalendarComponent, name: &ICalendarProperty) -> NaiveDate {
    let mut entries = event.entries.iter().filter(|entry| entry.name == *name);
    let (entry, None) = (entries.next().unwrap(), entries.next()) else { panic!("{name:?} twice") };
    let [ICalendarValue::PartialDateTime(value)] = &entry.values[..] else { panic!("{:?}", entry.values) };
    assert_eq!((value.hour, value.minute, value.tz_hour), (None, None, None));
    let (year, month, day) = (value.year.unwrap(), value.month.unwrap(), value.day.unwrap());
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn calcard_reads_the_days_that_were_written(offsets in proptest::collection::btree_set(0u64..1826, 0..200), link: [u8; 32]) {
        let days: BTreeSet<_> = offsets.iter().map(|n| day("2026-12-01") + Days::new(*n)).collect();
        let export = CalendarExport::new(link, DateTime::<Utc>::default(), days.iter().copied());
        let text = String::from_utf8(calendars(2).write(&export).to_vec()).unwrap();
        let calendar = ICalendar::parse(&text).unwrap();
        let events = calendar.components.iter().filter(|part| part.component_type == ICalendarComponentType::VEvent);
        let range = |event| DayRange { first: date(event, &ICalendarProperty::Dtstart), end: date(event, &ICalendarProperty::Dtend) };
        let read: Vec<_> = events.map(range).collect();
        prop_assert_eq!(&read, &DayRange::of_days(days.iter().copied()));
        prop_assert_eq!(read.into_iter().flat_map(DayRange::days).collect::<BTreeSet<_>>(), days);
    }
}
