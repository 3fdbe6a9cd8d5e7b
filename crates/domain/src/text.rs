//! The rules that free texts share: which characters they may hold, and how long they are.

use std::borrow::Cow;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::{UnicodeNormalization as _, is_nfkc};
use unicode_security::confusable_detection::skeleton;

use crate::{Field, Invalid};

/// The use of a text; it decides which characters the text may hold. No text holds control characters or
/// characters that reorder the text around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name that people are told apart by: one line in its compatibility form (NFKC), without
    /// invisible characters and markup.
    Name,
    /// One line without `<` and `>`: pages insert it as HTML.
    Line,
    /// As [`Kind::Line`]; line breaks and tabs become blanks, because pages ask for it in a field of
    /// several lines.
    FoldedLine,
    /// Several lines: line feed, carriage return and tab are allowed, and `<` where HTML reads no tag behind it:
    /// pages insert these texts as HTML, too.
    Lines,
}

/// Trims the text and checks it against its kind: `1..=max` characters (Unicode scalar values, not
/// bytes), of which at least one can be seen.
///
/// # Errors
/// [`Invalid::range`] for an empty, an invisible or a too long text, [`Invalid::format`] for a
/// character that the kind does not allow.
pub(crate) fn checked(text: &str, max: usize, kind: Kind, field: Field) -> Result<String, Invalid> {
    // The byte length bounds the work before anything walks over 10,000 characters.
    if text.len() > max.saturating_mul(4).saturating_add(1024) {
        return Err(Invalid::range(field));
    }
    let text = match kind {
        Kind::Name => nfkc(text),
        Kind::FoldedLine => text.trim().replace("\r\n", " ").replace(['\n', '\r', '\t'], " ").into(),
        Kind::Line | Kind::Lines => text.into(),
    };
    let text = text.trim();
    let count = text.chars().count();
    if count > max || !text.chars().any(is_seen) {
        return Err(Invalid::range(field));
    }
    if text.chars().any(|c| is_forbidden(c, kind)) || (kind == Kind::Lines && has_tag(text)) {
        return Err(Invalid::format(field));
    }
    Ok(text.to_owned())
}

/// Whether HTML would read a tag, a comment or a declaration in the text: it does where a letter, `/`, `!` or `?`
/// follows `<`.
fn has_tag(text: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
    text.split('<').skip(1).any(|behind| behind.starts_with(begins))
}

/// A text that was checked when it was stored, perhaps by an earlier rule: `1..=max` characters, no control
/// characters.
///
/// # Errors
/// [`Invalid::range`] or [`Invalid::format`].
pub(crate) fn stored(text: &str, max: usize, field: Field) -> Result<String, Invalid> {
    if !(1..=max).contains(&text.chars().count()) {
        return Err(Invalid::range(field));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::format(field));
    }
    Ok(text.to_owned())
}

/// Folds input where digits or letters from a list are expected, for comparison: without white
/// space and invisible characters around it (copied numbers bring them along) and in its compatibility
/// form (NFKC), so that full-width digits and letters count as the ASCII ones.
pub fn fold_typed(text: &str) -> Cow<'_, str> {
    nfkc(text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)))
}

/// The form of a name in which it must be unique, at most [`LOOK_CHARS`] characters: names that look alike have the
/// same one, because they differ only in invisible characters, in compatibility forms, in the number of blanks or in
/// confusable characters (the skeleton of UTS 39, 4).
pub(crate) fn look(name: &str) -> String {
    let seen: String = name.nfkc().filter(|c| !is_invisible(*c)).nfkc().collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    // Some characters become several, which are confusable, too.
    skeleton(&words.join(" ")).take(LOOK_CHARS).collect()
}

/// The most characters of a look: what the store has room for.
pub(crate) const LOOK_CHARS: usize = 576;

fn nfkc(text: &str) -> Cow<'_, str> {
    if is_nfkc(text) { text.into() } else { text.nfkc().collect::<String>().into() }
}

fn is_forbidden(c: char, kind: Kind) -> bool {
    match c {
        '\n' | '\r' | '\t' => kind != Kind::Lines,
        '<' | '>' => kind != Kind::Lines,
        // Bidirectional overrides and isolates: with them one name can be made to look like another.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control() || (kind == Kind::Name && is_invisible(c)),
    }
}

fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !is_invisible(c)
}

