//! The three spellings of the SMS call:
//! `/smscode/{mobile}?text=…&id=…`, and as documents 002 and 004 print it
//! `/smscode/{mobile}&text=…&id=…` and `/smscode/{mobile},text=…,id=…`.

/// The parameters of the call, not yet checked.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct SmsPath {
    /// The text before the first separator.
    pub mobile: String,
    /// The captcha's answer.
    pub text: Option<String>,
    /// The captcha's id.
    pub id: Option<String>,
}

/// Takes the path below `/smscode/` apart, decoded already, and the query's two parameters. A
/// parameter in the query goes before one in the path.
pub fn parse(path: &str, query_text: Option<String>, query_id: Option<String>) -> SmsPath {
    let separator = |c: char| c == '&' || c == ',';
    let mut parts = path.split(separator);
    let mut parsed = SmsPath { mobile: parts.next().unwrap_or_default().to_owned(), ..SmsPath::default() };
    for part in parts {
        match part.split_once('=') {
            Some(("text", value)) => parsed.text = Some(value.to_owned()),
            Some(("id", value)) => parsed.id = Some(value.to_owned()),
            _ => {}
        }
    }
    parsed.text = query_text.or(parsed.text);
    parsed.id = query_id.or(parsed.id);
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_spellings_say_the_same() {
        let expected =
            || SmsPath { mobile: "13800000000".into(), text: Some("ACE3".into()), id: Some("f78a-1".into()) };
        assert_eq!(parse("13800000000", Some("ACE3".into()), Some("f78a-1".into())), expected());
        assert_eq!(parse("13800000000&text=ACE3&id=f78a-1", None, None), expected());
        assert_eq!(parse("13800000000,text=ACE3,id=f78a-1", None, None), expected());
        assert_eq!(parse("13800000000,id=f78a-1,text=ACE3", None, None), expected());
    }

    #[test]
    fn what_is_missing_stays_missing() {
        assert_eq!(parse("", None, None), SmsPath::default());
        assert_eq!(parse("1&text", None, None), SmsPath { mobile: "1".into(), ..SmsPath::default() });
        assert_eq!(parse("1&text=a=b", None, None).text.as_deref(), Some("a=b"));
    }
}
