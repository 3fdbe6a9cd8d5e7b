//! `fixtures/answers/{v1,classic}.txt`: the answer to every row of a table, header by header and byte by
//! byte, so that a change of the code that should leave the wire alone shows that it did. Only what differs
//! from run to run is masked: ids, times, tokens, telephone numbers, addresses.

use std::{fmt::Write, sync::LazyLock};

use regex::Regex;

use super::Row;
use crate::{docs::compare, support::Answer};

/// The patterns that are masked, with their replacements.
static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", "INSTANT"),
        (r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", "DATE TIME"),
        (r"\d{4}-\d{2}-\d{2}", "DATE"),
        (r"127\.0\.0\.1:\d+", "HOST"),
        (r"1[3-9]\d{9}|1[3-9]\d\*{4}\d{4}", "MOBILE"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"用户[0-9A-Za-z]{8}", "用户NAME"),
        (r"[0-9A-Za-z_-]{22,}", "TOKEN"),
        (r"[0-9a-f]{16}", "DIGEST"),
        (r#"("(?:order|house|user)_id":"?|"hid":"?)\d+"#, "${1}ID"),
        (r"(/houses/|/avatars/)\d+/", "${1}ID/"),
        (r"(Max-Age=)\d+", "${1}SECONDS"),
        (r"Expires=[^;]+", "Expires=TIME"),
    ]
    .into_iter()
    .map(|(pattern, mask)| (Regex::new(pattern).unwrap(), mask))
    .collect()
});

/// Headers of the server and of HTTP, which say when and how much.
const PASSED_OVER: [&str; 3] = ["date", "content-length", "x-request-id"];

fn masked(text: &str) -> String {
    MASKS.iter().fold(text.to_owned(), |text, (pattern, mask)| pattern.replace_all(&text, *mask).into_owned())
}

/// Demands that the answers are the recorded ones; records them anew if they are not.
pub fn compare_answers(file: &str, exchanges: &[(Row, Answer)]) {
    let mut text = String::new();
    for (row, answer) in exchanges {
        writeln!(text, "{} {}\n{}", row.method, row.path, answer.status.as_u16()).unwrap();
        let mut headers: Vec<_> = answer.headers.iter().collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            if !PASSED_OVER.contains(&name.as_str()) {
                writeln!(text, "{name}: {}", masked(&String::from_utf8_lossy(value.as_bytes()))).unwrap();
            }
        }
        match std::str::from_utf8(&answer.bytes) {
            Ok(body) => writeln!(text, "\n{}\n", masked(body)).unwrap(),
            Err(_) => text.push_str("\n(binary)\n\n"),
        }
    }
    compare(file, &text);
}
