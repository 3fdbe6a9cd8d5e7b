//! Calendars that are made to hurt.

use std::time::{Duration, Instant};

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
