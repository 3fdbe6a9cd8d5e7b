//! The dev outbox: captcha answers and SMS codes, which profile dev writes to a file.

use std::path::Path;

use crate::error::BenchError;

/// The value of `wanted` in the newest line of a kind whose `key` is `value`.
///
/// # Errors
/// When there is no such line.
pub fn newest(path: &Path, kind: &str, (key, value): (&str, &str), wanted: &str) -> Result<String, BenchError> {
    let text = std::fs::read_to_string(path).map_err(BenchError::io(format!("read {}", path.display())))?;
    find(&text, kind, (key, value), wanted)
        .ok_or_else(|| BenchError::Unreadable(format!("the {kind} of {value} in {}", path.display())))
}

fn find(text: &str, kind: &str, (key, value): (&str, &str), wanted: &str) -> Option<String> {
    text.lines().rev().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        (line["kind"] == kind && line[key] == value).then(|| line[wanted].as_str().map(str::to_owned))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_line_counts() {
        let text = r#"{"kind":"sms","mobile":"1","code":"111111"}
{"kind":"captcha","id":"1","text":"ABCD"}
{"kind":"sms","mobile":"1","code":"222222"}
{"kind":"sms","mobile":"2","code":"333333"}
half a li"#;
        assert_eq!(find(text, "sms", ("mobile", "1"), "code").as_deref(), Some("222222"));
        assert_eq!(find(text, "captcha", ("id", "1"), "text").as_deref(), Some("ABCD"));
        assert_eq!(find(text, "sms", ("mobile", "3"), "code"), None);
    }
}
