//! User names: the public name of a user.

use crate::{
    Field, Invalid,
    text::{Kind, checked, look, stored},
};

/// A user name: 1 to 32 characters in their compatibility form (NFKC), none of them invisible. On the site
/// it is unique by its [`UserName::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// The most characters a name may have.
    pub const MAX_CHARS: usize = 32;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::UserName`] for an empty or too long name, for markup, control and invisible characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::Name, Field::UserName).map(Self)
    }

    /// A name as it was stored: one that was taken under an earlier rule stays as it is.
    ///
    /// # Errors
    /// [`Field::UserName`] for an empty or too long name and for control characters.
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        stored(text, Self::MAX_CHARS, Field::UserName).map(Self)
    }

    /// The key that must be unique: names that look alike have the same key, because they differ only in invisible
    /// characters, in compatibility forms, in the number of blanks or in confusable characters (UTS 39). At most 576
    /// characters.
    pub fn key(&self) -> String {
        look(&self.0)
    }

    /// Whether the name passes for one of these words, which the site keeps for itself. Case and look-alikes do not
    /// matter. A word of Latin letters is one between other characters (`Admin_1`, and not `badminton`), any other
    /// word anywhere in the name.
    pub fn is_reserved(&self, words: &[String]) -> bool {
        let name = plain(&self.0);
        words.iter().map(|word| plain(word)).filter(|word| !word.is_empty()).any(|word| {
            if word.is_ascii() {
                name.split(|c: char| !c.is_alphabetic()).any(|part| part == word)
            } else {
                name.contains(&word)
            }
        })
    }

    /// The name of a new user, made of 40 random bits: never the mobile number,
    /// because other users see it.
    pub fn nickname(random: [u8; 5]) -> Self {
        Self::drawn("用户", random)
    }

    /// The name that replaces an erased user's on orders and comments, made of 40 random bits.
    pub fn of_deleted_account(random: [u8; 5]) -> Self {
        Self::drawn("已注销用户", random)
    }

    fn drawn(start: &str, random: [u8; 5]) -> Self {
        // No vowels and no look-alikes: the name cannot spell anything.
        const ALPHABET: &[u8; 32] = b"23456789bcdfghjkmnpqrstvwxzBCDFG";
        let bits = random.iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let mut name = String::from(start);
        for i in 0..8 {
            let index = (bits >> (5 * i)) as usize & 31;
            name.push(char::from(ALPHABET[index]));
        }
        Self(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The look of a text without case and digits.
fn plain(text: &str) -> String {
    look(&text.to_lowercase().replace(|c: char| c.is_ascii_digit(), " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_found_in_every_look() {
        let words: Vec<String> = ["admin", "minsu", "客服"].map(String::from).into();
        for taken in [
            "admin",
            "Admin",
            "ADMIN 1",
            "admin_2",
            "аdmin",
            "AdmIn",
            "adm\u{131}n",
            "Ｍｉｎｓｕ",
            "官方客服",
            "客服小王",
        ] {
            assert!(UserName::new(taken).unwrap().is_reserved(&words), "{taken}");
        }
        for free in ["badminton", "Anna", "administer", "客人", "小王"] {
            assert!(!UserName::new(free).unwrap().is_reserved(&words), "{free}");
        }
        assert!(!UserName::new("Anna").unwrap().is_reserved(&[String::new()]));
    }

    #[test]
    fn has_one_to_thirty_two_characters() {
        assert!(UserName::new(&"宿".repeat(32)).is_ok());
        assert!(UserName::new(&"宿".repeat(33)).is_err());
        assert!(UserName::new("").is_err());
        assert!(UserName::new("\u{3000} ").is_err());
        assert_eq!(UserName::new(" Anna ").unwrap().as_str(), "Anna");
        assert!(UserName::new(&"x".repeat(10_000)).is_err());
    }

    #[test]
    fn nothing_invisible_and_no_markup() {
        for bad in ["An\u{200b}na", "Anna\u{3164}", "\u{200b}", "<b>Anna", "Anna＞", "a\nb", "Anna\u{fe0f}"] {
            assert!(UserName::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(UserName::new("Ａnna").unwrap().as_str(), "Anna");
    }

    #[test]
    fn names_from_before_stay_readable_and_have_the_key_of_the_name_they_look_like() {
        let anna = UserName::new("Anna B").unwrap();
        for old in ["An\u{200b}na B", "Ａnna B", "Anna  B"] {
            let old = UserName::stored(old).unwrap();
            assert_ne!(old, anna);
            assert_eq!(old.key(), anna.key());
        }
        assert_eq!(UserName::stored("<b>").unwrap().as_str(), "<b>");
        assert_eq!(UserName::stored("\u{200b}").unwrap().key(), "");
        assert_eq!(UserName::stored(&"\u{fdfa}".repeat(32)).unwrap().key().chars().count(), 576);
        for bad in ["", "a\0b", &"x".repeat(33)] {
            assert!(UserName::stored(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_nickname_is_a_valid_name_and_every_bit_counts() {
        let mut seen = std::collections::HashSet::new();
        for bit in 0..40 {
            let mut random = [0u8; 5];
            random[bit / 8] = 1 << (bit % 8);
            let name = UserName::nickname(random);
            assert_eq!(UserName::new(name.as_str()), Ok(name.clone()));
            assert!(seen.insert(name));
        }
    }
}
