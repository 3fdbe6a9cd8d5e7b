//! What channels do to single events.

use crate::support::busy;

fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n"))
}

fn whole(lines: &[&str]) -> String {
    let (days, is_complete) = busy(&event(lines));
    assert!(is_complete, "{lines:?}");
    days
}

fn faulty(lines: &[&str]) -> String {
    let (days, is_complete) = busy(&event(lines));
    assert!(!is_complete, "{lines:?}");
    days
}

#[test]
fn dates_are_literal_and_half_open() {
    assert_eq!(whole(&["DTSTART:20261205", "DTEND:20261208"]), "2026-12-05/2026-12-08");
    assert_eq!(whole(&["DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261204"]), "2026-12-05/2026-12-06");
    assert_eq!(whole(&["DTSTART;TZID=America/New_York:20261205", "DURATION:P2D"]), "2026-12-05/2026-12-07");
    assert_eq!(whole(&["DTSTART:20261205", "DURATION:PT36H"]), "2026-12-05/2026-12-06");
    assert_eq!(whole(&["DTSTART:20261205", "DURATION:PT40H"]), "2026-12-05/2026-12-07");
    assert_eq!(whole(&["DTSTART:20261205", "DURATION:-P2D"]), "2026-12-05/2026-12-06");
    assert_eq!(whole(&["DTSTART:20261205", "DTEND:20261207T150000"]), "2026-12-05/2026-12-08");
    assert_eq!(whole(&["DTSTART:20261205T150000", "DTEND:20261207"]), "2026-12-05/2026-12-07");
}

#[test]
fn times_become_days_of_the_site() {
    assert_eq!(whole(&["DTSTART:20261205T160000Z", "DTEND:20261207T060000Z"]), "2026-12-06/2026-12-07");
    assert_eq!(whole(&["DTSTART:20261205T160000Z", "DTEND:20261207T060001Z"]), "2026-12-06/2026-12-08");
    assert_eq!(whole(&["DTSTART;TZID=America/New_York:20261205T120000", "DURATION:PT1H"]), "2026-12-06/2026-12-07");
    assert_eq!(whole(&["DTSTART:20261205T100000", "DTEND:20261205T090000"]), "2026-12-05/2026-12-06");
    // In the hour that a change of the clock skips.
    let skipped = "DTSTART;TZID=America/New_York:20270314T023000";
    assert_eq!(whole(&[skipped, "DURATION:PT1H"]), "2027-03-14/2027-03-15");
}

#[test]
fn a_calendar_can_have_a_zone_for_times_without_one() {
    let event = event(&["DTSTART:20261205T120000", "DURATION:PT1H"]);
    assert_eq!(busy(&event).0, "2026-12-05/2026-12-06");
    assert_eq!(busy(&format!("{event}X-WR-TIMEZONE:America/New_York\n")).0, "2026-12-06/2026-12-07");
    let unknown = busy(&format!("X-WR-TIMEZONE:Atlantis/Poseidonis\n{event}"));
    assert_eq!(unknown, ("2026-12-05/2026-12-06".to_owned(), false));
}

#[test]
fn a_zone_that_only_the_calendar_knows_has_its_offset() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T000000\n\
        TZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n";
    let event = event(&["DTSTART;TZID=\"Customized Time Zone\":20261205T120000", "DURATION:PT1H"]);
    assert_eq!(busy(&format!("{event}{zone}")), ("2026-12-06/2026-12-07".to_owned(), true));
    assert_eq!(busy(&event), ("2026-12-05/2026-12-06".to_owned(), false));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_counts() {
    assert_eq!(faulty(&["SUMMARY:x"]), "");
    assert_eq!(faulty(&["DTSTART:2026120"]), "");
    assert_eq!(faulty(&["DTSTART;VALUE=DATE"]), "");
    assert_eq!(faulty(&["DTSTART:20261205", "DTEND;VALUE=DATE"]), "2026-12-05/2026-12-06");
    assert_eq!(faulty(&["DTSTART:20261205", "DTEND:2026"]), "2026-12-05/2026-12-06");
    assert_eq!(faulty(&["DTSTART:20261205", "DURATION:3 days"]), "2026-12-05/2026-12-06");
    assert_eq!(faulty(&["DTSTART:20261205", "RRULE:FREQ=SECONDLY"]), "2026-12-05/2026-12-06");
    assert_eq!(faulty(&["DTSTART:20261205", "DTSTART:20261210"]), "2026-12-05/2026-12-06");
    let good = event(&["DTSTART:20261220"]);
    assert_eq!(busy(&format!("{}{good}", event(&["DTSTART:x"]))), ("2026-12-20/2026-12-21".to_owned(), false));
    // What does not count need not be readable.
    assert_eq!(whole(&["STATUS:CANCELLED", "DTSTART:x"]), "");
}

#[test]
fn blanks_case_and_other_parts_do_not_matter() {
    let event = "begin:vevent \t\ndtstart;value=date:20261205 \nstatus:tentative\nBEGIN:VALARM\nDTSTART:20270101\nEND:VALARM\nend:vevent\n";
    assert_eq!(busy(event), ("2026-12-05/2026-12-06".to_owned(), true));
    let others =
        "BEGIN:VTODO\nDTSTART:20261205\nEND:VTODO\nBEGIN:X-A\nBEGIN:VEVENT\nDTSTART:20261205\nEND:VEVENT\nEND:X-A\n";
    assert_eq!(busy(others), (String::new(), true));
}

#[test]
fn an_event_of_all_times_is_as_long_as_the_horizon() {
    assert_eq!(whole(&["DTSTART:19700101", "DTEND:99991231"]), "2026-12-01/2031-12-01");
    assert_eq!(whole(&["DTSTART:99991231", "DTEND:99991231"]), "");
    assert_eq!(whole(&["DTSTART:99991231", "DURATION:P3660000D"]), "");
    assert_eq!(whole(&["DTSTART:20311130T000000", "DURATION:P3660000D"]), "2031-11-30/2031-12-01");
}
