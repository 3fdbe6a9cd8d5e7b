//! The adapter keeps the contract of its port.

use std::time::{Duration, Instant};

use minsu_ical::IcalOptions;
use minsu_ports::{CalendarFeeds as _, FeedError, testkit::calendar_feeds as contract};

use crate::support::{calendars, calendars_with, terms};

#[tokio::test]
async fn events_become_days_by_the_terms() {
    contract::events_become_days_by_the_terms(&calendars(1)).await;
}

#[tokio::test]
async fn what_is_no_whole_calendar_is_refused() {
    contract::what_is_no_whole_calendar_is_refused(&calendars(1)).await;
}

#[tokio::test]
async fn a_written_calendar_has_its_days_elsewhere_and_none_here() {
    contract::a_written_calendar_has_its_days_elsewhere_and_none_here(&calendars(1), &calendars(2)).await;
}

#[test]
fn a_calendar_depends_on_its_days_and_its_link() {
    contract::a_calendar_depends_on_its_days_and_its_link(&calendars(1));
}

#[tokio::test]
async fn reading_ends_at_the_deadline() {
    let options = IcalOptions { deadline: Duration::ZERO, ..IcalOptions::new(chrono_tz::Asia::Shanghai) };
    let calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261205\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(calendars_with(1, options).read(calendar.into(), terms()).await, Err(FeedError::TooSlow));
}

#[tokio::test]
async fn reading_ends_at_the_deadline_within_one_event_and_within_one_zone() {
    let rules = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n".repeat(200);
    let event = format!("BEGIN:VEVENT\nDTSTART:00010101\n{rules}END:VEVENT\n");
    let onsets = "BEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
        RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\n";
    let zone = format!(
        "BEGIN:VTIMEZONE\nTZID:Own\n{}END:VTIMEZONE\n\
         BEGIN:VEVENT\nDTSTART;TZID=Own:20261205T000000\nEND:VEVENT\n",
        onsets.repeat(2_000)
    );
    for content in [event, zone] {
        let options =
            IcalOptions { deadline: Duration::from_millis(100), ..IcalOptions::new(chrono_tz::Asia::Shanghai) };
        let calendar = format!("BEGIN:VCALENDAR\n{content}END:VCALENDAR");
        let begun = Instant::now();
        let found = calendars_with(1, options).read(calendar.into(), terms()).await;
        assert_eq!(found, Err(FeedError::TooSlow));
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}
