//! The content lines of a calendar: bytes without folds, then text.

/// Content lines, unfolded and without blanks at their ends. Bytes are put together before they are decoded, since
/// folds may be inside a character; what is no UTF-8 is replaced.
pub(crate) fn content_lines(calendar: &[u8]) -> impl Iterator<Item = String> {
    let calendar = calendar.strip_prefix(b"\xef\xbb\xbf").unwrap_or(calendar);
    let mut physical = calendar.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty()).peekable();
    std::iter::from_fn(move || {
        let mut line = physical.next()?.to_vec();
        while let Some(rest) = physical.next_if(|next| matches!(next[0], b' ' | b'\t')) {
            line.extend_from_slice(&rest[1..]);
        }
        Some(String::from_utf8_lossy(&line).trim().to_owned())
    })
    .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_taken_out_of_bytes_and_blanks_off_the_ends() {
        let lines = |bytes: &[u8]| content_lines(bytes).collect::<Vec<_>>();
        assert_eq!(lines(b"\xef\xbb\xbfBEGIN:VEVENT \t\r\nEND:VEVENT"), ["BEGIN:VEVENT", "END:VEVENT"]);
        // Inside a character, and with a blank that belongs to the text.
        assert_eq!(lines(b"SUMMARY:\xe6\r\n \x88\xbf\r\nX:Not \n available\n"), ["SUMMARY:房", "X:Not available"]);
        // Mixed line ends, empty lines and lines of blanks.
        assert_eq!(lines(b"A:1\r\r\n\n \nB:2\rC:3\n\t4\n  "), ["A:1", "B:2", "C:34"]);
        // GBK.
        assert_eq!(lines(b"SUMMARY:\xb7\xbf\nX:1"), ["SUMMARY:\u{fffd}\u{fffd}", "X:1"]);
        assert!(lines(b"").is_empty() && lines(b" \n\n").is_empty());
    }
}
