//! The parts of a calendar: whole, balanced, and only those that matter for days.

use minsu_ports::FeedError;

use crate::{content_line::ContentLine, limits, lines::content_lines};

/// One calendar of a file.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    /// X-WR-TIMEZONE.
    pub zone: Option<String>,
    pub zones: Vec<ZoneLines>,
    /// The properties of each event that matter for its days.
    pub events: Vec<Vec<ContentLine>>,
}

/// A VTIMEZONE.
#[derive(Debug, Default)]
pub(crate) struct ZoneLines {
    pub tzid: String,
    /// The properties of each STANDARD and DAYLIGHT.
    pub observances: Vec<Vec<ContentLine>>,
}

const OF_EVENTS: [&str; 12] = [
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "TRANSP",
    "UID",
    "SUMMARY",
];
const OF_OBSERVANCES: [&str; 4] = ["DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO"];

/// The calendars of a file, which must be whole: a first and a last line of a calendar, and every part ended by its
/// own name.
pub(crate) fn calendars(bytes: &[u8]) -> Result<Vec<Calendar>, FeedError> {
    if bytes.len() > limits::BYTES {
        return Err(FeedError::TooLarge);
    }
    let mut parts = Parts::default();
    for line in content_lines(bytes) {
        match edge(&line) {
            Some((true, name)) => parts.begin(name)?,
            Some((false, name)) => parts.end(&name)?,
            None => parts.property(&line)?,
        }
    }
    parts.finish()
}

/// The name of a part that begins (`true`) or ends with this line.
fn edge(line: &str) -> Option<(bool, String)> {
    let (word, name) = line.split_once(':')?;
    let is_begin = word.trim().eq_ignore_ascii_case("BEGIN");
    (is_begin || word.trim().eq_ignore_ascii_case("END")).then(|| (is_begin, name.trim().to_ascii_uppercase()))
}

#[derive(Default)]
struct Parts {
    /// The names of the open parts, the outermost first.
    open: Vec<String>,
    calendars: Vec<Calendar>,
    events: usize,
    rules: usize,
    zones: usize,
    observances: usize,
    zone_rules: usize,
}

/// Counts one more of what there may be so many of.
fn count(so_far: &mut usize, most: usize, error: FeedError) -> Result<(), FeedError> {
    *so_far += 1;
    if *so_far > most { Err(error) } else { Ok(()) }
}

