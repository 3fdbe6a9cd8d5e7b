//! The adapter keeps the contract of its port.

use std::time::Duration;

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
