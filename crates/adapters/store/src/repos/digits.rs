//! Digests and random names as columns hold them: in hexadecimal digits.

use std::fmt::Write as _;

/// The bytes in lower-case digits.
pub(crate) fn print(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes that were printed; `None` for anything else.
pub(crate) fn parse<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_read_back_and_garbage_does_not() {
        assert_eq!(print(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(parse::<3>("00abff"), Some([0, 0xab, 0xff]));
        for bad in ["", "00abf", "00abff0", "00abfg", "00abé"] {
            assert_eq!(parse::<3>(bad), None, "{bad}");
        }
    }
}
