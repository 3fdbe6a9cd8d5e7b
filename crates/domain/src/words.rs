//! Finding houses by what their title and address say.

use std::collections::BTreeSet;

use crate::{Field, Invalid};

/// Two neighbouring letters or digits of a text, folded: the unit by which texts are found. Chinese
/// has no spaces between its words, so every two neighbours count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair(i64);

impl Pair {
    const fn new(first: char, second: char) -> Self {
        // A character has 21 bits at most.
        Self((first as i64) << 21 | second as i64)
    }

    /// The pair as a number, the same for the same two characters only; it is kept in databases, so
    /// it never changes.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Every pair of some texts, each once. Capital and small letters, full-width and half-width forms
/// are the same; whatever is neither letter nor digit ends a word and is part of no pair.
pub fn pairs_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<Pair> {
    let mut pairs = BTreeSet::new();
    for text in texts {
        let mut before = None;
        for c in text.chars().flat_map(folded) {
            if !c.is_alphanumeric() {
                before = None;
                continue;
            }
            if let Some(first) = before.replace(c) {
                pairs.insert(Pair::new(first, c));
            }
        }
    }
    pairs
}

fn folded(c: char) -> impl Iterator<Item = char> {
    let half_width = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        c => c,
    };
    half_width.to_lowercase()
}

/// The words that a visitor looks for. A house is found when its title and its address together have
/// every pair of neighbours that stands in them; so a part of a title always finds its house, and a
/// character that stands alone narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchWords(Vec<Pair>);

impl SearchWords {
    /// The longest text in characters.
    pub const MAX_CHARS: usize = 64;
    /// The most different pairs.
    pub const MAX_PAIRS: usize = 32;

    /// Reads what a visitor typed.
    ///
    /// # Errors
    /// [`Field::Words`] for a text longer than [`Self::MAX_CHARS`] or with more than
    /// [`Self::MAX_PAIRS`], for one without a word of at least two characters, and for control
    /// characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > 4 * Self::MAX_CHARS || text.chars().count() > Self::MAX_CHARS {
            return Err(Invalid::range(Field::Words));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::format(Field::Words));
        }
        let pairs: Vec<_> = pairs_of([text]).into_iter().collect();
        if pairs.is_empty() || pairs.len() > Self::MAX_PAIRS {
            return Err(Invalid::range(Field::Words));
        }
        Ok(Self(pairs))
    }

    /// The pairs that a house must have, ascending, at least one.
    pub fn pairs(&self) -> &[Pair] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(words: &str, title: &str) -> bool {
        let pairs = pairs_of([title]);
        SearchWords::parse(words).unwrap().pairs().iter().all(|pair| pairs.contains(pair))
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
    fn what_has_no_pair_is_no_search() {
        for bad in ["院", "a b c", "", "  ", "!?!", "🛏️🛏️"] {
            assert_eq!(SearchWords::parse(bad), Err(Invalid::range(Field::Words)), "{bad:?}");
        }
        assert!(SearchWords::parse(&"一二".repeat(32)).is_ok());
        assert_eq!(SearchWords::parse(&"一".repeat(65)), Err(Invalid::range(Field::Words)));
        let many: String = ('一'..).take(34).collect();
        assert_eq!(SearchWords::parse(&many), Err(Invalid::range(Field::Words)));
        assert_eq!(SearchWords::parse("四合\0院"), Err(Invalid::format(Field::Words)));
    }

    #[test]
    fn a_number_never_changes() {
        let numbers: Vec<_> = pairs_of(["四合院", "Ab"]).into_iter().map(Pair::number).collect();
        assert_eq!(numbers, [97 << 21 | 98, 0x5408 << 21 | 0x9662, 0x56DB << 21 | 0x5408]);
    }

    proptest! {
        #[test]
        fn any_part_of_any_text_has_no_pair_that_the_text_lacks(text in ".{0,60}", from in 0..60usize, to in 0..60usize) {
            let part: String = text.chars().skip(from).take(to).collect();
            prop_assert!(pairs_of([part.as_str()]).is_subset(&pairs_of([text.as_str()])));
        }

        #[test]
        fn nothing_that_is_typed_makes_too_many_pairs(text in ".{0,200}") {
            if let Ok(words) = SearchWords::parse(&text) {
                prop_assert!((1..=SearchWords::MAX_PAIRS).contains(&words.pairs().len()));
                prop_assert!(words.pairs().is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn different_pairs_have_different_numbers(a: (char, char), b: (char, char)) {
            prop_assert_eq!(a == b, Pair::new(a.0, a.1) == Pair::new(b.0, b.1));
        }
    }
}
