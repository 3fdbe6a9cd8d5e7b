//! Calendars that are made to hurt.

use std::time::{Duration, Instant};

use minsu_domain::ReadingFault;
use minsu_ports::FeedError;

use crate::support::read;

fn calendar(content: &str) -> String {
    format!("BEGIN:VCALENDAR\n{content}END:VCALENDAR\n")
}

#[test]
fn nested_parts_are_refused_and_abort_nothing() {
    for name in ["VEVENT", "VCALENDAR", "X"] {
        let bomb = format!(
            "BEGIN:VCALENDAR\n{}{}",
            format!("BEGIN:{name}\n").repeat(20_000),
            format!("END:{name}\n").repeat(20_000)
        );
        assert_eq!(read(format!("{bomb}END:VCALENDAR\n")), Err(FeedError::TooDeep), "{name}");
    }
}

#[test]
fn rules_that_never_come_true_end() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=65535;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTH=1;BYSETPOS=53",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    ] {
        let begun = Instant::now();
        let found = read(calendar(&format!("BEGIN:VEVENT\nDTSTART:20261205\nRRULE:{rule}\nEND:VEVENT\n")));
        assert_eq!(found.map(|reading| reading.days.len()), Ok(1), "{rule}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{rule}: {:?}", begun.elapsed());
    }
}

#[test]
fn the_largest_calendar_is_read_in_time() {
    let events = "BEGIN:VEVENT\nUID:1\nDTSTART:19700101\nDTEND:99991231\nEND:VEVENT\n".repeat(10_000);
    assert_eq!(read(calendar(&events)).map(|reading| reading.days.len()), Ok(1826));
    let exceptions = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20270101\nEND:VEVENT\n".repeat(2_000);
    let events = "BEGIN:VEVENT\nUID:1\nDTSTART:20270105\nEND:VEVENT\n".repeat(2_000);
    assert_eq!(read(calendar(&format!("{exceptions}{events}"))).map(|reading| reading.days.len()), Ok(2));
}

/// A zone with observances of this rule.
fn zone(name: &str, rule: &str, observances: usize) -> String {
    let observance =
        format!("BEGIN:STANDARD\nDTSTART:19640101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{rule}END:STANDARD\n");
    format!("BEGIN:VTIMEZONE\nTZID:{name}\n{}END:VTIMEZONE\n", observance.repeat(observances))
}

/// An event at noon by the clock of a zone.
fn event_in(zone: &str) -> String {
    format!("BEGIN:VEVENT\nDTSTART;TZID={zone}:20261205T120000\nEND:VEVENT\n")
}

#[test]
fn more_zones_than_a_calendar_needs_are_refused_at_once() {
    let empty = |count: usize| calendar(&"BEGIN:VTIMEZONE\nTZID:A\nEND:VTIMEZONE\n".repeat(count));
    let daily = "RRULE:FREQ=DAILY;BYHOUR=0,12\n";
    let begun = Instant::now();
    assert_eq!(read(empty(60_000)), Err(FeedError::TooManyRules));
    assert_eq!(read(calendar(&zone("A", daily, 4_000))), Err(FeedError::TooManyRules));
    assert_eq!(read(calendar(&zone("A", &daily.repeat(2_001), 1))), Err(FeedError::TooManyRules));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(read(empty(500)).is_ok() && read(empty(501)).is_err());
    assert!(read(calendar(&zone("A", daily, 2_000))).is_ok());
    // Those of all calendars of a file count together.
    assert_eq!(read(empty(300).repeat(2)), Err(FeedError::TooManyRules));
}

#[test]
fn a_rule_that_no_zone_has_is_told_and_not_followed() {
    for rule in [
        "FREQ=DAILY;BYHOUR=0,12",
        "FREQ=MONTHLY",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1,2,3,4,5,6",
        "FREQ=YEARLY\nRRULE:FREQ=YEARLY;BYMONTH=7",
        "X",
    ] {
        let content: String = (0..5)
            .map(|n| zone(&format!("Own {n}"), &format!("RRULE:{rule}\n"), 1) + &event_in(&format!("Own {n}")))
            .collect();
        let reading = read(calendar(&content)).unwrap();
        assert_eq!((reading.fault, reading.days.len()), (Some(ReadingFault::Zone), 1), "{rule}");
    }
    let yearly = zone("Own", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\n", 4) + &event_in("Own");
    assert_eq!(read(calendar(&yearly)).unwrap().fault, None);
    // A zone of many rules has as few changes as one of a single rule.
    let many = zone("Own", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\n", 40) + &event_in("Own");
    assert_eq!(read(calendar(&many)).unwrap().fault, Some(ReadingFault::Zone));
}

#[test]
fn a_zone_that_is_not_used_is_not_followed() {
    let unused = zone("Asia/Shanghai", "RRULE:FREQ=DAILY\n", 1) + &event_in("Asia/Shanghai");
    assert_eq!(read(calendar(&unused)).unwrap().fault, None);
}

#[test]
fn a_name_of_a_zone_has_an_end() {
    for (length, fault) in [(255, None), (256, Some(ReadingFault::Zone))] {
        let name = "Z".repeat(length);
        assert_eq!(read(calendar(&(zone(&name, "", 1) + &event_in(&name)))).unwrap().fault, fault, "{length}");
    }
}

#[test]
fn names_that_no_zone_has_cost_the_same_however_many_zones_there_are() {
    let zones: String = (0..500).map(|n| zone(&format!("Own {n}"), "", 1)).collect();
    let dates: String = (0..100_000).map(|n| format!("EXDATE;TZID=a/b/c/d/{n}:20261206T000000\n")).collect();
    let event = format!("BEGIN:VEVENT\nDTSTART:20261205T000000\n{dates}END:VEVENT\n");
    let begun = Instant::now();
    assert_eq!(read(calendar(&(zones + &event))).unwrap().fault, Some(ReadingFault::Zone));
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[test]
fn a_file_has_as_many_occurrences_as_are_looked_at() {
    let rules = "RRULE:FREQ=DAILY;BYHOUR=0,12\n".repeat(12);
    let event = format!("BEGIN:VEVENT\nDTSTART:19650101T000000\n{rules}END:VEVENT\n");
    let reading = read(calendar(&event)).unwrap();
    assert_eq!((reading.fault, reading.days.len()), (Some(ReadingFault::RuleTooLong), 1826));
    let added = format!("RDATE:{}\n", vec!["20261206"; 500_001].join(","));
    let event = format!("BEGIN:VEVENT\nDTSTART:20261205\n{added}END:VEVENT\n");
    let reading = read(calendar(&event)).unwrap();
    assert_eq!((reading.fault, reading.days.len()), (Some(ReadingFault::RuleTooLong), 2));
}