/// Characters that show nothing: those that Unicode lets a renderer ignore (joiners, fillers, variation
/// selectors, tags), and the blank of Braille.
fn is_invisible(c: char) -> bool {
    c == '\u{2800}' || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn title(text: &str, kind: Kind) -> Result<String, Invalid> {
        checked(text, 20, kind, Field::Title)
    }

    #[test]
    fn trims_and_counts_characters_not_bytes() {
        assert_eq!(checked("  北京 ", 2, Kind::Line, Field::Title), Ok("北京".to_owned()));
        assert_eq!(checked("北京市", 2, Kind::Line, Field::Title), Err(Invalid::range(Field::Title)));
        assert_eq!(checked("   ", 2, Kind::Line, Field::Title), Err(Invalid::range(Field::Title)));
    }

    #[test]
    fn each_kind_has_its_forbidden_characters() {
        use Kind::{FoldedLine, Line, Lines, Name};
        let all = [Name, Line, FoldedLine, Lines];
        for (text, refusing) in [
            ("a\0b", &all[..]),
            ("a\u{1b}[31m", &all),
            ("a\u{7f}", &all),
            ("a\u{85}b", &all),
            ("a\u{202e}b", &all),
            ("a\u{2066}b", &all),
            ("a\nb", &[Name, Line]),
            ("a\tb", &[Name, Line]),
            ("a < b", &[Name, Line, FoldedLine]),
            ("a>b", &[Name, Line, FoldedLine]),
            ("a<b>", &all),
            ("a</b", &all),
            ("a<!--", &all),
            ("<?a", &all),
            ("<3 <= <", &[Name, Line, FoldedLine]),
            // Full-width signs are texts; their compatibility form is markup.
            ("a＜b", &[Name]),
            ("An\u{200b}na", &[Name]),
            ("👨\u{200d}👩", &[Name]),
            ("a\u{3164}b", &[Name]),
            ("a\u{2800}b", &[Name]),
            ("a\u{e0041}b", &[Name]),
            ("a'b\"c&d", &[]),
        ] {
            for kind in all {
                let expected = if refusing.contains(&kind) { Err(Invalid::format(Field::Title)) } else { Ok(()) };
                assert_eq!(title(text, kind).map(|_| ()), expected, "{text:?} {kind:?}");
            }
        }
        assert_eq!(title(" a\r\nb\nc\td ", FoldedLine).unwrap(), "a b c d");
        assert_eq!(title("a\r\nb", Lines).unwrap(), "a\r\nb");
    }

    #[test]
    fn a_text_of_nothing_that_can_be_seen_is_empty() {
        for empty in ["", "\u{200b}", "\u{200b}\u{3000}\u{feff}", "\u{3164}\u{3164}", "\u{2800}\u{2060}", "\u{ad}"] {
            for kind in [Kind::Name, Kind::Line, Kind::FoldedLine, Kind::Lines] {
                assert_eq!(title(empty, kind), Err(Invalid::range(Field::Title)), "{empty:?} {kind:?}");
            }
        }
    }

    #[test]
    fn a_name_is_kept_in_its_compatibility_form() {
        assert_eq!(title("Ａnna\u{3000}１", Kind::Name).unwrap(), "Anna 1");
        assert_eq!(title("Ame\u{301}lie", Kind::Name).unwrap(), "Amélie");
        assert_eq!(title("Ａnna", Kind::Line).unwrap(), "Ａnna");
        // One character that becomes eighteen.
        assert_eq!(checked("\u{fdfa}", 17, Kind::Name, Field::Title), Err(Invalid::range(Field::Title)));
    }

    #[test]
    fn a_text_of_ten_megabytes_is_refused_by_its_length() {
        let text = "x".repeat(10_000_000);
        assert_eq!(checked(&text, 64, Kind::Line, Field::Title), Err(Invalid::range(Field::Title)));
    }

    #[test]
    fn what_is_typed_is_folded() {
        for (typed, expected) in [
            ("123456", "123456"),
            (" 123456\n", "123456"),
            ("１２３４５６", "123456"),
            ("\u{202d}13800000000\u{202c}", "13800000000"),
            ("\u{3000}1101051949123100２ｘ\u{feff}", "11010519491231002x"),
            ("12 34", "12 34"),
            ("", ""),
        ] {
            assert_eq!(fold_typed(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn names_that_look_alike_have_one_look() {
        for name in [
            "An\u{200b}na B",
            "Ａｎｎａ\u{a0}B",
            "Anna  B",
            "\u{feff}Anna\u{3000}B\u{2060}",
            "Anna\u{3164}\u{200d} B",
            // Cyrillic and Greek letters.
            "\u{410}nn\u{430} B",
            "Anna \u{392}",
        ] {
            assert_eq!(look(name), "Anna B", "{name:?}");
        }
        assert_eq!(look("paypal"), look("paypa\u{406}"));
        assert_eq!(look("O1"), look("0l"));
        assert_ne!(look("anna"), look("Anna"));
        assert_ne!(look("小王"), look("小玉"));
        assert_eq!(look(&"\u{fdfa}".repeat(40)).chars().count(), LOOK_CHARS);
    }

    proptest! {
        #[test]
        fn a_look_has_no_more_than_its_characters(name in "\\PC{0,32}") {
            prop_assert!(look(&name).chars().count() <= LOOK_CHARS);
        }

        #[test]
        fn a_checked_name_passes_again(name in "\\PC{1,32}") {
            if let Ok(name) = checked(&name, 32, Kind::Name, Field::UserName) {
                prop_assert_eq!(checked(&name, 32, Kind::Name, Field::UserName), Ok(name));
            }
        }
    }
}
