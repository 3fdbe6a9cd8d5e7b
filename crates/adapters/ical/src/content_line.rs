//! One content line: a name, parameters, a value.

/// A content line whose name and value may matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContentLine {
    /// In upper case.
    pub name: String,
    /// The parameter TZID, without quotes.
    pub tzid: Option<String>,
    /// Whether the parameter RANGE is THISANDFUTURE.
    pub is_this_and_future: bool,
    /// What stands behind the colon; empty without one.
    pub value: String,
}

/// Properties whose values have no colon, while their parameters may have one that should have been quoted.
const DATES: [&str; 5] = ["DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"];

impl ContentLine {
    pub fn parse(line: &str) -> Self {
        let end = line.find([';', ':']).unwrap_or(line.len());
        let name = line[..end].trim().to_ascii_uppercase();
        let colon = if DATES.contains(&name.as_str()) { line.rfind(':') } else { unquoted(line, ':') };
        let (head, value) = colon.map_or((line, ""), |colon| (&line[..colon], &line[colon + 1..]));
        let mut parsed = Self { name, tzid: None, is_this_and_future: false, value: value.trim().to_owned() };
        for parameter in parameters(head.get(end + 1..).unwrap_or_default()) {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            let value = value.trim().trim_matches('"').trim();
            if name.trim().eq_ignore_ascii_case("TZID") {
                parsed.tzid = Some(value.to_owned());
            }
            if name.trim().eq_ignore_ascii_case("RANGE") && value.eq_ignore_ascii_case("THISANDFUTURE") {
                parsed.is_this_and_future = true;
            }
        }
        parsed
    }
}

/// The place of the first such sign outside quotes.
fn unquoted(text: &str, sign: char) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices()
        .find(|(_, c)| {
            is_quoted ^= *c == '"';
            *c == sign && !is_quoted
        })
        .map(|(place, _)| place)
}

fn parameters(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let end = unquoted(text, ';').unwrap_or(text.len());
        let parameter = &text[..end];
        text = text.get(end + 1..).unwrap_or_default();
        Some(parameter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (String, Option<String>, String) {
        let line = ContentLine::parse(line);
        (line.name, line.tzid, line.value)
    }

    #[test]
    fn quotes_case_and_missing_parts_are_taken_as_they_come() {
        let some = |text: &str| Some(text.to_owned());
        for (line, name, tzid, value) in [
            ("DTSTART;TZID=Asia/Shanghai:20270101T000000", "DTSTART", some("Asia/Shanghai"), "20270101T000000"),
            ("dtstart;x=1;tzid=\"a;b:c\" : 1 ", "DTSTART", some("a;b:c"), "1"),
            ("DTSTART;TZID=(UTC+08:00) Beijing:1", "DTSTART", some("(UTC+08:00) Beijing"), "1"),
            ("SUMMARY;ALTREP=\"http://a\":b: c", "SUMMARY", None, "b: c"),
            ("DTEND;VALUE=DATE", "DTEND", None, ""),
            ("SUMMARY", "SUMMARY", None, ""),
            ("X;\"", "X", None, ""),
            (";:", "", None, ""),
        ] {
            assert_eq!(parts(line), (name.to_owned(), tzid, value.to_owned()), "{line}");
        }
        assert!(ContentLine::parse("RECURRENCE-ID;RANGE=thisandfuture:20270101").is_this_and_future);
    }
}
