//! Rules that every free text shares: length in characters, no control characters.

use crate::{Field, Invalid};

/// Whether line breaks are part of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    One,
    Many,
}

/// Trims white space at both ends and checks the rest: `1..=max` characters (Unicode scalar
/// values, not bytes), no control characters (line feed, carriage return and tab are allowed in
/// texts of many lines), no characters that reorder the text around them.
pub(crate) fn checked(text: &str, max: usize, lines: Lines, field: Field) -> Result<String, Invalid> {
    // The byte length bounds the work before anything walks over 10,000 characters.
    if text.len() > max.saturating_mul(4).saturating_add(1024) {
        return Err(Invalid::range(field));
    }
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > max {
        return Err(Invalid::range(field));
    }
    if text.chars().any(|c| is_forbidden(c, lines)) {
        return Err(Invalid::format(field));
    }
    Ok(text.to_owned())
}

fn is_forbidden(c: char, lines: Lines) -> bool {
    match c {
        '\n' | '\r' | '\t' => lines == Lines::One,
        // Bidirectional overrides and isolates: with them one name can be made to look like another.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_counts_characters_not_bytes() {
        assert_eq!(checked("  北京 ", 2, Lines::One, Field::Title), Ok("北京".to_owned()));
        assert_eq!(checked("北京市", 2, Lines::One, Field::Title), Err(Invalid::range(Field::Title)));
        assert_eq!(checked("   ", 2, Lines::One, Field::Title), Err(Invalid::range(Field::Title)));
    }

    #[test]
    fn refuses_control_and_reordering_characters() {
        for bad in ["a\0b", "a\u{1b}[31m", "a\u{202e}b", "a\nb", "a\u{7f}"] {
            assert_eq!(checked(bad, 20, Lines::One, Field::Title), Err(Invalid::format(Field::Title)), "{bad:?}");
        }
        assert!(checked("a\nb\tc", 20, Lines::Many, Field::Comment).is_ok());
        assert!(checked("a\0b", 20, Lines::Many, Field::Comment).is_err());
    }

    #[test]
    fn a_text_of_ten_megabytes_is_refused_by_its_length() {
        let text = "x".repeat(10_000_000);
        assert_eq!(checked(&text, 64, Lines::One, Field::Title), Err(Invalid::range(Field::Title)));
    }
}
