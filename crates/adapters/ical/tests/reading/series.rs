//! Series, what they leave out, and their exceptions.

use crate::support::busy;

/// Three days in a row from the 5th on.
const DAILY: &str = "DTSTART:20261205\nRRULE:FREQ=DAILY;COUNT=3\n";

fn event(uid: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{uid}\n{lines}END:VEVENT\n")
}

fn days(content: &str) -> String {
    let (days, is_complete) = busy(content);
    assert!(is_complete, "{content}");
    days
}

#[test]
fn dates_are_left_out_and_added_in_any_form() {
    for left_out in [
        "EXDATE:20261206\n",
        "EXDATE;VALUE=DATE:20261206,20261231\n",
        "EXDATE:20261206T000000\n",
        "EXDATE:20261205T160000Z\n",
        "EXDATE:\nEXDATE:20261206\n",
    ] {
        let found = days(&event("1", &format!("{DAILY}{left_out}")));
        assert_eq!(found, "2026-12-05/2026-12-06 2026-12-07/2026-12-08", "{left_out}");
    }
    let timed = "DTSTART;TZID=Asia/Shanghai:20261205T150000\nDURATION:PT20H\nRRULE:FREQ=DAILY;COUNT=2\n";
    let left_out = event("1", &format!("{timed}EXDATE:20261206T070000Z\n"));
    assert_eq!(days(&left_out), "2026-12-05/2026-12-06");
    // A time at which nothing is.
    assert_eq!(days(&event("1", &format!("{timed}EXDATE:20261206T080000Z\n"))), "2026-12-05/2026-12-07");
    let added = event("1", "DTSTART:20261205\nRDATE:20261210,20261212\n");
    assert_eq!(days(&added), "2026-12-05/2026-12-06 2026-12-10/2026-12-11 2026-12-12/2026-12-13");
    let period = event("1", "DTSTART:20261205T150000Z\nRDATE;VALUE=PERIOD:20261210T000000Z/P2D\n");
    assert_eq!(days(&period), "2026-12-05/2026-12-06 2026-12-10/2026-12-12");
}

#[test]
fn an_exception_takes_the_place_of_one_occurrence_of_its_own_series() {
    let moved = "RECURRENCE-ID:20261206\nDTSTART:20261220\nSEQUENCE:7\n";
    let expected = "2026-12-05/2026-12-06 2026-12-07/2026-12-08 2026-12-20/2026-12-21";
    assert_eq!(days(&format!("{}{}", event("1", DAILY), event("1", moved))), expected);
    assert_eq!(days(&format!("{}{}", event("1", moved), event("1", DAILY))), expected);
    // Of another series: both count.
    let other = format!("{}{}", event("1", DAILY), event("2", moved));
    assert_eq!(days(&other), "2026-12-05/2026-12-08 2026-12-20/2026-12-21");
    let cancelled = "RECURRENCE-ID:20261206\nSTATUS:CANCELLED\n";
    let cancelled = format!("{}{}", event("1", DAILY), event("1", cancelled));
    assert_eq!(days(&cancelled), "2026-12-05/2026-12-06 2026-12-07/2026-12-08");
}

#[test]
fn one_identifier_for_all_events_loses_none() {
    let one = event("1", "DTSTART:20261205\n");
    let other = event("1", "DTSTART:20261205\nDTEND:20261207\n");
    let exception = event("1", "RECURRENCE-ID:20261205\nSTATUS:CANCELLED\n");
    assert_eq!(days(&format!("{one}{other}{exception}")), "2026-12-05/2026-12-07");
}

#[test]
fn an_exception_for_the_future_moves_what_follows() {
    let moved = "RECURRENCE-ID;RANGE=THISANDFUTURE:20261206\nDTSTART:20261216\nDTEND:20261217\n";
    let expected = "2026-12-05/2026-12-06 2026-12-16/2026-12-18";
    assert_eq!(days(&format!("{}{}", event("1", DAILY), event("1", moved))), expected);
    let ended = "RECURRENCE-ID;RANGE=THISANDFUTURE:20261206\nSTATUS:CANCELLED\n";
    assert_eq!(days(&format!("{}{}", event("1", DAILY), event("1", ended))), "2026-12-05/2026-12-06");
}

#[test]
fn an_endless_rule_hides_no_other() {
    let endless = event("1", "DTSTART:19700101\nRRULE:FREQ=YEARLY\n").repeat(100);
    let content = format!("{endless}{}", event("2", DAILY));
    assert!(days(&content).starts_with("2026-12-05/2026-12-08 2027-01-01/2027-01-02 2028-01-01/"));
    let daily = event("1", "DTSTART:19700101\nRRULE:FREQ=DAILY\n");
    assert_eq!(days(&daily), "2026-12-01/2031-12-01");
}

#[test]
fn a_series_keeps_its_clock_over_changes_of_it() {
    // 11:30 in New York is 00:30 of the next day in Shanghai, and from summer time on 23:30 of the same.
    let late = "DTSTART;TZID=America/New_York:20270310T113000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\n";
    assert_eq!(days(&event("1", late)), "2027-03-11/2027-03-12 2027-03-17/2027-03-18");
}
