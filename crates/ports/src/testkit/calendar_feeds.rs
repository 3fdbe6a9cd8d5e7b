//! The contract of [`CalendarFeeds`].
//!
//! Each function is a rule and panics where the adapter breaks it. All need the runtime that the adapter works on, and
//! an adapter without other callers.

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, Utc};
use minsu_domain::{CalendarExport, DayKind, DayOffsets, DayRange, FeedReading, ReadingTerms};

use crate::{CalendarFeeds, FeedError};

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default() + Days::new(n)
}

fn terms() -> ReadingTerms {
    ReadingTerms { from: day(0), until: day(1826), offsets: DayOffsets::default(), is_all_closures: false }
}

fn export(link: u8, days: &[u64]) -> CalendarExport {
    let days = days.iter().copied().map(day);
    CalendarExport::new([link; 32], DateTime::<Utc>::default(), days)
}

async fn read(feeds: &dyn CalendarFeeds, calendar: impl Into<Bytes>, terms: ReadingTerms) -> FeedReading {
    match feeds.read(calendar.into(), terms).await {
        Ok(reading) => reading,
        Err(error) => panic!("a calendar cannot be read: {error}"),
    }
}

/// Two events: a closure of three days and a stay of one; an event that is marked as free is none.
const PLAIN: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261205\r\nDTEND;VALUE=DATE:20261208\r\nSUMMARY:Closed\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261210\r\nDTEND;VALUE=DATE:20261211\r\nSUMMARY:A\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:3\r\nDTSTART;VALUE=DATE:20261220\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// Days and kinds come out, the end is not among the days, and the terms count.
pub async fn events_become_days_by_the_terms(feeds: &dyn CalendarFeeds) {
    let reading = read(feeds, PLAIN, terms()).await;
    assert_eq!(
        reading.days.iter().collect::<Vec<_>>(),
        [(day(4), DayKind::Closure), (day(5), DayKind::Closure), (day(6), DayKind::Closure), (day(9), DayKind::Stay)]
    );
    assert!(reading.is_complete());
    assert_eq!((reading.busy_events, reading.free_events, reading.own_events), (2, 1, 0));
    let offsets = DayOffsets::new(0, 1).unwrap_or_default();
    let narrow = ReadingTerms { from: day(5), until: day(10), offsets, is_all_closures: true };
    let reading = read(feeds, PLAIN, narrow).await;
    assert_eq!(
        reading.days.ranges(),
        [DayRange { first: day(5), end: day(8) }, DayRange { first: day(9), end: day(10) }]
    );
    assert!(reading.days.iter().all(|(_, kind)| kind == DayKind::Closure));
}

/// What is no whole calendar is refused.
pub async fn what_is_no_whole_calendar_is_refused(feeds: &dyn CalendarFeeds) {
    for (calendar, error) in [
        (Bytes::new(), FeedError::NotACalendar),
        (Bytes::from_static(b"<html>"), FeedError::NotACalendar),
        (Bytes::from_static(&PLAIN.as_bytes()[..PLAIN.len() - 16]), FeedError::CutOff),
        (vec![b' '; (5 << 20) + 1].into(), FeedError::TooLarge),
    ] {
        assert_eq!(feeds.read(calendar, terms()).await, Err(error));
    }
}

/// What is written is read as the same days by another site, `other`; this site knows its own events and leaves them
/// out.
pub async fn a_written_calendar_has_its_days_elsewhere_and_none_here(
    feeds: &dyn CalendarFeeds,
    other: &dyn CalendarFeeds,
) {
    for days in [&[][..], &[0], &[0, 1, 2, 5, 30, 31, 1000]] {
        let export = export(1, days);
        let calendar = feeds.write(&export);
        let there = read(other, calendar.clone(), terms()).await;
        assert_eq!(there.days.ranges(), export.ranges);
        assert!(there.days.iter().all(|(_, kind)| kind == DayKind::Closure), "not a stay elsewhere");
        let here = read(feeds, calendar, terms()).await;
        assert!(here.days.is_empty() && here.is_complete());
        assert_eq!(here.own_events as usize, export.ranges.len());
    }
}

/// The same days are the same bytes; another link has nothing in common with them but days.
pub fn a_calendar_depends_on_its_days_and_its_link(feeds: &dyn CalendarFeeds) {
    let one = feeds.write(&export(1, &[1, 2, 7]));
    assert_eq!(one, feeds.write(&export(1, &[1, 2, 7])));
    let other = feeds.write(&export(2, &[1, 2, 7]));
    let uids = |calendar: &Bytes| {
        let lines = String::from_utf8_lossy(calendar).lines().map(str::to_owned).collect::<Vec<_>>();
        lines.into_iter().filter(|line| line.starts_with("UID:")).collect::<Vec<_>>()
    };
    assert_eq!(uids(&one).len(), 2);
    assert!(uids(&one).iter().all(|uid| !uids(&other).contains(uid)));
}
