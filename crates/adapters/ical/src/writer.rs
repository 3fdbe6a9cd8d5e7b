//! A calendar for another site.

use bytes::Bytes;
use minsu_domain::CalendarExport;
use minsu_ports::Signer;

use crate::own_uid::uid;

/// The most bytes of a line, its end left out.
const LINE: usize = 75;
/// What every event is called. Other sites read it as a closure.
const SUMMARY: &str = "Not available";

/// Writes the days: nothing of who occupies them, and the same bytes for the same days.
pub(crate) fn write(export: &CalendarExport, signer: &dyn Signer) -> Bytes {
    let mut calendar = String::new();
    let mut line = |text: &str| fold(text, &mut calendar);
    for text in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Minsu//Calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        line(text);
    }
    let stamp = export.changed_at.format("DTSTAMP:%Y%m%dT%H%M%SZ").to_string();
    for range in &export.ranges {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", uid(signer, export, *range)));
        line(&stamp);
        line(&range.first.format("DTSTART;VALUE=DATE:%Y%m%d").to_string());
        line(&range.end.format("DTEND;VALUE=DATE:%Y%m%d").to_string());
        line(&format!("SUMMARY:{SUMMARY}"));
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    calendar.into()
}

/// Adds a content line, folded between characters so that no line has more than 75 bytes.
fn fold(text: &str, to: &mut String) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > LINE {
            to.push_str("\r\n ");
            length = 1;
        }
        to.push(c);
        length += c.len_utf8();
    }
    to.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lines::content_lines;

    proptest! {
        #[test]
        fn folds_are_between_characters_at_75_bytes(text in "[a-z房态🏡]{1,200}") {
            let mut folded = String::new();
            fold(&text, &mut folded);
            prop_assert!(folded.ends_with("\r\n"));
            let lines: Vec<_> = folded.trim_end().split("\r\n").collect();
            prop_assert!(lines.iter().all(|line| line.len() <= 75));
            prop_assert!(lines.iter().rev().skip(1).all(|line| line.len() > 75 - 4));
            prop_assert_eq!(content_lines(folded.as_bytes()).collect::<Vec<_>>(), [text]);
        }
    }
}
