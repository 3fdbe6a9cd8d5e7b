//! User names: what other people see of a person.

use crate::{
    Field, Invalid,
    text::{Lines, checked},
};

/// A user name: 1 to 32 characters, unique on the site (compared byte by byte).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// The most characters a name may have.
    pub const MAX_CHARS: usize = 32;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::UserName`] for an empty or too long name and for control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Lines::One, Field::UserName).map(Self)
    }

    /// The name that a new user starts with, made of 40 random bits: never the mobile number,
    /// because other people see it.
    pub fn nickname(random: [u8; 5]) -> Self {
        Self::drawn("用户", random)
    }

    /// The name under which orders and comments of an erased person stay.
    pub fn of_nobody(random: [u8; 5]) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

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
