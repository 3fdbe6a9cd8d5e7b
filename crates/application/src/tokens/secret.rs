//! The text of a token.

use minsu_ports::TokenHash;

use crate::digest::sha256;

const PREFIX: &str = "minsu_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 > 2^256.
const RANDOM_DIGITS: usize = 43;
/// 62^6 > 2^32.
const CHECK_DIGITS: usize = 6;

/// `minsu_`, 256 random bits and their CRC-32, both in base 62. By prefix and checksum a scanner knows a
/// token that was published by mistake, without asking the site. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl TokenSecret {
    pub(super) fn from_random(bytes: [u8; 32]) -> Self {
        let random = base62::<RANDOM_DIGITS>(&bytes);
        let check = check_digits(&random);
        Self(format!("{PREFIX}{random}{check}"))
    }

    /// Takes what a client sent as its token; `None` for anything that cannot be one, so that a typing
    /// error costs no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        if digits.len() != RANDOM_DIGITS + CHECK_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
            return None;
        }
        let (random, check) = digits.split_at_checked(RANDOM_DIGITS)?;
        (check_digits(random) == check).then(|| Self(text.to_owned()))
    }

    /// The token as text, to be shown once.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(sha256(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

fn check_digits(random: &str) -> String {
    base62::<CHECK_DIGITS>(&crc32fast::hash(random.as_bytes()).to_be_bytes())
}

/// A number, its most significant byte first, in so many digits.
fn base62<const DIGITS: usize>(number: &[u8]) -> String {
    let mut number = number.to_vec();
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0u32;
        for byte in &mut number {
            let dividend = rest << 8 | u32::from(*byte);
            // Below 256, since the rest is below 62.
            *byte = u8::try_from(dividend / 62).unwrap_or(u8::MAX);
            rest = dividend % 62;
        }
        *digit = ALPHABET.get(usize::try_from(rest).unwrap_or_default()).copied().unwrap_or(b'0');
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_base_62() {
        assert_eq!(base62::<3>(&[0, 0, 61]), "00z");
        assert_eq!(base62::<3>(&[0, 62]), "010");
        assert_eq!(base62::<6>(&u32::MAX.to_be_bytes()), "4gfFC3");
        assert_eq!(base62::<RANDOM_DIGITS>(&[0xff; 32]).len(), 43);
        assert_ne!(base62::<RANDOM_DIGITS>(&[0xff; 32]).as_bytes()[0], b'0');
    }

    #[test]
    fn only_a_text_with_its_checksum_is_looked_up() {
        let token = TokenSecret::from_random([7; 32]);
        assert_eq!(token.as_str().len(), 6 + 43 + 6);
        assert_eq!(TokenSecret::parse(token.as_str()), Some(token.clone()));
        assert_ne!(token, TokenSecret::from_random([8; 32]));
        for place in 0..token.as_str().len() {
            let mut changed = token.as_str().as_bytes().to_vec();
            changed[place] = if changed[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(TokenSecret::parse(std::str::from_utf8(&changed).unwrap()), None, "{place}");
        }
        for bad in ["", "minsu_", &token.as_str()[6..], &format!("{}0", token.as_str()), &"é".repeat(27)] {
            assert_eq!(TokenSecret::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{token:?}"), "TokenSecret(…)");
    }
}
