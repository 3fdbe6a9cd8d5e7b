//! Full-text search by bigrams of titles and addresses.

use std::collections::BTreeSet;

use crate::{Field, Invalid};

/// A unit by which texts are found: a bigram of two neighbouring letters or digits, folded, because
/// Chinese has no spaces between its words; or a single Chinese character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(i64);

impl Term {
    const fn bigram(first: char, second: char) -> Self {
        // A character has 21 bits at most.
        Self((first as i64) << 21 | second as i64)
    }

    /// Below every bigram: no text has a NUL as a letter.
    const fn character(c: char) -> Self {
        Self(c as i64)
    }

    /// The term as a number, the same for the same characters only; it is kept in databases, so it never
    /// changes.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Every term of some texts, each once: what the index of a house holds. Capital and small letters,
/// full-width and half-width forms are the same; whatever is neither letter nor digit ends a word and is
/// part of no term.
pub fn terms_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    for word in texts.into_iter().flat_map(words) {
        terms.extend(word.windows(2).map(|pair| Term::bigram(pair[0], pair[1])));
        terms.extend(word.iter().filter(|c| is_han(**c)).map(|c| Term::character(*c)));
    }
    terms
}

/// The terms that a text must have for these words to be in it: bigrams where the words have them, because
/// they are rarer than characters.
fn terms_of_query(text: &str) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    for word in words(text) {
        terms.extend(word.windows(2).map(|pair| Term::bigram(pair[0], pair[1])));
        if let [c] = word[..]
            && is_han(c)
        {
            terms.insert(Term::character(c));
        }
    }
    terms
}

/// The runs of letters and digits of a text, folded.
fn words(text: &str) -> Vec<Vec<char>> {
    let folded: Vec<char> = text.chars().flat_map(folded).collect();
    folded.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(<[char]>::to_vec).collect()
}

/// Whether a character is a Chinese one: the blocks of CJK unified and compatibility ideographs, and 〇.
const fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}')
}

fn folded(c: char) -> impl Iterator<Item = char> {
    let half_width = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        c => c,
    };
    half_width.to_lowercase()
}

/// The words of a search. A house matches when its title and its address together have
/// every bigram of them, and every Chinese character that stands alone in them; so a part of a title
/// always finds its house. A single letter or digit of another script filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchWords(Vec<Term>);

impl SearchWords {
    /// The longest text in characters.
    pub const MAX_CHARS: usize = 64;
    /// The most different terms.
    pub const MAX_TERMS: usize = 32;

    /// Parses the words that a visitor typed.
    ///
    /// # Errors
    /// [`Field::Words`] for a text longer than [`Self::MAX_CHARS`] or with more than
    /// [`Self::MAX_TERMS`], for one with neither a word of at least two characters nor a Chinese
    /// character, and for control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > 4 * Self::MAX_CHARS || text.chars().count() > Self::MAX_CHARS {
            return Err(Invalid::range(Field::Words));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::format(Field::Words));
        }
        let terms: Vec<_> = terms_of_query(text).into_iter().collect();
        if terms.is_empty() || terms.len() > Self::MAX_TERMS {
            return Err(Invalid::range(Field::Words));
        }
        Ok(Self(terms))
    }

    /// The terms that a house must have, ascending, at least one.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(words: &str, title: &str) -> bool {
        let terms = terms_of([title]);
        SearchWords::parse(words).unwrap().terms().iter().all(|term| terms.contains(term))
    }

    #[test]
    fn parts_of_a_title_find_it_in_any_order_and_width() {
        let title = "什刹海四合院 近地铁 Loft２０";
        for words in ["四合院", "刹海", "地铁 什刹海", "LOFT", "ｌｏｆｔ20", "oft", "近地铁，四合院"]
        {
            assert!(finds(words, title), "{words}");
        }
        for words in ["四合楼", "铁loft", "loft 200", "海淀"] {
            assert!(!finds(words, title), "{words}");
        }
    }

    #[test]
    fn one_chinese_character_finds_every_text_that_has_it() {
        let title = "什刹海四合院 近地铁 20 号〇";
        for words in ["院", "什", "海", "近", "铁", "〇", " 院!", "海 院", "院 地铁", "院 L"] {
            assert!(finds(words, title), "{words}");
        }
        for words in ["楼", "院 楼", "院 四海"] {
            assert!(!finds(words, title), "{words}");
        }
    }

    #[test]
    fn what_has_no_term_is_no_search() {
        for bad in ["a", "7", "a b c", "あ", "", "  ", "!?!", "🛏️🛏️"] {
            assert_eq!(SearchWords::parse(bad), Err(Invalid::range(Field::Words)), "{bad:?}");
        }
        assert!(SearchWords::parse(&"一二".repeat(32)).is_ok());
        assert_eq!(SearchWords::parse(&"一".repeat(65)), Err(Invalid::range(Field::Words)));
        let many: String = ('一'..).take(34).collect();
        assert_eq!(SearchWords::parse(&many), Err(Invalid::range(Field::Words)));
        let apart: Vec<_> = ('一'..).take(33).map(String::from).collect();
        assert_eq!(SearchWords::parse(&apart.join(" ")), Err(Invalid::range(Field::Words)));
        assert_eq!(SearchWords::parse("四合\0院"), Err(Invalid::format(Field::Words)));
    }

    #[test]
    fn a_number_never_changes() {
        let numbers: Vec<_> = terms_of(["四合院", "Ab"]).into_iter().map(Term::number).collect();
        let bigrams = [97 << 21 | 98, 0x5408 << 21 | 0x9662, 0x56DB << 21 | 0x5408];
        assert_eq!(numbers, [[0x5408, 0x56DB, 0x9662], bigrams].concat());
    }

    proptest! {
        #[test]
        fn any_part_of_any_text_asks_for_no_term_that_the_text_lacks(
            text in "[院海a1 ，Ａ]{0,20}|.{0,60}", from in 0..60usize, to in 0..60usize
        ) {
            let part: String = text.chars().skip(from).take(to).collect();
            prop_assert!(terms_of_query(&part).is_subset(&terms_of([text.as_str()])));
        }

        #[test]
        fn nothing_that_is_typed_makes_too_many_terms(text in ".{0,200}") {
            if let Ok(words) = SearchWords::parse(&text) {
                prop_assert!((1..=SearchWords::MAX_TERMS).contains(&words.terms().len()));
                prop_assert!(words.terms().is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn different_terms_have_different_numbers(a: (char, char), b: (char, char)) {
            prop_assert_eq!(a == b, Term::bigram(a.0, a.1) == Term::bigram(b.0, b.1));
            prop_assert_eq!(a.0 == b.0, Term::character(a.0) == Term::character(b.0));
            prop_assert!(a.0 == '\0' || Term::bigram(a.0, a.1) > Term::character(char::MAX));
        }
    }
}