impl Parts {
    fn begin(&mut self, name: String) -> Result<(), FeedError> {
        if self.open.is_empty() && name != "VCALENDAR" {
            return Err(self.outside());
        }
        if self.open.len() >= limits::DEPTH {
            return Err(FeedError::TooDeep);
        }
        self.open.push(name);
        let names: Vec<&str> = self.open.iter().map(String::as_str).collect();
        if names == ["VCALENDAR"] {
            self.calendars.push(Calendar::default());
            return Ok(());
        }
        let Some(calendar) = self.calendars.last_mut() else { return Ok(()) };
        match names[..] {
            ["VCALENDAR", "VEVENT"] => {
                count(&mut self.events, limits::EVENTS, FeedError::TooManyEvents)?;
                calendar.events.push(Vec::new());
            }
            ["VCALENDAR", "VTIMEZONE"] => {
                count(&mut self.zones, limits::ZONES, FeedError::TooManyRules)?;
                calendar.zones.push(ZoneLines::default());
            }
            ["VCALENDAR", "VTIMEZONE", "STANDARD" | "DAYLIGHT"] => {
                count(&mut self.observances, limits::OBSERVANCES, FeedError::TooManyRules)?;
                if let Some(zone) = calendar.zones.last_mut() {
                    zone.observances.push(Vec::new());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), FeedError> {
        match self.open.pop() {
            Some(open) if open == name => Ok(()),
            Some(_) => Err(FeedError::Unbalanced),
            None => Err(self.outside()),
        }
    }

    fn property(&mut self, line: &str) -> Result<(), FeedError> {
        if self.open.is_empty() {
            return Err(self.outside());
        }
        let Some(calendar) = self.calendars.last_mut() else { return Ok(()) };
        let names: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let line = ContentLine::parse(line);
        let name = line.name.as_str();
        match names[..] {
            ["VCALENDAR"] if name == "X-WR-TIMEZONE" => calendar.zone = Some(line.value),
            ["VCALENDAR", "VEVENT"] if OF_EVENTS.contains(&name) => {
                if name == "RRULE" {
                    count(&mut self.rules, limits::RULES, FeedError::TooManyRules)?;
                }
                calendar.events.last_mut().into_iter().for_each(|event| event.push(line.clone()));
            }
            ["VCALENDAR", "VTIMEZONE"] if name == "TZID" => {
                calendar.zones.last_mut().into_iter().for_each(|zone| zone.tzid.clone_from(&line.value));
            }
            ["VCALENDAR", "VTIMEZONE", "STANDARD" | "DAYLIGHT"] if OF_OBSERVANCES.contains(&name) => {
                if name == "RRULE" {
                    count(&mut self.zone_rules, limits::OBSERVANCES, FeedError::TooManyRules)?;
                }
                let observance = calendar.zones.last_mut().and_then(|zone| zone.observances.last_mut());
                observance.into_iter().for_each(|observance| observance.push(line.clone()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Something outside of any calendar: before the first one it is none.
    fn outside(&self) -> FeedError {
        if self.calendars.is_empty() { FeedError::NotACalendar } else { FeedError::Unbalanced }
    }

    fn finish(self) -> Result<Vec<Calendar>, FeedError> {
        match (self.calendars.is_empty(), self.open.is_empty()) {
            (true, _) => Err(FeedError::NotACalendar),
            (false, false) => Err(FeedError::CutOff),
            (false, true) => Ok(self.calendars),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Option<FeedError> {
        calendars(text.as_bytes()).err()
    }

    #[test]
    fn only_whole_calendars_are_taken() {
        let event = "BEGIN:VEVENT\nDTSTART:20261205\nEND:VEVENT\n";
        let whole = format!("BEGIN:VCALENDAR\n{event}END:VCALENDAR");
        assert_eq!(error(&whole), None);
        assert_eq!(error(&format!("{whole}\n{whole}\n\n")), None);
        assert_eq!(error(&whole.to_lowercase()), None);
        for end in 1..whole.len() {
            assert!(error(&whole[..end]).is_some(), "{}", &whole[..end]);
        }
        assert_eq!(error(&format!("BEGIN:VCALENDAR\n{event}")), Some(FeedError::CutOff));
        assert_eq!(error(&format!("{whole}\n<!-- 3 ms -->")), Some(FeedError::Unbalanced));
        assert_eq!(error("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR"), Some(FeedError::Unbalanced));
        for other in ["", " \n", "<html>", event, "END:VCALENDAR"] {
            assert_eq!(error(other), Some(FeedError::NotACalendar), "{other}");
        }
    }

    #[test]
    fn more_than_is_read_is_refused() {
        let calendar = |content: &str| format!("BEGIN:VCALENDAR\n{content}END:VCALENDAR\n");
        let events = |count| calendar(&"BEGIN:VEVENT\nEND:VEVENT\n".repeat(count));
        assert_eq!((error(&events(10_000)), error(&events(10_001))), (None, Some(FeedError::TooManyEvents)));
        let rules = |count| calendar(&format!("BEGIN:VEVENT\n{}END:VEVENT\n", "RRULE:FREQ=DAILY\n".repeat(count)));
        assert_eq!((error(&rules(200)), error(&rules(201))), (None, Some(FeedError::TooManyRules)));
        assert_eq!(error(&calendar(&"X\n".repeat(3 << 20))), Some(FeedError::TooLarge));
        for count in [1, 2_000, 20_000] {
            let bomb = format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\n".repeat(count));
            assert_eq!(error(&bomb), Some(if count == 1 { FeedError::CutOff } else { FeedError::TooDeep }));
        }
    }
}
